"""Who may decide, as a table of reasons; pure."""

from __future__ import annotations

import re
from typing import Final

from bot.errors import Refusal
from bot.permit import Person
from handlers.approvals.queries import Approval
from handlers.approvals.states import State

DOUBT: Final = re.compile("[不别未没先等但暂缓请补改再才需要吗鬼?？]|如果|除非|前提|条件|[之以]前")
NO_DOUBT: Final = re.compile("不错|[没无]有?(?:问题|意见|异议)|不用改")
NOT_FOUND = "没有找到这条审批。请核对编号，或发送「待办」查看。"


def may_decide(approval: Approval | None, person: Person, said: str) -> Approval:
    """The approval, if this person may decide it now; ``said`` is the sentence for a decided one.

    Raises Refusal. Somebody else's approval looks like a missing one (R12.3).
    """
    if approval is None:
        raise Refusal("not_found", NOT_FOUND)
    if person.id == approval.requester:
        raise Refusal("own_request", "不能审批自己提交的事项，请等待审批人处理。")
    if approval.state is not State.PENDING:
        if person.id in (approval.decided_by, approval.approver):
            raise Refusal("decided", said)
        raise Refusal("not_found", NOT_FOUND)
    if person.id != approval.approver:
        raise Refusal("not_found", NOT_FOUND)
    return approval


def is_doubtful(opinion: str) -> bool:
    """同意 SP2001 但金额要改: what is written beside an agreement makes it conditional, or none at all."""
    return DOUBT.search(NO_DOUBT.sub("", opinion)) is not None
