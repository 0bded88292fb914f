"""Two processes on all three messengers, and the one that did everything is killed or frozen: the other one takes over.

It is the sender of no channel, its smart bot is not connected; people go on talking all the time. Nothing that was
acknowledged is lost, and within half a minute everybody is answered again, at the pace that ``serve`` has.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.dingtalk.emulator import ClientRefused as NoMoreAtDingTalk
from adapters.feishu.emulator import ClientRefused as NoMoreAtFeishu
from adapters.wecom.emulator import ClientRefused as NoMoreAtWeCom
from bot.app import open_desk
from bot.config import Config
from bot.desk import Desk
from bot.ports import OutState, Sending
from handlers.deals.tables import deals
from storage.tables import JobState, inbox, jobs, leases, outbox
from tests.build import MONDAY
from tests.databases import Postgres
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.crowd import Crowd, customers, rep
from tests.soak.ledger import comes_true, due_has_run
from tests.soak.messengers import CHANNELS, Seat, Stage, served, stage
from tests.soak.scene import GLANCE, PATIENCE, organise
from tests.soak.serving import Process

WITHIN = 30.0
"""Seconds (issue of the messengers): the lease's 20, and 5 until the next attempt to take it."""
CROWD = Crowd(reps=10, managers=3, channels=CHANNELS)
TALKING, ASKING, IN_GROUP = range(6), range(6, 9), 9
"""Reps who register all the time; those who ask one thing on one messenger each; one who asks the smart bot."""
REFUSED = (NoMoreAtFeishu, NoMoreAtDingTalk, NoMoreAtWeCom)
GROUP = "wrGROUP"
KEYLESS = "dingtalk"
WORDS = {"text", "im.message.receive_v1"}


class Two:
    """``leader`` is the sender of every channel, ``other`` is there."""

    def __init__(self, houses: Sequence[Any]) -> None:
        self.leader, self.other = houses

    def swap(self) -> None:
        self.leader, self.other = self.other, self.leader


def processes(config: Config, folder: Path) -> list[Process]:
    """With the pace of ``serve``."""
    return [Process(config, folder / "bot.log") for _ in range(2)]


@asynccontextmanager
async def talked_to(on: Stage, two: Two) -> AsyncIterator[list[str]]:
    """Everybody goes on until the end, and finishes what they began; the customers who were registered."""
    names, registered, over = customers(), list[str](), asyncio.Event()

    async def goes_on(number: int) -> None:
        seat = Seat(on, CHANNELS[number % len(CHANNELS)], rep(number))
        while not over.is_set():
            await registers(seat, name := next(names))
            registered.append(name)

    repeating = asyncio.create_task(on.repeat())
    async with asyncio.TaskGroup() as people:
        for number in TALKING:
            people.create_task(goes_on(number))
        yield registered
        over.set()
    await due_has_run(on)
    await on.drained()
    repeating.cancel()
    await asyncio.gather(repeating, return_exceptions=True)


async def grows(registered: Sequence[str], by: int) -> None:
    wanted = len(registered) + by
    async with asyncio.timeout(PATIENCE):
        while len(registered) < wanted:  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(GLANCE)


async def registers(seat: Seat, customer: str) -> None:
    """Says it, presses until the card shows the receipt; whoever gets no answer says and presses it again.

    DingTalk knows no key: what was being sent there when its sender died is sent once more, and may be seen twice.
    """
    card = None
    while card is None:
        await seat.says(f"报备 {customer} 中央空调改造 120万 明年6月底签")
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                card = await seat.until(lambda: seat.card(customer, "提交") or seat.card(customer))
    while not any("回执码" in m.text and customer in m.text for m in seat.messages):
        with suppress(*REFUSED):
            await seat.presses(card.message_id, "提交", {}, -1)
        await asyncio.sleep(GLANCE)


async def leads(on: Stage) -> None:
    """One process has all the leases, and is connected wherever there may be one connection only."""

    def all_held(desk: Desk) -> bool:
        with desk.store.unit() as unit:
            held = select(func.count()).where(leases.c.name.like("sender:%"), leases.c.holder != "")
            return int(unit.sql.execute(held).scalar_one()) == len(CHANNELS)

    await comes_true(on, all_held)
    wecom = on.phones["wecom"].emulator
    await wecom.until(lambda: wecom.smart_bot.connected, WITHIN)


async def answered(on: Stage, channel: str, number: int) -> None:
    """Somebody asks there, and has the answer."""
    seat = Seat(on, channel, rep(number))
    before = len(seat.messages)
    await seat.says("我是谁")
    await seat.until(lambda: len(seat.messages) > before)


async def heard_in_the_group(on: Stage) -> None:
    """Whatever the smart bot hears there is answered in the person's own chat; what it misses is said again."""
    seat = Seat(on, "wecom", rep(IN_GROUP))
    wecom, before = seat.phone.emulator, len(seat.messages)
    while len(seat.messages) == before:
        await wecom.say(seat.user, "我是谁", chat=GROUP, mention_bot=True)
        with suppress(TimeoutError):
            await wecom.until(lambda: len(seat.messages) > before, 1.0)


async def timed(what: Any) -> float:
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(WITHIN):
        await what
    return asyncio.get_running_loop().time() - began


