"""One sender per channel: elections, fencing, deaths, outages; what a successor makes of what it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bot.clock import ManualClock
from bot.errors import Unavailable
from bot.ports import Lease, OutState
from bot.sending.sender import Pace
from storage.store import Database
from tests.delivery.messenger import Attempt, Fate, Messenger
from tests.delivery.office import QUICK, START, TEAM, delivering, finished, post, reason, state, states, until
from tests.delivery.process import Line, Process
from tests.delivery.virtual import virtually

T = TypeVar("T")


async def test_two_processes_one_sender(open_database: Callable[[], Database]) -> None:
    first, second = open_database(), open_database()
    feishu = Messenger(answer_after=0.002)
    for chat in range(20):
        post(first, f"chat{chat}", *(f"{chat}/{n}" for n in range(5)))

    async with delivering(first, feishu), delivering(second, feishu):
        await until(lambda: finished(first))

    assert set(feishu.everything().values()) == {1}
    assert len(feishu.attempts) == 100
    assert states(first) == {"sent": 100}


async def test_a_stopped_sender_is_followed_at_once(open_database: Callable[[], Database]) -> None:
    first, second = open_database(), open_database()
    feishu = Messenger()

    async with delivering(first, feishu, pace=QUICK):
        post(first, "wang", "一")
        await until(lambda: finished(first))
    async with delivering(second, feishu, pace=Pace(lease=3600.0)):
        post(second, "wang", "二")
        await until(lambda: finished(second))

    assert feishu.seen_in("wang") == ["一", "二"]


def test_stopping_waits_for_the_answer(database: Database) -> None:
    feishu = Messenger(answer_after=5.0)
    under_way, waiting = post(database, "wang", "一", "二")

    async def live_through() -> None:
        async with delivering(database, feishu) as delivery:
            await until(lambda: feishu.under_way == 1)
            await delivery.stop()

    virtually(live_through)

    assert (state(database, under_way), state(database, waiting)) == (OutState.SENT, OutState.PENDING)


async def test_a_sender_that_lost_its_lease_records_nothing(open_database: Callable[[], Database]) -> None:
    """It is cut off while a request is under way; its successor sends again under the same key: no double."""
    line, second = Line(open_database()), open_database()
    slow, quick = Messenger(gate=asyncio.Event()), Messenger()
    quick.messages, quick.known = slow.messages, slow.known  # one messenger, met by two processes
    (row,) = post(second, "wang", "您好")

    async with delivering(line, slow, pace=QUICK):
        await until(lambda: slow.under_way == 1)
        line.cut = True
        async with delivering(second, quick, pace=QUICK):
            await until(lambda: finished(second))
        await until(lambda: slow.under_way == 0)
        line.cut = False

    assert state(second, row) is OutState.SENT
    assert slow.everything() == {"您好": 1}
    assert len(slow.attempts) == len(quick.attempts) == 1


@pytest.mark.parametrize("way", ["cut", "hole"])
async def test_that_its_lease_is_lost_is_told_while_the_database_and_an_answer_are_still_waited_for(
    open_database: Callable[[], Database], way: str
) -> None:
    """Of the smart bot's connection there may be only one: who comes back from a pause must not take it from the next one."""
    line, told = Line(open_database()), list[tuple[str, bool]]()
    slow = Messenger(gate=asyncio.Event())
    post(line._database, "wang", "您好")

    async with delivering(line, slow, pace=QUICK, elected=lambda *news: told.append(news)):
        await until(lambda: slow.under_way == 1)
        assert told == [("feishu", True)]
        hole = asyncio.Event()
        line.cut, line.hole = way == "cut", hole if way == "hole" else None
        try:
            await until(lambda: len(told) == 2)
        finally:
            line.cut = False
            hole.set()
    assert told[:2] == [("feishu", True), ("feishu", False)]


