"""What the clock does about an approval nobody has decided: remind at half, hand on at the end (R1.17, R2.11)."""

from __future__ import annotations

from datetime import datetime

from bot.deadlines import Deadline, Step
from bot.house import House
from bot.messages import Account
from bot.permit import Person
from bot.turn import Turn
from handlers.approvals import queries
from handlers.approvals.actions import FIRST_DECISION, TASK
from handlers.approvals.feature import feature
from handlers.approvals.queries import Approval
from handlers.approvals.states import State
from handlers.people.queries import person, superior_of
from storage.unit import Unit


def escalate(turn: Turn, db: Unit, number: int) -> datetime | None:
    """Hands on to the superior; with nobody above, the same person is reminded each time the working hours have passed.

    From now on: after an outage nobody is passed over in one moment, or reminded of every day that was missed.
    """
    approval = queries.for_update(db, number)
    if approval is None or approval.state is not State.PENDING:
        return None
    slow = person(db, approval.approver)
    above = superior_of(db, slow) if slow else None
    due = turn.house.calendar.add_hours(turn.now, FIRST_DECISION)
    if above is None or above.id == approval.requester:
        _remind_the_last(turn, approval, slow)
        return due
    if queries.hand_over(db, approval, above.id, due):
        _tell(turn, approval, slow, above)
    return None


def _remind_the_last(turn: Turn, approval: Approval, last: Person | None) -> None:
    """Nobody is above: silence would leave the requester waiting for ever."""
    turn.record("approval.nobody_above", approval.ref, after={"approver": approval.approver})
    turn.changed("SP", approval.number)
    turn.changed(approval.kind, approval.subject)
    if last is not None:
        turn.tell(last, f"{approval.ref} 已超过时限，仍待您处理。发送「审批 {approval.ref}」查看。")


def _tell(turn: Turn, approval: Approval, slow: Person | None, above: Person) -> None:
    _pass(turn, approval, "approval.escalated", slow.name if slow else "", above)
    if slow is not None:
        turn.tell(slow, f"{approval.ref} 已超时升级给 {above.name}，非同意。")


def _pass(turn: Turn, approval: Approval, action: str, before: str, above: Person) -> None:
    turn.record(action, approval.ref, before={"approver": before}, after={"approver": above.name})
    turn.send(above, TASK, approval.number)
    turn.changed("SP", approval.number)
    turn.changed(approval.kind, approval.subject)


@feature.on_account_gone
def hand_on(turn: Turn, db: Unit, account: Account, gone: Person | None) -> None:
    """Whoever cannot be reached any more decides nothing: what waits for them goes to their superior now, not when it is late."""
    if gone is None or db.identity.accounts(gone.id):
        return
    above = superior_of(db, gone)
    for waiting in queries.waiting_for(db, gone.id):
        approval = queries.for_update(db, waiting.number)
        if approval is None or above is None or above.id == approval.requester:
            continue
        if queries.hand_over(db, approval, above.id, turn.house.calendar.add_hours(turn.now, FIRST_DECISION)):
            _pass(turn, approval, "approval.handed_on", gone.name, above)


@feature.alert("SP", passed=escalate)
def due(db: Unit, number: int, house: House, now: datetime) -> Deadline | None:
    """The reminder is a line: the card that decides stands in the chat already, and is drawn anew."""
    approval = queries.approval(db, number)
    if approval is None or approval.state is not State.PENDING:
        return None
    about = f"{approval.kind}{approval.subject}"
    waited = int(house.calendar.worked(approval.asked_at, now).total_seconds() // 3600)
    line = f"{approval.ref}（{about}）已等待 {waited} 小时，请在 {house.moment(approval.due_at)} 前处理。"
    return Deadline(
        owner=approval.approver,
        at=approval.due_at,
        about=f"审批 {about}",
        line=f"{line}发送「审批 {approval.ref}」查看。",
        steps=(Step("等待过半", house.calendar.less_hours(approval.due_at, FIRST_DECISION / 2)),),
    )
