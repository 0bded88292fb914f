"""HQ invites: a one-time code for a person of an agent company, or for somebody of the organisation itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from bot.cards import Option
from bot.entry import Phone, ask
from bot.errors import Refusal
from bot.permit import AGENT_SIDE, Person, Role, role_of
from bot.turn import Reply, Turn
from bot.values import mask_phone
from handlers.people import code_queries, places, queries, rules
from handlers.people.code_queries import Invitation
from handlers.people.feature import feature
from storage.unit import Unit

ROLE_WORDS = {
    Role.REP: ("代理商业务员", "业务", "销售"),
    Role.OWNER: ("代理商老板", "负责人", "老总"),
    Role.MANAGER: ("经理",),
    Role.DIRECTOR: ("总监",),
    Role.HQ: ("总部", "管理员"),
    Role.CHECKER: ("检核",),
    Role.AUDITOR: ("审计员",),
}
"""What people also call a role."""


def roles(db: Unit) -> Sequence[Option]:
    return [Option(role.value, role.short, ROLE_WORDS.get(role, ())) for role in Role]


def territories(db: Unit) -> Sequence[Option]:
    return [Option(name, name) for name in (*places.REGIONS, *places.PROVINCES)]


def _active_agent(turn: Turn, db: Unit, words: str) -> None:
    _must_be_active(db, rules.agent_code(words))


def _must_be_active(db: Unit, code: str) -> None:
    found = queries.agent_of(db, code)
    if found is None:
        raise Refusal("agent_unknown", f"没有找到代理商 {code}，请核对编号。")
    if not found.active:
        raise Refusal("agent_stopped", f"{found.name}（{code}）已停用，不能再邀请人员。")


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteEntry:
    role: str = ask("角色", options=roles)
    agent: str | None = ask(
        "代理商编号", label="代理商", optional=True, pattern=rules.AGENT_CODE, hint="例如 A0571-01", must=_active_agent
    )
    territory: str | None = ask("省份或大区", label="区域", optional=True, options=territories)
    name: str = ask("姓名")
    phone: Phone = ask("手机号", label="手机")


@feature.command(
    "邀请",
    help="给新同事或代理商的人发邀请码",
    example="邀请 代理商 A0571-01 业务员 王磊 13800000001",
    roles=(Role.HQ,),
)
def invite(turn: Turn, db: Unit, entry: InviteEntry) -> Reply:
    wanted = _wanted(turn, db, entry)
    code, number = issue(db, wanted)
    whom = f"{wanted.name}（{wanted.role.short}）"
    turn.record("invitation.made", wanted.agent, after={"invitation": number, "role": wanted.role, "name": wanted.name})
    return Reply(
        text=f"邀请码 {code}\n72 小时内有效，一次有效。\n请转告{whom}：在这里给我发「绑定 {code}」。",
        focus=wanted.agent,
    )


@invite.check
def can_invite(turn: Turn, db: Unit, entry: InviteEntry) -> None:
    _wanted(turn, db, entry)


def issue(db: Unit, invitation: Invitation) -> tuple[str, int]:
    """A new code for this invitation, as it is printed, and the invitation's id."""
    code = rules.new_code(8)
    number = code_queries.add_invitation(db, rules.hashed(code), invitation)
    if number is None:
        raise Refusal("just_invited", "刚刚有人为这个手机号发出了邀请码，请以那一个为准，或稍后再试。")
    return rules.printed(code), number


def wanted(db: Unit, role: Role, agent: str, territory: str, now: datetime) -> Invitation:
    """An invitation without name and phone, if role, agent and territory fit together. Refusal if they do not."""
    if role in AGENT_SIDE:
        return _for_agent(db, role, agent, now)
    if agent:
        raise Refusal("agent_not_fitting", f"{role.short}不属于代理商，请去掉代理商编号再发一次。")
    region, province = places.parts(territory)
    if role is Role.MANAGER and not (region or province):
        raise Refusal(
            "territory_missing", "请写明区域经理负责的省份或大区，例如：邀请 区域经理 李静 浙江 13800000002。"
        )
    if role is Role.DIRECTOR and (province or not region):
        raise Refusal("territory_missing", "请写明大区总监负责的大区，例如：邀请 大区总监 周强 华东 13800000002。")
    return Invitation(role=role, region=region, province=province, created=now, expires=now + rules.INVITATION_LIFE)


def _for_agent(db: Unit, role: Role, code: str, now: datetime) -> Invitation:
    if not code:
        raise Refusal(
            "agent_missing",
            f"请写明{role.short}属于哪家代理商，例如：邀请 代理商 A0571-01 {role.short} 姓名 手机号。",
        )
    _must_be_active(db, code)
    return Invitation(role=role, agent=code, created=now, expires=now + rules.INVITATION_LIFE)


def _wanted(turn: Turn, db: Unit, entry: InviteEntry) -> Invitation:
    role = role_called(entry.role)
    if role is None:
        raise Refusal(
            "role_unknown", "没看出角色。可以是：业务员、老板、区域经理、大区总监、总部、财务、检核、审计、总经理。"
        )
    fits = wanted(db, role, rules.agent_code(entry.agent or ""), entry.territory or "", turn.now)
    made = structs.replace(fits, name=entry.name.strip(), phone=entry.phone, created_by=turn.me.id)
    known = queries.person_by_phone(db, entry.phone)
    if known is not None:
        _must_fit(db, made, known)
    return structs.replace(made, person=known.id if known else None)


def role_called(words: str) -> Role | None:
    """A role by any word people use for it."""
    return role_of(words) or next((role for role, also in ROLE_WORDS.items() if words.strip() in also), None)


def _must_fit(db: Unit, made: Invitation, known: Person) -> None:
    """A phone belongs to one person: the code is for them, if they are who was named and have no account yet."""
    masked = mask_phone(made.phone)
    if db.identity.accounts(known.id):
        raise Refusal(
            "phone_used",
            f"手机号 {masked} 已由{known.name}（{known.role.short}）使用并已绑定。"
            "如本人要添加账号，请在新账号里发送「绑定 飞书账号」这样的话。",
        )
    if (known.name, known.role, known.agent) != (made.name, made.role, made.agent) or not known.active:
        raise Refusal(
            "phone_used", f"手机号 {masked} 已登记为{known.name}（{known.role.short}），请核对姓名、角色和手机号。"
        )
