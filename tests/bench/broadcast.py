"""2,000 people on three messengers: how close to the messengers' limits, and whether anybody waits behind it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from adapters.dingtalk import adapter as dingtalk
from adapters.feishu import adapter as feishu
from adapters.wecom import adapter as wecom
from bot import log
from bot.app import App, open_desk
from bot.calendar import SpecialDay
from bot.config import Config
from bot.desk import Desk
from bot.ports import Limits
from storage import holidays
from tests.bench import load
from tests.bench.served import OTHERS, SERVER, configuration, databases
from tests.bench.stub import SPAWN, Stub, stub
from tests.bench.table import Table, ms
from tests.soak.audience import Audience, publish

PEOPLE = 2000
LIMITS = {"feishu": feishu.LIMITS, "wecom": wecom.LIMITS, "dingtalk": dingtalk.LIMITS}
AUDIENCE = Audience(reps=100, managers=1, people=PEOPLE, channels=tuple(LIMITS))
ASKING_PER_SECOND = 5.0
WORDS = "我是谁"
"""Answered by a card that says nothing of the broadcast."""


def measure(table: Table) -> None:
    with databases(("SQLite", "PostgreSQL"), AUDIENCE) as urls, stub(OTHERS) as platform:
        for name, url in urls.items():
            _one(table, name, url, platform)


def _one(table: Table, name: str, url: str, platform: Stub) -> None:
    """One person in a hundred asks something while it goes out, five of them a second."""
    platform.forget()
    config = with_three(configuration(url, platform.base_url), platform.base_url)
    with open_desk(config) as desk:
        _today_is_worked(desk)
        publish(desk)
    bound = max(_bound(limits, _on(channel)) for channel, limits in LIMITS.items())
    asking = [load.message(n, f"ou_rep{n * len(LIMITS)}", WORDS) for n in range(int(bound * ASKING_PER_SECOND))]
    with serving(config) as address:
        answered = load.drive(address, asking, 64, OTHERS, ASKING_PER_SECOND)
        calls = _until_sent(platform)
    table.add(
        name,
        f"broadcast to {PEOPLE} while {ASKING_PER_SECOND:.0f}/s ask",
        f"{_longest(calls):.1f} s",
        f"{_longest(calls) / bound:.3f} of what the limits take, aim: 1.05",
    )
    for channel, limits in LIMITS.items():
        took, least = _took(calls, channel), _bound(limits, _on(channel))
        table.add(name, f"… {_on(channel)} on {channel}", f"{took:.1f} s", f"{took / least:.3f} of its own limits")
    assert not answered.failed
    waits = _waits(answered, [at for where, at, notice in calls if where == "feishu" and not notice])
    table.add(
        name,
        "… whoever asks meanwhile",
        f"ack p50 {ms(answered.at(50))}, p99 {ms(answered.at(99))}",
        f"answer p50 {ms(load.quantile(waits, 50))}, p99 {ms(load.quantile(waits, 99))}, aim: 1 s",
    )


def _today_is_worked(desk: Desk) -> None:
    """A broadcast rings on working days only, and the figures are wanted on any day."""
    today = desk.house.today(desk.clock.now())
    with desk.store.unit() as unit:
        holidays.replace(unit.sql, [SpecialDay(today, "workday", "")])


def _on(channel: str) -> int:
    at = list(LIMITS).index(channel)
    return len(range(at, PEOPLE, len(LIMITS)))


def _bound(limits: Limits, messages: int) -> float:
    """Seconds from the first to the last, at the very limit: what a window lets through at once costs nothing."""
    return max(rate.seconds * max(0, messages - rate.count) / rate.count for rate in limits.channel)


def _took(calls: Sequence[tuple[str, float, bool]], channel: str) -> float:
    times = [at for where, at, notice in calls if notice and where == channel]
    return max(times) - min(times)


def _longest(calls: Sequence[tuple[str, float, bool]]) -> float:
    times = [at for _, at, notice in calls if notice]
    return max(times) - min(times)


def _waits(answered: load.Answered, replies: Sequence[float]) -> list[float]:
    """Each question's answer is taken to be the first one that came after it and is nobody else's."""
    left, waits = iter(sorted(replies)), []
    for asked in sorted(answered.sent):
        found = next((at for at in left if at >= asked), None)
        if found is not None:
            waits.append(found - asked)
    return waits


def _until_sent(platform: Stub) -> list[tuple[str, float, bool]]:
    while True:
        calls = platform.calls()
        if sum(notice for *_, notice in calls) >= PEOPLE:
            return calls
        time.sleep(0.2)


def with_three(config: Config, base_url: str) -> Config:
    tables = {
        "feishu": config.model_dump(mode="python")["channels"]["feishu"],
        "wecom": {
            "platform": "wecom",
            "base_url": base_url,
            "corp_id": "ww5f3a9c1e7b2d4860",
            "agent_id": 1000002,
            "secret": "bench",
            "token": "bench",
            "encoding_aes_key": "0" * 43,
        },
        "dingtalk": {
            "platform": "dingtalk",
            "mode": "webhook",
            "base_url": base_url,
            "legacy_base_url": base_url,
            "client_id": "dingbench",
            "client_secret": "bench",
            "card_template_id": "bench.schema",
            "card_api_secret": "bench",
        },
    }
    awake = {"organization": {"quiet_hours": "00:00-00:00"}}
    return Config.model_validate(config.model_dump(mode="python") | awake | {"channels": tables})


@contextmanager
def serving(config: Config) -> Iterator[str]:
    """The whole bot with the messengers' own limits, in a process and on a core of its own."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_main, args=(config, there))
    process.start()
    try:
        yield str(here.recv())
    finally:
        here.send("stop")
        process.join()


def _main(config: Config, pipe: Connection) -> None:
    os.sched_setaffinity(0, {SERVER})
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log.configure(config.secrets(), nowhere)
        asyncio.run(_serve(App(config), pipe))


async def _serve(app: App, pipe: Connection) -> None:
    stopped = asyncio.Event()
    await app.start()
    asyncio.get_running_loop().add_reader(pipe.fileno(), stopped.set)
    pipe.send(app.address)
    await stopped.wait()
    await app.stop()
