"""Promises of the clock: one row per (job, slot), taken in the database by whoever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection, case, select, tuple_, update

from bot.ports import Slot
from storage.tables import JobState, insert_or, jobs, promised
from storage.types import fields, machine_now

MOST_FAILURES = 5
FIRST_WAIT = 5.0
"""Seconds (machine time) until a failed slot is tried again, doubled with every failure."""

_SLOT = tuple(jobs.c[name] for name in Slot.__struct_fields__)
_FRESH = {"state": JobState.PROMISED, "failures": 0, "wait_until": 0.0, "reason": ""}
_PROMISE = insert_or(jobs)
_PROMISE = _PROMISE.on_conflict_do_update(
    index_elements=["job", "slot"],
    set_={name: _PROMISE.excluded[name] for name in ("due", "about", "args", *_FRESH)},
    where=jobs.c.state == JobState.CANCELLED,
)


class Jobs:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def promise(self, slot: Slot) -> None:
        self._sql.execute(_PROMISE, structs.asdict(slot) | _FRESH)

    def cancel(self, about: str, job: str = "") -> int:
        of = [promised, jobs.c.about == about, *([jobs.c.job == job] if job else [])]
        free = select(jobs.c.job, jobs.c.slot).where(*of).with_for_update(skip_locked=True)
        mine = tuple_(jobs.c.job, jobs.c.slot).in_(free)
        return self._sql.execute(update(jobs).where(mine).values(state=JobState.CANCELLED)).rowcount

    def claim_due(self, now: datetime, most: int) -> Sequence[Slot]:
        """The longest due first."""
        may_go = (promised, jobs.c.due <= now, jobs.c.wait_until <= machine_now())
        due = select(jobs.c.job, jobs.c.slot).where(*may_go).order_by(jobs.c.due, jobs.c.job, jobs.c.slot).limit(most)
        taken = update(jobs).where(tuple_(jobs.c.job, jobs.c.slot).in_(due.with_for_update(skip_locked=True)))
        rows = self._sql.execute(taken.values(state=JobState.DONE).returning(*_SLOT))
        return sorted(
            (Slot(**fields(row)) for row in rows.mappings()), key=lambda slot: (slot.due, slot.job, slot.slot)
        )

    def next_due(self, most: int) -> Sequence[Slot]:
        soonest = select(*_SLOT).where(promised).order_by(jobs.c.due, jobs.c.job, jobs.c.slot).limit(most)
        return [Slot(**fields(row)) for row in self._sql.execute(soonest).mappings()]

    def fail(self, slot: Slot, now: datetime, reason: str) -> None:
        again = jobs.c.failures + 1
        waits = [(jobs.c.failures == done, FIRST_WAIT * 2**done) for done in range(MOST_FAILURES)]
        self._sql.execute(
            update(jobs)
            .where(promised, jobs.c.job == slot.job, jobs.c.slot == slot.slot)
            .values(
                failures=again,
                failed=now,
                reason=reason,
                wait_until=machine_now() + case(*waits, else_=0.0),
                state=case((again < MOST_FAILURES, JobState.PROMISED), else_=JobState.FAILED),
            )
        )