@pytest.mark.parametrize(("chat", "end", "shown"), [("wang", OutState.SENT, 2), (TEAM, OutState.UNKNOWN, 1)])
async def test_after_a_death_what_was_under_way_goes_to_a_person_again_and_to_no_group(
    open_database: Callable[[], Database], chat: str, end: OutState, shown: int
) -> None:
    first, second = open_database(), open_database()
    dingtalk = Messenger(window=timedelta(0), gate=asyncio.Event())
    first_row, second_row = post(second, chat, "一", "二")

    mortal = Process(first, dingtalk, ManualClock(START), QUICK)
    await mortal.start()
    await until(lambda: dingtalk.under_way == 1)
    mortal.die()
    assert dingtalk.gate
    dingtalk.gate.set()
    async with delivering(second, dingtalk, pace=QUICK):
        await until(lambda: finished(second))
    await mortal.stop()

    assert (state(second, first_row), state(second, second_row)) == (end, OutState.SENT)
    assert reason(second, first_row) == ("" if end is OutState.SENT else "its sender died while sending it")
    assert dingtalk.everything() == {"一": shown, "二": 1}


async def test_what_kills_its_sender_is_held_and_takes_nothing_else_with_it(
    database: Database, open_database: Callable[[], Database]
) -> None:
    """Each time the poisonous row is sent, the process dies; others that were under way with it get through."""
    processes: list[Process] = []

    def fate(attempt: Attempt) -> Fate:
        if attempt.payload == "毒".encode():
            processes[-1].die()
        return Fate.TAKEN

    feishu = Messenger(fate=fate)
    (poison,) = post(database, "wang", "毒")
    for chat in range(10):
        post(database, f"chat{chat}", "您好")

    while not finished(database):
        processes.append(Process(open_database(), feishu, ManualClock(START), QUICK))
        await processes[-1].start()
        await until(lambda: finished(database) or processes[-1].line.cut)
    await asyncio.gather(*(process.stop() for process in processes))

    assert state(database, poison) is OutState.DEAD
    assert reason(database, poison) == "held: its sender died 5 times in a row while sending it"
    assert states(database) == {"dead": 1, "sent": 10}
    assert sum(a.payload == "毒".encode() for a in feishu.attempts) == 5


async def test_the_database_is_away_while_an_answer_comes(database: Database) -> None:
    line = Line(database)
    dingtalk = Messenger(window=timedelta(0), gate=asyncio.Event())
    (row,) = post(database, "wang", "您好")

    async with delivering(line, dingtalk, pace=QUICK):
        await until(lambda: dingtalk.under_way == 1)
        line.cut = True
        assert dingtalk.gate
        dingtalk.gate.set()
        await until(lambda: dingtalk.under_way == 0)
        line.cut = False
        await until(lambda: finished(database))

    assert state(database, row) is OutState.SENT


class Torn(Line):
    """A commit arrives, but the answer that it did is lost; so is the first release of the lease."""

    torn = False
    released = 0

    async def write(self, work: Callable[[Any], T], *, turn: bool = False, lane: str = "") -> T:
        result = await super().write(work, turn=turn, lane=lane)
        if not self.torn and states(self._database).get("sending"):
            self.torn = True
            raise Unavailable("no answer")
        return result

    async def release(self, lease: Lease) -> None:
        self.released += 1
        if self.released == 1:
            raise Unavailable("no answer")
        await super().release(lease)


def test_a_claim_whose_commit_was_not_confirmed_is_found_again(database: Database) -> None:
    """It was not sent, but nobody can know: it is taken up under a new fence, though the lease never ended."""
    feishu = Messenger()
    (row,) = post(database, "wang", "您好")

    async def live_through() -> None:
        async with delivering(Torn(database), feishu, pace=Pace(lease=3600.0)):
            await until(lambda: finished(database), seconds=60.0, look=0.5)

    virtually(live_through)

    assert state(database, row) is OutState.SENT
    assert len(feishu.attempts) == 1
