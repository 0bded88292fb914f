"""What other capabilities ask of approvals: a decision about one of their objects."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.permit import Person
from bot.turn import Turn
from handlers.approvals import queries
from handlers.approvals.queries import Approval
from handlers.approvals.states import State
from storage.unit import Unit

FIRST_DECISION = timedelta(hours=8)
"""Working hours until the first decision is due: reminded at half, handed on at the end (R1.17)."""
TASK = "approvals.task"


def ask_for_decision(turn: Turn, db: Unit, kind: str, subject: int, requester: Person, approver: Person) -> Approval:
    """Opens an approval about an object and sends the approver the card; ``due`` says when it reminds and escalates."""
    number = db.numbers.next("SP")
    asked = Approval(
        number=number,
        kind=kind,
        subject=subject,
        requester=requester.id,
        approver=approver.id,
        state=State.PENDING,
        version=1,
        asked_at=turn.now,
        due_at=turn.house.calendar.add_hours(turn.now, FIRST_DECISION),
        decided_by=None,
        decided_at=None,
        reason="",
        escalations=0,
    )
    queries.add(db, asked)
    after = {"about": f"{kind}{subject}", "approver": f"{approver.name}#{approver.id}", "due": _iso(asked.due_at)}
    turn.record("approval.asked", asked.ref, after=after)
    turn.send(approver, TASK, number)
    turn.changed("SP", number)
    return asked


def subject_changed(turn: Turn, db: Unit, kind: str, subject: int) -> None:
    """What is being decided about has changed: the approver's card shows it, and its older drawing decides nothing."""
    asked = queries.latest_of(db, kind, subject)
    if asked is not None and asked.state is State.PENDING:
        turn.changed("SP", asked.number)


def withdraw(turn: Turn, db: Unit, kind: str, subject: int, reason: str) -> bool:
    """The decision that is open about an object is wanted no more; whoever acts in this turn takes it back. False: none is open."""
    asked = queries.latest_of(db, kind, subject)
    asked = queries.for_update(db, asked.number) if asked is not None else None
    if asked is None or asked.state is not State.PENDING:
        return False
    queries.decide(db, asked, State.WITHDRAWN, turn.me.id, turn.now, reason)
    after = {"about": f"{kind}{subject}", "reason": reason}
    turn.record("approval.withdrawn", asked.ref, before={"state": State.PENDING}, after=after)
    turn.changed("SP", asked.number)
    return True


def _iso(at: datetime) -> str:
    return at.isoformat()
