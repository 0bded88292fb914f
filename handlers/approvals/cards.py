"""How an approval looks to whom it was sent."""

from __future__ import annotations

from bot.cards import AnyBlock, Button, Card, Decided, Fields, Form, LongTextInput, Note, Style, Text, Tone
from bot.turn import Viewer
from handlers.approvals import queries
from handlers.approvals.feature import feature
from handlers.approvals.queries import Approval
from handlers.approvals.states import State
from handlers.people.queries import person_name
from storage.unit import Unit

VERDICTS = {State.AGREED: "已同意", State.REFUSED: "已驳回", State.WITHDRAWN: "已撤回"}
TONES = {
    State.PENDING: Tone.WARNING,
    State.AGREED: Tone.SUCCESS,
    State.REFUSED: Tone.DANGER,
    State.WITHDRAWN: Tone.NEUTRAL,
}
TAGS = {State.PENDING: "待审批", State.AGREED: "已通过", State.REFUSED: "已驳回", State.WITHDRAWN: "已撤回"}


@feature.view("approvals.task", of="SP")
def task(db: Unit, number: int, viewer: Viewer) -> Card:
    approval = queries.approval(db, number)
    if approval is None:
        return Card(f"审批 SP{number}", tag="没有找到")
    subject = viewer.catalog.subjects[approval.kind]
    title = subject.title(db, approval.subject)
    facts = Fields((*subject.fields(db, approval.subject, viewer), ("审批编号", approval.ref)))
    if approval.state is not State.PENDING:
        return _settled(db, approval, title, facts, viewer)
    if viewer.person is None or viewer.person.id != approval.approver:
        return _handed_on(db, approval, title, facts, viewer)
    return _open(approval, title, facts, viewer)


def _open(approval: Approval, title: str, facts: Fields, viewer: Viewer) -> Card:
    about = {"approval": str(approval.number)}
    waited, due = _waited(approval, viewer), viewer.house.moment(approval.due_at)
    blocks: tuple[AnyBlock, ...] = (
        facts,
        Text(f"{f'已等待 {waited} 小时，' if waited else ''}请在 {due} 前处理。", strong=waited > 0),
        Note(f"也可以直接发送：同意 {approval.ref}，或 驳回 {approval.ref} 理由"),
    )
    return Card(
        f"新{title}",
        Tone.WARNING,
        "待审批",
        blocks,
        (Button("同意", "approvals.agree", about, Style.PRIMARY),),
        Form(
            (LongTextInput(name="reason", label="驳回理由", hint="写给对方看，必填", max_length=200),),
            (Button("驳回", "approvals.refuse", about, Style.DANGER),),
        ),
    )


def _settled(db: Unit, approval: Approval, title: str, facts: Fields, viewer: Viewer) -> Card:
    blocks: list[AnyBlock] = [facts]
    if approval.reason:
        blocks.append(Text(f"{'意见' if approval.state is State.AGREED else '理由'}：{approval.reason}"))
    by = person_name(db, approval.decided_by) if approval.decided_by else ""
    at = viewer.house.clock(approval.decided_at) if approval.decided_at else ""
    decided = Decided(VERDICTS[approval.state], by, at)
    return Card(title, TONES[approval.state], TAGS[approval.state], tuple(blocks), decided=decided)


def _handed_on(db: Unit, approval: Approval, title: str, facts: Fields, viewer: Viewer) -> Card:
    """A copy of somebody who was too slow: handed on is never worded as agreed (R2.11)."""
    now_with = person_name(db, approval.approver)
    line = Text(f"已超时升级给 {now_with}，非同意。现由 {now_with} 在 {viewer.house.moment(approval.due_at)} 前处理。")
    return Card(title, Tone.NEUTRAL, "已升级", (facts, line))


def _waited(approval: Approval, viewer: Viewer) -> int:
    """Whole working hours since it was asked."""
    return int(viewer.house.calendar.worked(approval.asked_at, viewer.now).total_seconds() // 3600)
