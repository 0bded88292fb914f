"""Promises of the clock: once each, by whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select, update

from bot.ports import Slot
from storage.store import Database
from storage.tables import jobs
from storage.unit import Unit
from tests.storage.samples import HOUR, NOW

REMIND = Slot(job="deals.remind", slot="BB1001/T-7", due=NOW, about="BB1001", args={"deal": "1001"})
ESCALATE = Slot(job="approvals.escalate", slot="SP2001/1", due=NOW + HOUR, about="SP2001")


def due(unit: Unit) -> list[str]:
    return [slot.slot for slot in unit.jobs.claim_due(NOW, 10)]


def nothing(unit: Unit) -> None:
    return None


def promise_again(unit: Unit) -> None:
    unit.jobs.promise(REMIND)


def cancel(unit: Unit) -> None:
    assert unit.jobs.cancel("BB1001") == 1


def cancel_another_job(unit: Unit) -> None:
    assert unit.jobs.cancel("BB1001", "approvals.escalate") == 0


def cancel_and_promise(unit: Unit) -> None:
    cancel(unit)
    unit.jobs.promise(REMIND)


def run(unit: Unit) -> None:
    assert due(unit) == ["BB1001/T-7"]


def run_and_promise(unit: Unit) -> None:
    run(unit)
    unit.jobs.promise(REMIND)


@pytest.mark.parametrize(
    ("happened", "then_due"),
    [
        (nothing, ["BB1001/T-7"]),
        (promise_again, ["BB1001/T-7"]),
        (cancel, []),
        (cancel_another_job, ["BB1001/T-7"]),
        (cancel_and_promise, ["BB1001/T-7"]),
        (run, []),
        (run_and_promise, []),
    ],
)
def test_what_is_due_after(database: Database, happened: Callable[[Unit], None], then_due: list[str]) -> None:
    with database.unit() as unit:
        unit.jobs.promise(REMIND)
        unit.jobs.promise(ESCALATE)
        happened(unit)
        assert due(unit) == then_due


def test_a_slot_comes_back_whole_and_in_the_order_of_time(database: Database) -> None:
    with database.unit() as unit:
        unit.jobs.promise(ESCALATE)
        unit.jobs.promise(REMIND)
        assert unit.jobs.next_due(10) == [REMIND, ESCALATE]
        assert unit.jobs.claim_due(NOW + HOUR, 1) == [REMIND]
        assert unit.jobs.claim_due(NOW + HOUR, 10) == [ESCALATE]


def test_a_rollback_gives_them_back(database: Database) -> None:
    with database.unit() as unit:
        unit.jobs.promise(REMIND)
    with suppress(KeyError), database.unit() as unit:
        run(unit)
        raise KeyError
    with database.unit() as unit:
        run(unit)


def test_a_cancelled_slot_may_be_promised_for_another_time(database: Database) -> None:
    with database.unit() as unit:
        unit.jobs.promise(REMIND)
        cancel(unit)
        unit.jobs.promise(Slot(job=REMIND.job, slot=REMIND.slot, due=NOW + HOUR))
        assert due(unit) == []
        assert [slot.due for slot in unit.jobs.next_due(10)] == [NOW + HOUR]


def test_a_failing_slot_waits_longer_each_time_and_is_set_aside(database: Database) -> None:
    waits: list[float] = []
    with database.unit() as unit:
        unit.jobs.promise(REMIND)
        before = 0.0
        for _ in range(5):
            unit.jobs.fail(REMIND, NOW, "ValueError")
            until = unit.sql.execute(select(jobs.c.wait_until)).scalar_one()
            assert due(unit) == []
            waits.append(until - before)
            before = until
            unit.sql.execute(update(jobs).values(wait_until=0.0))
        assert due(unit) == [], "aside, although it need not wait"
        kept = unit.sql.execute(select(jobs.c.state, jobs.c.failures, jobs.c.reason)).one()
    assert waits[1:] == pytest.approx([5.0, 10.0, 20.0, 40.0], abs=1.0)
    assert tuple(kept) == ("failed", 5, "ValueError")


def test_two_processes_share_200_slots_and_double_none(open_database: Callable[[], Database]) -> None:
    processes = [open_database(), open_database()]
    slots = [Slot(job="j", slot=f"{number:03}", due=NOW) for number in range(200)]
    with processes[0].unit() as unit:
        for slot in slots:
            unit.jobs.promise(slot)

    def work(database: Database) -> list[str]:
        done: list[str] = []
        while True:
            with database.unit() as unit:
                taken = unit.jobs.claim_due(NOW, 3)
            if not taken:
                return done
            done += [slot.slot for slot in taken]

    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(work, processes * 2))
    assert sorted(slot for done in runs for slot in done) == [slot.slot for slot in slots]
