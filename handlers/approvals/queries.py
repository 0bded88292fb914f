"""Reading and changing approvals. A decision is a compare-and-set on state and version (R2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, insert, select, update

from handlers.approvals.states import State
from handlers.approvals.tables import approvals
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


def add(db: Unit, approval: Approval) -> None:
    db.sql.execute(insert(approvals).values(**_columns(approval)))


def approval(db: Unit, number: int) -> Approval | None:
    return _one(db, select(approvals).where(approvals.c.number == number))


def for_update(db: Unit, number: int) -> Approval | None:
    return _one(db, select(approvals).where(approvals.c.number == number).with_for_update())


def latest_of(db: Unit, kind: str, subject: int) -> Approval | None:
    """The newest approval of an object."""
    mine = (approvals.c.kind == kind) & (approvals.c.subject == subject)
    return _one(db, select(approvals).where(mine).order_by(approvals.c.number.desc()).limit(1))


def waiting_for(db: Unit, person: int) -> Sequence[Approval]:
    mine = (approvals.c.approver == person) & (approvals.c.state == State.PENDING)
    rows = db.sql.execute(select(approvals).where(mine).order_by(approvals.c.due_at, approvals.c.number))
    return [_approval(row) for row in rows]


def decide(db: Unit, old: Approval, state: State, by: int, at: datetime, reason: str) -> bool:
    """False if somebody else was faster."""
    return _set(db, old, state=state, decided_by=by, decided_at=at, reason=reason)


def hand_over(db: Unit, old: Approval, approver: int, due_at: datetime) -> bool:
    return _set(db, old, approver=approver, due_at=due_at, escalations=old.escalations + 1)


def _set(db: Unit, old: Approval, **values: object) -> bool:
    same = (
        (approvals.c.number == old.number) & (approvals.c.version == old.version) & (approvals.c.state == State.PENDING)
    )
    changed = db.sql.execute(update(approvals).where(same).values(version=old.version + 1, **values))
    return changed.rowcount == 1


def _columns(approval: Approval) -> dict[str, object]:
    return {field: getattr(approval, field) for field in Approval.__struct_fields__}


def _one(db: Unit, statement: Select[Any]) -> Approval | None:
    row = db.sql.execute(statement).first()
    return _approval(row) if row is not None else None


def _approval(row: Row[Any]) -> Approval:
    return Approval(**row._mapping)
