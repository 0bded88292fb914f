"""All three messengers at once over their long connections, everybody talking: how late the bot's event loop wakes."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from bot.config import Config
from tests.bench.load import quantile
from tests.bench.served import OTHERS, configuration, databases, serving_as
from tests.bench.stub import SPAWN
from tests.bench.table import Table, ms, rate
from tests.phones import Phone, StreamPhone, phone
from tests.soak.crowd import Crowd, customers, rep
from tests.soak.messengers import CHANNELS, widen

SECONDS, QUIET_SECONDS = 20.0, 3.0
"""The quiet ones tell what the machine itself is late."""
TALKING = 8
"""People a messenger; one more asks the smart bot in a group."""
CROWD = Crowd(reps=TALKING * len(CHANNELS) + 1, managers=2, channels=CHANNELS)
GROUP = "wrBENCH"
WORDS = ("帮助", "进度", "报备 {} 中央空调改造 120万 明年6月底签")
LONGEST = 0.05
IN_GROUP = 0.05
"""Seconds between two lines there: the smart bot acknowledges none, so nobody would wait."""


def measure(table: Table) -> None:
    with databases(("SQLite", "PostgreSQL"), CROWD) as urls:
        for name, url in urls.items():
            with messengers() as (tables, people), serving_as(connected(url, tables)) as served:
                people.send(served.address)
                assert people.recv() == "connected"
                served.stalls()
                time.sleep(QUIET_SECONDS)
                quiet = quantile(served.stalls(), 99)
                people.send("talk")
                taken: Counter[str] = people.recv()
                late = served.stalls()
            each = ", ".join(f"{channel} {taken[channel] / SECONDS:.0f}/s" for channel in (*CHANNELS, GROUP))
            table.add(name, "three messengers by long connection: pushes taken", rate(taken.total() / SECONDS), each)
            table.add(
                name,
                "three messengers by long connection; loop stalls",
                f"p99 {ms(quantile(late, 99))}",
                f"longest {ms(max(late))}, p99 {ms(quiet)} while nobody talks, aim: {ms(LONGEST)}",
            )


def connected(url: str, tables: Mapping[str, Any]) -> Config:
    plain = configuration(url, "http://127.0.0.1:9").model_dump(mode="python")
    return Config.model_validate(plain | {"channels": dict(tables)})


@contextmanager
def messengers() -> Iterator[tuple[Mapping[str, Any], Connection]]:
    """In a process and on a core of their own, with the people at them."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_main, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv(), here
    finally:
        here.send("stop")
        process.join()


def _main(pipe: Connection) -> None:
    os.sched_setaffinity(0, {OTHERS})
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    phones: dict[str, Phone] = {name: phone(name, at, now) for at, name in enumerate(CHANNELS, 1)}
    phones["feishu"] = StreamPhone(1, now)
    for each in phones.values():
        await each.start()
        widen(each.emulator)
        for number in range(CROWD.reps):
            each.emulator.add_user(rep(number), f"业务员{number}")
    phones["wecom"].emulator.add_group(GROUP, "渠道群", [rep(CROWD.reps - 1)])
    pipe.send({name: each.table() for name, each in phones.items()})
    address = await asyncio.to_thread(pipe.recv)
    for name, each in phones.items():
        await each.served(f"{address}/channels/{name}/callback")
    wecom = phones["wecom"].emulator
    await wecom.until(lambda: wecom.smart_bot.connected, 30.0)
    pipe.send("connected")
    await asyncio.to_thread(pipe.recv)
    pipe.send(await _talk(phones))
    await asyncio.to_thread(pipe.recv)
    for each in phones.values():
        await each.emulator.stop()


async def _talk(phones: Mapping[str, Phone]) -> Counter[str]:
    """How many pushes were acknowledged, by messenger; those of the group by themselves."""
    taken, names, loop = Counter[str](), customers(), asyncio.get_running_loop()
    end = loop.time() + SECONDS

    async def talks(name: str, user: str, group: Mapping[str, Any]) -> None:
        for words in itertools.cycle(WORDS):
            if loop.time() >= end:
                return
            said = words.format(next(names)) if "{}" in words else words
            push = await phones[name].emulator.say(user, said, **group)
            taken[group.get("chat", name)] += push.delivered
            if group:
                await asyncio.sleep(IN_GROUP)

    seats: list[tuple[str, str, dict[str, Any]]] = [
        (name, rep(at * TALKING + number), {}) for at, name in enumerate(CHANNELS) for number in range(TALKING)
    ]
    seats.append(("wecom", rep(CROWD.reps - 1), {"chat": GROUP, "mention_bot": True}))
    await asyncio.gather(*(talks(*seat) for seat in seats))
    return taken
