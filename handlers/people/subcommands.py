"""``python -m bot invite``: also how the first HQ administrator gets in (contract 1)."""

from __future__ import annotations

from typing import Annotated

from msgspec import structs
from typer import Option

from bot.desk import Desk
from bot.errors import OperatorError, Refusal
from bot.permit import Role
from bot.ports import AuditEntry
from bot.turn import OPERATOR
from handlers.people import inviting, rules
from handlers.people.feature import feature


@feature.subcommand("invite")
def invite(
    desk: Desk,
    role: Annotated[str, Option(help="角色，例如 hq 或 总部")],
    agent: Annotated[str, Option(help="代理商编号，业务员和老板必填")] = "",
    name: Annotated[str, Option(help="姓名")] = "",
    territory: Annotated[str, Option(help="省份或大区，区域经理和大区总监必填")] = "",
) -> int:
    """生成一次性邀请码"""
    wanted_role = inviting.role_called(role)
    if wanted_role is None:
        raise OperatorError(f"--role：没有角色 {role}，应为 {'、'.join(each.value for each in Role)} 之一")
    try:
        with desk.store.unit() as db:
            fits = inviting.wanted(db, wanted_role, rules.agent_code(agent) or agent, territory, desk.clock.now())
            code, number = inviting.issue(db, structs.replace(fits, name=name or wanted_role.short))
            after = {"invitation": number, "role": wanted_role, "name": name}
            db.audit.record(
                AuditEntry(at=desk.clock.now(), actor=OPERATOR, object=agent, action="invitation.made", after=after)
            )
    except Refusal as refusal:
        raise OperatorError(refusal.sentence) from None
    desk.say(f"邀请码 {code}（72 小时内有效，一次有效）。请本人在聊天里给机器人发：绑定 {code}")
    return 0
