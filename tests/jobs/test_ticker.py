"""The tick on both databases: every slot once, in order, in its own transaction, however far the clock jumps."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.clock import ManualClock, machine
from bot.errors import Unavailable
from bot.jobs import PURGE_INBOX, Chore, Daily, Every, Run, Ticker
from bot.messages import NOTHING, Account, Place, Say
from bot.ports import End, Outgoing, Sending, Slot
from storage.store import Database
from storage.tables import jobs
from tests.delivery.office import states, until
from tests.delivery.virtual import virtually

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def promise(database: Database, job: str, *dues: datetime) -> None:
    with database.unit() as unit:
        for due in dues:
            unit.jobs.promise(Slot(job=job, slot=due.isoformat(), due=due))


class Diary:
    """A job that writes down what it was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, datetime, datetime]] = []

    def __call__(self, slot: Slot, unit: Any, now: datetime) -> None:
        self.lines.append((slot.job, slot.due, now))


def ticker(database: Any, clock: ManualClock, jobs: Mapping[str, Run], **facts: Any) -> Ticker:
    return Ticker(database, clock, jobs, **({"chores": ()} | facts))


async def test_a_jump_of_the_clock_runs_all_it_passed_in_order_each_with_its_own_instant(database: Database) -> None:
    clock, diary = ManualClock(START), Diary()
    promise(database, "b", hours(3), hours(1))
    promise(database, "a", hours(2), hours(200))
    ticking = ticker(database, clock, {"a": diary, "b": diary})

    assert await ticking.tick() == 0
    clock.set(hours(72))
    assert await ticking.tick() == 3
    assert await ticking.tick() == 0

    now = hours(72)
    assert diary.lines == [("b", hours(1), now), ("a", hours(2), now), ("b", hours(3), now)]


async def test_a_slot_whose_transaction_is_undone_runs_once_in_the_next_one(database: Database) -> None:
    """PostgreSQL ends a deadlock by undoing one of the two; what it had claimed is claimed anew, not once more."""
    clock, diary = ManualClock(START), Diary()
    promise(database, "a", START)

    def undone_at_first(slot: Slot, unit: Any, now: datetime) -> None:
        diary(slot, unit, now)
        if len(diary.lines) == 1:
            raise OperationalError("UPDATE", {}, DeadlockDetected())

    assert await ticker(database, clock, {"a": undone_at_first}).tick() == 1
    assert len(diary.lines) == 2, "once undone, once done"


async def test_what_a_slot_promises_is_run_in_the_same_tick_if_it_is_due(database: Database) -> None:
    diary = Diary()

    def ladder(slot: Slot, unit: Any, now: datetime) -> None:
        diary(slot, unit, now)
        following = slot.due + timedelta(hours=1)
        unit.jobs.promise(Slot(job="ladder", slot=following.isoformat(), due=following))

    promise(database, "ladder", hours(1))

    assert await ticker(database, ManualClock(hours(5)), {"ladder": ladder}).tick() == 5
    assert [due for _, due, _ in diary.lines] == [hours(n) for n in range(1, 6)]


async def test_a_failing_slot_is_undone_counted_and_stops_nobody(database: Database) -> None:
    diary = Diary()

    def bad(slot: Slot, unit: Any, now: datetime) -> None:
        diary(slot, unit, now)
        unit.outbox.add(Outgoing(what=Sending.SEND, place=Place("feishu", "t", "wang"), content="half done"), now)
        raise ZeroDivisionError("客户 杭州云栖湾")

    promise(database, "bad", hours(0))
    promise(database, "good", hours(1))
    ticking = ticker(database, ManualClock(hours(1)), {"bad": bad, "good": diary})

    assert await ticking.tick() == 1
    assert await ticking.tick() == 0, "it is put off, not tried at once"
    assert [job for job, _, _ in diary.lines] == ["bad", "good"]
    assert states(database) == {}
    state, failures, reason = recorded(database, "bad")
    assert (state, failures) == ("promised", 1)
    assert reason.startswith("ZeroDivisionError in test_ticker.py:")


async def test_a_job_this_program_does_not_know_waits_for_one_that_does(database: Database) -> None:
    promise(database, "newer", hours(0))

    assert await ticker(database, ManualClock(hours(1)), {}).tick() == 0

    state, failures, reason = recorded(database, "newer")
    assert (state, failures) == ("promised", 1)
    assert reason == "this program knows no job newer: is an older one running beside a newer?"


def recorded(database: Database, job: str) -> tuple[str, int, str]:
    with database.unit() as unit:
        found = select(jobs.c.state, jobs.c.failures, jobs.c.reason).where(jobs.c.job == job)
        state, failures, reason = unit.sql.execute(found).one()
    return str(state), failures, reason


async def test_two_tickers_share_the_slots(open_database: Callable[[], Database]) -> None:
    """0 missed, 0 doubled. Each slot also writes a row, which would be doubled with it."""
    ran: Counter[str] = Counter()

    def job(slot: Slot, unit: Any, now: datetime) -> None:
        ran[slot.slot] += 1
        unit.outbox.add(Outgoing(what=Sending.SEND, place=Place("feishu", "t", "wang"), content=slot.slot), now)

    first, second = open_database(), open_database()
    dues = [START + timedelta(minutes=number) for number in range(300)]
    promise(first, "job", *dues)
    tickers = [ticker(database, ManualClock(hours(10)), {"job": job}) for database in (first, second)]

    shares = await asyncio.gather(*(each.tick() for each in tickers))

    assert sum(shares) == 300
    assert ran == {due.isoformat(): 1 for due in dues}
    assert states(first) == {"pending": 300}