async def taken_over(on: Stage) -> dict[str, float]:
    """Seconds from now until each of them works again."""
    waits = {f"sender {name}": answered(on, name, n) for name, n in zip(CHANNELS, ASKING, strict=True)}
    waits |= {"smart bot": heard_in_the_group(on), "timers": due_has_run(on)}
    return dict(zip(waits, await asyncio.gather(*map(timed, waits.values())), strict=True))


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_the_other_one_takes_over(how: str, postgres: Postgres, tmp_path: Path, say: Say) -> None:
    rng = random.Random(COUNTS.seed)
    with postgres.database() as url:
        async with stage(tmp_path, url, rng, lambda config: processes(config, tmp_path)) as on:
            organise(on.config, CROWD)
            on.peopled(CROWD)
            on.phones["wecom"].emulator.add_group(GROUP, "华东渠道群", [rep(IN_GROUP)])
            two = Two(on.houses)
            assert await two.leader.start()
            await served(on)
            await leads(on)
            longest, known = dict[str, float](), set[str]()
            async with talked_to(on, two) as registered:
                for day in range(COUNTS.takeovers):
                    on.clock(MONDAY + timedelta(days=day))
                    assert two.other.is_alive or await two.other.start()
                    await grows(registered, by=len(TALKING))
                    took = await loses_its_leader(on, two, how)
                    longest = {name: max(seconds, longest.get(name, 0.0)) for name, seconds in took.items()}
                    known |= keys(on)
                    two.swap()
            known |= keys(on)
            for process in (two.leader, two.other):
                if process.is_alive:
                    assert await process.stop() == 0
            with open_desk(on.config) as desk:
                assert not [*wrong(on, desk, registered, known)]
                told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in longest.items())
                say(
                    f"{COUNTS.takeovers} times {how}, {len(registered)} registered; {told}; {again(desk)} again at DingTalk"
                )


async def loses_its_leader(on: Stage, two: Two, how: str) -> dict[str, float]:
    """While everybody talks, and with something of the clock's due from that moment on.

    Business time moves by less than the messengers know a message again: what was under way may be sent again.
    """
    on.clock(on.now.now().replace(hour=12, minute=30))
    await asyncio.sleep(on.rng.uniform(0.5, 1.5))
    if how == "killed":
        two.leader.kill()
        gone = asyncio.create_task(two.leader.gone())
    else:
        gone = asyncio.create_task(two.leader.freeze(WITHIN))
        await asyncio.sleep(0)
    before = promises_kept(on)
    on.clock(on.now.now() + timedelta(minutes=30))
    took = await taken_over(on)
    assert promises_kept(on) > before
    await gone
    return took


def promises_kept(on: Stage) -> int:
    with open_desk(on.config) as desk, desk.store.unit() as unit:
        done = select(func.count()).select_from(jobs).where(jobs.c.state == JobState.DONE)
        return int(unit.sql.execute(done).scalar_one())


def keys(on: Stage) -> set[str]:
    """Of what came in within the two days that they are kept."""
    with open_desk(on.config) as desk, desk.store.unit() as unit:
        return {name for names in unit.sql.execute(select(inbox.c.key, inbox.c.alias)) for name in names}


def wrong(on: Stage, desk: Desk, registered: Sequence[str], known: set[str]) -> Iterator[str]:
    with desk.store.unit() as unit:
        sql = unit.sql
        found = Counter(sql.execute(select(deals.c.customer)).scalars())
        facts = (outbox.c.channel, outbox.c.what, outbox.c.state, outbox.c.reason, outbox.c.attempts)
        rows = sql.execute(select(*facts)).all()
    for name, each in on.phones.items():
        for push in each.emulator.pushes:
            heard = push.event_type in WORDS and push.delivered and getattr(push, "way", "") != "socket"
            if heard and not {push.message_id, _event(push)} & known:
                yield f"{name} was acknowledged, and it is lost: {push.event_type} {_event(push)}"
        sends = [row for row in rows if (row.channel, row.what, row.state) == (name, Sending.SEND, OutState.SENT)]
        again = sum(row.attempts - 1 for row in sends) if name == KEYLESS else 0
        shown = sum(m.sender == "bot" for m in each.emulator.world.messages.values())
        if not len(sends) <= shown <= len(sends) + again:
            yield f"{name} shows {shown} messages, {len(sends)} were sent, {again} perhaps again"
    for customer in registered:
        if found[customer] != 1:
            yield f"{customer} was registered {found[customer]} times"
    for row in rows:
        if row.state not in (OutState.SENT, OutState.DROPPED):
            yield f"{row.what} on {row.channel} ended {row.state}: {row.reason}"


def _event(push: Any) -> str:
    """WeCom's is in what it pushes."""
    return str(getattr(push, "event_id", "") or push.body["MsgId"])


def again(desk: Desk) -> int:
    """Attempts that may have doubled a message."""
    with desk.store.unit() as unit:
        sends = (outbox.c.channel == KEYLESS, outbox.c.what == Sending.SEND)
        found = select(func.count()).where(*sends, outbox.c.attempts > 1)
        return int(unit.sql.execute(found).scalar_one())
