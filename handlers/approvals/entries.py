"""What people are asked for when they decide; whether they may decide is known before anything else is asked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Decided
from bot.entry import ask
from bot.errors import Refusal
from bot.turn import Turn
from bot.values import ShortId
from handlers.approvals import queries, rules
from handlers.approvals.cards import VERDICTS
from handlers.approvals.queries import Approval
from handlers.people.queries import person_name
from storage.unit import Unit


def decided_line(turn: Turn, db: Unit, approval: Approval | None) -> str:
    """已处理:李静 13:05 已同意."""
    if approval is None or approval.decided_by is None or approval.decided_at is None:
        return ""
    by = person_name(db, approval.decided_by)
    return Decided(VERDICTS[approval.state], by, turn.house.clock(approval.decided_at)).repeated


def _decidable(turn: Turn, db: Unit, number: int) -> None:
    approval = queries.approval(db, number)
    rules.may_decide(approval, turn.me, decided_line(turn, db, approval))


def _about(turn: Turn, db: Unit, ref: ShortId) -> int | None:
    """同意 BB1001: the latest approval of that record, if it is this person's. Refusal if there is none."""
    if ref.kind not in turn.catalog.subjects:
        return None
    approval = queries.latest_of(db, ref.kind, ref.number)
    if approval is None or turn.me.id not in (approval.approver, approval.decided_by):
        raise Refusal("not_found", rules.NOT_FOUND)
    return approval.number


@dataclass(frozen=True, slots=True, kw_only=True)
class OneApproval:
    approval: int | None = ask("审批编号", ref="SP", hint="例如 SP2001", optional=True, via=_about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    approval: int | None = ask("审批编号", ref="SP", hint="例如 SP2001", optional=True, via=_about, must=_decidable)
    opinion: str | None = ask("意见", optional=True, long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalEntry:
    approval: int = ask("审批编号", ref="SP", hint="例如 SP2001", via=_about, must=_decidable)
    reason: str = ask("驳回理由", hint="写给对方看", long=True)