async def test_a_daily_job_makes_up_for_every_day_and_one_by_the_minute_does_not(database: Database) -> None:
    clock, diary = ManualClock(START), Diary()
    rules = (Daily("daily", time(8, 30), SHANGHAI), Every("often", 15))
    ticking = ticker(database, clock, {"daily": diary, "often": diary}, recurring=rules)

    await ticking.tick()
    clock.set(hours(24 * 3))
    await ticking.tick()
    clock.set(hours(24 * 3 + 0.5))
    await ticking.tick()

    told = [(job, due.astimezone(SHANGHAI).strftime("%d %H:%M")) for job, due, _ in diary.lines]
    assert told == [
        ("often", "02 08:15"),
        ("daily", "02 08:30"),
        ("daily", "03 08:30"),
        ("daily", "04 08:30"),
        ("often", "05 08:15"),
        ("daily", "05 08:30"),
    ]


async def test_a_restart_neither_doubles_nor_forgets_a_recurring_slot(database: Database) -> None:
    clock, diary = ManualClock(START), Diary()
    rules = (Daily("daily", time(8, 30), SHANGHAI),)
    await ticker(database, clock, {"daily": diary}, recurring=rules).tick()
    clock.set(hours(49))

    for _ in range(3):
        await ticker(database, clock, {"daily": diary}, recurring=rules).tick()

    assert [due for _, due, _ in diary.lines] == [hours(0.5), hours(24.5), hours(48.5)]


async def test_one_bad_day_does_not_end_a_daily_job(database: Database) -> None:
    diary = Diary()

    def moody(slot: Slot, unit: Any, now: datetime) -> None:
        if slot.due == hours(0.5):
            raise ValueError("not today")
        diary(slot, unit, now)

    clock = ManualClock(START)
    ticking = ticker(database, clock, {"daily": moody}, recurring=(Daily("daily", time(8, 30), SHANGHAI),))
    await ticking.tick()
    clock.set(hours(25))
    await ticking.tick()

    assert [due for _, due, _ in diary.lines] == [hours(24.5)]


class TestChores:
    async def test_some_at_every_tick_some_once_an_hour_and_none_stops_another(self, database: Database) -> None:
        done: Counter[str] = Counter()

        def chore(name: str, every: float = 0.0, *, fails: bool = False) -> Chore:
            def run(unit: Any, now: datetime) -> None:
                done[name] += 1
                if fails:
                    raise ValueError(name)

            return Chore(name, run, every)

        chores = (chore("broken", fails=True), chore("seal"), chore("purge", 3600.0))
        ticking = ticker(database, ManualClock(START), {}, chores=chores)
        for _ in range(3):
            await ticking.tick()

        assert done == {"broken": 3, "seal": 3, "purge": 1}

    async def test_keys_of_pushes_are_forgotten_after_two_days(self, database: Database) -> None:
        who, where = Account("feishu", "t", "wang"), Place("feishu", "t", "wang")

        def push(key: str, at: datetime) -> Say:
            return Say(key=key, sender=who, place=where, sent_at=at, trace=key, text="您好")

        with database.unit() as unit:
            for key, at in (("old", hours(0)), ("new", hours(30))):
                unit.inbox.enter(push(key, at), at)
                unit.inbox.close(push(key, at), End.DONE, NOTHING, None)
        await ticker(database, ManualClock(hours(50)), {}, chores=(PURGE_INBOX,)).tick()

        with database.unit() as unit:
            assert unit.inbox.enter(push("old", hours(50)), hours(50)) is None
            assert unit.inbox.enter(push("new", hours(50)), hours(50)) is not None


class Cut:
    """A database that cannot be reached for the first so many writes."""

    def __init__(self, database: Database, times: int) -> None:
        self._database = database
        self._times = times

    async def write(self, work: Callable[[Any], Any]) -> Any:
        self._times -= 1
        if self._times >= 0:
            raise Unavailable("the line is cut")
        return await self._database.write(work)


async def test_without_the_database_the_tick_grows_old_and_then_goes_on(database: Database) -> None:
    diary = Diary()
    promise(database, "job", hours(0))
    ticking = ticker(Cut(database, 2), ManualClock(hours(1)), {"job": diary})

    assert await ticking.tick() == 0
    assert ticking.last_tick is None
    assert await ticking.tick() == 0
    assert await ticking.tick() == 1

    assert ticking.last_tick == pytest.approx(machine(), abs=5)
    assert recorded(database, "job")[:2] == ("done", 0)


def test_the_metronome_goes_on_and_never_starts_a_second_tick_beside_a_long_one(database: Database) -> None:
    class Slow(Ticker):
        under_way = most = ended = 0

        async def tick(self) -> int:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            ran = await super().tick()
            await asyncio.sleep(12.0)
            self.under_way -= 1
            self.ended += 1
            return ran

    diary, clock = Diary(), ManualClock(START)
    promise(database, "job", hours(0), hours(1))

    async def live_through() -> int:
        ticking = Slow(database, clock, {"job": diary}, chores=(), tick_seconds=0.01)
        await ticking.start()
        await until(lambda: ticking.ended == 1)
        clock.set(hours(1))
        await until(lambda: ticking.ended == 2)
        await ticking.stop()
        return ticking.most

    assert virtually(live_through) == 1
    assert [due for _, due, _ in diary.lines] == [hours(0), hours(1)]
