"""What the clock does about an approval nobody has decided: remind at half, hand on at the end (R1.17, R2.11)."""

from __future__ import annotations

from bot.permit import Person
from bot.ports import Slot
from bot.turn import Turn
from handlers.approvals import queries
from handlers.approvals.actions import ESCALATE, FIRST_DECISION, TASK, promise_timers
from handlers.approvals.feature import feature
from handlers.approvals.queries import Approval
from handlers.approvals.states import State
from handlers.people.queries import person, superior_of
from storage.unit import Unit


@feature.job("remind", why="等待满一半工作时限")
def remind(turn: Turn, db: Unit, slot: Slot) -> None:
    approval = _pending(db, slot)
    approver = person(db, approval.approver) if approval else None
    if approval is None or approver is None:
        return
    waited = turn.house.calendar.worked(approval.asked_at, slot.due)
    hours = int(waited.total_seconds() // 3600)
    title = turn.catalog.subjects[approval.kind].title(db, approval.subject)
    due = turn.house.moment(approval.due_at)
    turn.tell(
        approver, f"{approval.ref} {title} 已等待 {hours} 小时，请在 {due} 前处理。发送「审批 {approval.ref}」查看。"
    )
    turn.record("approval.reminded", approval.ref, after={"approver": approver.name, "hours": hours})
    turn.changed("SP", approval.number)
    turn.changed(approval.kind, approval.subject)


@feature.job("escalate", why="等待满工作时限")
def escalate(turn: Turn, db: Unit, slot: Slot) -> None:
    """Hands on to the superior; with nobody above, the same person is reminded each time the working hours have passed.

    From now on: after an outage nobody is passed over in one moment, or reminded of every day that was missed.
    """
    approval = _pending(db, slot)
    if approval is None:
        return
    slow = person(db, approval.approver)
    above = superior_of(db, slow) if slow else None
    if above is None or above.id == approval.requester:
        _remind_the_last(turn, approval, slow, slot)
        return
    due = turn.house.calendar.add_hours(turn.now, FIRST_DECISION)
    if queries.hand_over(db, approval, above.id, due):
        _tell(turn, db, approval, slow, above)


def _remind_the_last(turn: Turn, approval: Approval, last: Person | None, slot: Slot) -> None:
    """Nobody is above: silence would leave the requester waiting for ever."""
    turn.record("approval.nobody_above", approval.ref, after={"approver": approval.approver})
    again = turn.house.calendar.add_hours(turn.now, FIRST_DECISION)
    turn.promise(ESCALATE, f"{approval.ref}/{again.isoformat()}", again, about=approval.ref, number=slot.args["number"])
    turn.changed("SP", approval.number)
    turn.changed(approval.kind, approval.subject)
    if last is not None:
        turn.tell(last, f"{approval.ref} 已超过时限，仍待您处理。发送「审批 {approval.ref}」查看。")


def _tell(turn: Turn, db: Unit, old: Approval, slow: Person | None, above: Person) -> None:
    approval = queries.approval(db, old.number)
    if approval is None:
        return
    names = {"from": slow.name if slow else "", "to": above.name}
    turn.record("approval.escalated", approval.ref, before={"approver": names["from"]}, after={"approver": names["to"]})
    turn.send(above, TASK, approval.number)
    if slow is not None:
        turn.tell(slow, f"{approval.ref} 已超时升级给 {above.name}，非同意。")
    promise_timers(turn, approval, turn.now)
    turn.changed("SP", approval.number)
    turn.changed(approval.kind, approval.subject)


def _pending(db: Unit, slot: Slot) -> Approval | None:
    approval = queries.for_update(db, int(slot.args["number"]))
    return approval if approval is not None and approval.state is State.PENDING else None
