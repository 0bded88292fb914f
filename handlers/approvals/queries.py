"""Reading and changing approvals. A decision is a compare-and-set on state and version (R2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import bindparam, insert, select, update

from handlers.approvals.states import State
from handlers.approvals.tables import approvals
from storage.prepared import Prepared
from storage.unit import Unit


class Approval(Struct, frozen=True, kw_only=True):
    number: int
    kind: str
    subject: int
    requester: int
    approver: int
    state: State
    version: int
    asked_at: datetime
    due_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    reason: str
    escalations: int

    @property
    def ref(self) -> str:
        return f"SP{self.number}"


_BY_NUMBER = select(approvals).where(approvals.c.number == bindparam("of"))
_SEE = Prepared(_BY_NUMBER)
_LOCK = Prepared(_BY_NUMBER.with_for_update())
_LATEST = Prepared(
    select(approvals)
    .where(approvals.c.kind == bindparam("kind"), approvals.c.subject == bindparam("of"))
    .order_by(approvals.c.number.desc())
    .limit(1)
)
_WAITING = Prepared(
    select(approvals)
    .where(approvals.c.approver == bindparam("of"), approvals.c.state == State.PENDING)
    .order_by(approvals.c.due_at, approvals.c.number)
)
_ADD = Prepared(insert(approvals))
_CHANGE = Prepared(
    update(approvals).where(
        approvals.c.number == bindparam("of"),
        approvals.c.version == bindparam("seen"),
        approvals.c.state == State.PENDING,
    )
)


def add(db: Unit, approval: Approval) -> None:
    _ADD.run(db.sql, structs.asdict(approval))


def approval(db: Unit, number: int) -> Approval | None:
    return _one(db, _SEE, of=number)


def for_update(db: Unit, number: int) -> Approval | None:
    return _one(db, _LOCK, of=number)


def latest_of(db: Unit, kind: str, subject: int) -> Approval | None:
    """The newest approval of an object."""
    return _one(db, _LATEST, kind=kind, of=subject)


def waiting_for(db: Unit, person: int) -> Sequence[Approval]:
    return [Approval(**row) for row in _WAITING.named(db.sql, {"of": person})]


def decide(db: Unit, old: Approval, state: State, by: int, at: datetime, reason: str) -> bool:
    """False if somebody else was faster."""
    return _set(db, old, state=state, decided_by=by, decided_at=at, reason=reason)


def hand_over(db: Unit, old: Approval, approver: int, due_at: datetime) -> bool:
    return _set(db, old, approver=approver, due_at=due_at, escalations=old.escalations + 1)


def _set(db: Unit, old: Approval, **values: object) -> bool:
    same = {"of": old.number, "seen": old.version}
    return _CHANGE.run(db.sql, {**same, "version": old.version + 1, **values}) == 1


def _one(db: Unit, found: Prepared, **values: object) -> Approval | None:
    rows = found.named(db.sql, values)
    return Approval(**rows[0]) if rows else None
