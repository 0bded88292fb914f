"""同意 and 驳回, from the card or typed; one decision whatever happens at the same moment."""

from __future__ import annotations

from bot.cards import Card, Note, Table, Tone
from bot.errors import Refusal
from bot.permit import DECIDERS, Role
from bot.turn import Reply, Turn
from handlers.approvals import queries, rules
from handlers.approvals.actions import TASK
from handlers.approvals.cards import VERDICTS
from handlers.approvals.entries import Agreement, OneApproval, RefusalEntry, decided_line
from handlers.approvals.feature import feature
from handlers.approvals.states import State
from storage.unit import Unit

MOST_LISTED = 10
ASKED = (*DECIDERS, Role.OWNER)
"""Who may be asked for a decision: an owner by their own people. Whether it is theirs to decide, the approval says."""


@feature.command("同意", "通过", "批准", help="同意一项审批", example="同意 SP2001", roles=ASKED, on="SP")
def agree(turn: Turn, db: Unit, entry: Agreement) -> Reply:
    if entry.approval is None:
        return _which(turn, db)
    opinion = (entry.opinion or "").strip()
    if rules.is_doubtful(opinion) and turn.place is not None:
        turn.tell(
            turn.place, f"您还写了「{opinion[:30]}」，所以还没有同意。请在卡片上按「同意」，或写明理由按「驳回」。"
        )
        return Reply(view=TASK, number=entry.approval, focus=f"SP{entry.approval}")
    return _decide(turn, db, entry.approval, State.AGREED, opinion)


@feature.command("驳回", "拒绝", help="驳回一项审批并说明理由", example="驳回 SP2001 资料不全", roles=ASKED, on="SP")
def refuse(turn: Turn, db: Unit, entry: RefusalEntry) -> Reply:
    if not entry.reason.strip():
        raise Refusal("reason_missing", "驳回需要写明理由，对方才知道怎么补充。")
    return _decide(turn, db, entry.approval, State.REFUSED, entry.reason.strip())


@feature.command("审批", help="查看一项审批", example="审批 SP2001", roles=ASKED, on="SP", opens=True)
def show(turn: Turn, db: Unit, entry: OneApproval) -> Reply:
    if entry.approval is None:
        return _which(turn, db)
    approval = queries.approval(db, entry.approval)
    if approval is None or turn.me.id not in (approval.approver, approval.decided_by):
        raise Refusal("not_found", rules.NOT_FOUND)
    return Reply(view=TASK, number=approval.number, focus=approval.ref)


def _which(turn: Turn, db: Unit) -> Reply:
    """Without a number nothing is decided: what waits is shown first."""
    waiting = queries.waiting_for(db, turn.me.id)
    if not waiting:
        return Reply(text="现在没有等您审批的事项。")
    if len(waiting) == 1:
        return Reply(view=TASK, number=waiting[0].number, focus=waiting[0].ref)
    rows = tuple(
        (a.ref, turn.catalog.subjects[a.kind].title(db, a.subject), turn.house.moment(a.due_at)) for a in waiting
    )
    table = Table(("编号", "事项", "最迟"), rows[:MOST_LISTED])
    card = Card("等您审批", Tone.WARNING, f"{len(waiting)} 件", (table, Note("回复序号打开，例如 1。")))
    return Reply(card=card, choices=tuple(f"审批 {a.ref}" for a in waiting[:MOST_LISTED]))


def _decide(turn: Turn, db: Unit, number: int, state: State, reason: str) -> Reply:
    found = queries.for_update(db, number)
    approval = rules.may_decide(found, turn.me, decided_line(turn, db, found))
    if not queries.decide(db, approval, state, turn.me.id, turn.now, reason):
        raise Refusal("decided", decided_line(turn, db, queries.approval(db, number)))
    about = f"{approval.kind}{approval.subject}"
    turn.record(
        f"approval.{state}", approval.ref, before={"state": State.PENDING}, after={"about": about, "reason": reason}
    )
    subject = turn.catalog.subjects[approval.kind]
    then = subject.decided(turn, db, approval.subject, state, reason)
    turn.changed("SP", number)
    return Reply(text=f"{approval.ref} {VERDICTS[state]}，已通知对方。{then}", focus=approval.ref)
