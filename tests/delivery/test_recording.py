"""How ends are recorded: in groups where that is safe, one by one where not; counted; and never waited for in vain."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.ports import Limits, OutState, Rate
from bot.sending.sender import ANSWER_WITHIN
from storage.store import Database
from storage.tables import outbox
from tests.delivery.messenger import Fate, Messenger
from tests.delivery.office import QUICK, START, delivering, finished, post, state, states, until
from tests.delivery.process import Line
from tests.delivery.virtual import virtually

T = TypeVar("T")


class Counted(Line):
    writes = 0

    async def write(self, work: Callable[[Any], T], *, turn: bool = False, lane: str = "") -> T:
        self.writes += 1
        return await super().write(work, turn=turn, lane=lane)


class Tally:
    def __init__(self) -> None:
        self.ends: Counter[tuple[str, str]] = Counter()
        self.ages: list[float] = []

    def ended(self, channel: str, word: str) -> None:
        self.ends[channel, word] += 1

    def queue_age(self, channel: str, seconds: float) -> None:
        self.ages.append(seconds)


@pytest.mark.parametrize(("window", "commits"), [(timedelta(hours=1), range(1, 12)), (timedelta(0), range(50, 60))])
async def test_ends_are_committed_together_only_where_a_repetition_cannot_double(
    database: Database, window: timedelta, commits: range
) -> None:
    line = Counted(database)
    messenger = Messenger(window=window, gate=asyncio.Event())
    for chat in range(50):
        post(database, f"chat{chat}", "您好")

    async with delivering(line, messenger):
        await until(lambda: messenger.under_way == 50)
        before = line.writes
        assert messenger.gate
        messenger.gate.set()
        await until(lambda: finished(database))
        assert line.writes - before in commits

    assert states(database) == {"sent": 50}


async def test_what_is_counted(database: Database) -> None:
    tally, clock = Tally(), ManualClock(START + timedelta(minutes=2))
    fates = {"一": Fate.TAKEN, "二": Fate.REFUSED, "三": Fate.TAKEN}
    feishu = Messenger(fate=lambda attempt: fates[attempt.payload.decode()])
    for chat, text in enumerate(fates):
        post(database, f"chat{chat}", text)
    post(database, "late", "四", expires=START)

    async with delivering(database, feishu, clock=clock, meter=tally):
        await until(lambda: finished(database) and tally.ages[-1] == 0.0)

    assert tally.ends == {("feishu", "sent"): 2, ("feishu", "dead"): 1, ("feishu", "expired"): 1}
    assert max(tally.ages) == 120.0


async def test_what_would_break_a_limit_is_not_even_claimed(database: Database) -> None:
    feishu = Messenger(limits=Limits(channel=(Rate(3, 3600.0),)))
    for chat in range(5):
        post(database, f"chat{chat}", "您好")

    async with delivering(database, feishu):
        await until(lambda: states(database).get("sent") == 3)

    with database.unit() as unit:
        attempts = unit.sql.execute(select(outbox.c.attempts).order_by(outbox.c.id)).scalars().all()
    assert attempts == [1, 1, 1, 0, 0]
    assert states(database) == {"sent": 3, "pending": 2}


def test_an_adapter_that_never_answers_does_not_keep_its_chat_for_ever(database: Database) -> None:
    """And a stop waits 10 s for it at most."""
    gates = iter([asyncio.Event(), None, asyncio.Event()])

    class Hanging(Messenger):
        async def deliver(self, row: Any, payload: bytes) -> Any:
            self.gate = next(gates)
            return await super().deliver(row, payload)

    feishu = Hanging()
    (first,) = post(database, "wang", "一")

    async def live_through() -> float:
        loop = asyncio.get_running_loop()
        async with delivering(database, feishu) as delivery:
            await until(lambda: finished(database), seconds=120.0, look=0.5)
            assert feishu.attempts[1].at - feishu.attempts[0].at == pytest.approx(ANSWER_WITHIN, abs=2.0)
            post(database, "wang", "二")
            await until(lambda: feishu.under_way == 1, look=0.5)
            stopped_at = loop.time()
            await delivery.stop()
            return loop.time() - stopped_at

    assert virtually(live_through) <= 10.0
    assert state(database, first) is OutState.SENT
    assert states(database) == {"sent": 1, "pending": 1}, "its end is unknown, and with a key it may go again"


async def test_a_fault_of_our_own_code_costs_one_tenure_and_no_message(database: Database) -> None:
    """Whatever breaks between an answer and its record: the row is found under the next fence and treated as unknown."""
    broken = iter([True])

    class Odd(Messenger):
        @property
        def can(self) -> Any:
            if bool(self.messages) and next(broken, False):
                raise RuntimeError("a fault")
            return super().can

    feishu = Odd(fate=lambda attempt: Fate.TAKEN)
    (row,) = post(database, "wang", "您好")

    async with delivering(database, feishu, pace=QUICK):
        await until(lambda: finished(database))

    assert state(database, row) is OutState.SENT
    assert feishu.everything() == {"您好": 1}
    assert len(feishu.attempts) == 2
