"""What people are asked for: the entries of this capability's commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Option
from bot.entry import File, ask
from bot.errors import Refusal
from bot.permit import Role, scope_of
from bot.turn import Turn
from handlers.broadcasts import queries, reach, rules
from handlers.broadcasts.names import KIND
from handlers.broadcasts.recipient_queries import open_notices
from storage.unit import Unit

ALSO = {
    Role.REP: ("代理商业务员", "业务", "销售"),
    Role.OWNER: ("代理商老板", "负责人", "老总"),
    Role.MANAGER: ("经理",),
    Role.DIRECTOR: ("总监",),
    Role.HQ: ("总部",),
}
"""What people also call a role."""


def regions(db: Unit) -> Sequence[Option]:
    return [Option(name, name) for name in rules.REGIONS]


def areas(db: Unit) -> Sequence[Option]:
    return [*regions(db), Option(rules.NATIONWIDE, rules.NATIONWIDE, ("全部", "所有"))]


def tiers(db: Unit) -> Sequence[Option]:
    upward = (f"{tier}{rules.UPWARD}" for tier in rules.TIERS[1:-1])
    return [*(Option(tier, tier, (tier.removesuffix("牌"),)) for tier in rules.TIERS), *(Option(w, w) for w in upward)]


def roles(db: Unit) -> Sequence[Option]:
    return [Option(role.value, role.short, ALSO.get(role, ())) for role in Role]


def categories(db: Unit) -> Sequence[Option]:
    return [Option(name, name) for name in rules.CATEGORIES]


def to_come(turn: Turn, db: Unit, at: datetime) -> None:
    if at <= turn.now:
        raise Refusal("past", f"{turn.house.moment(at)} 已经过去了，请换一个时间。")


def _spoken_of(turn: Turn) -> str | None:
    talk = turn.unit.dialogue.talk(turn.me.id, turn.place).focus if turn.place else ()
    return next((ref[2:] for ref in talk if len(talk) == 1 and ref.startswith(KIND)), None)


def to_read(turn: Turn, db: Unit) -> str | None:
    """Without an id: the one last spoken of, else the only one that waits for this person."""
    spoken, waiting = _spoken_of(turn), open_notices(db, turn.me.id)
    return spoken or (str(waiting[0]) if len(waiting) == 1 else None)


def to_run(turn: Turn, db: Unit) -> str | None:
    """Without an id: the one last spoken of, else the latest this person is concerned with."""
    found = queries.latest_within(db, turn.me.id, scope_of(turn.me), 1)
    return _spoken_of(turn) or next((str(each.number) for each in found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEntry:
    title: str = ask("标题", whole=True)
    body: str = ask("正文", long=True, whole=True)
    regions: tuple[str, ...] = ask("受众区域", label="区域", options=areas)
    tiers: tuple[str, ...] | None = ask("代理商等级", label="等级", options=tiers, optional=True)
    roles: tuple[str, ...] | None = ask("角色", options=roles, optional=True, hint="不选则为代理商的业务员和老板")
    category: str | None = ask("类别", options=categories, optional=True)
    at: datetime | None = ask("定时", optional=True, hint="例如 明天上午9点", must=to_come)
    attachment: File | None = ask("附件", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneToRead:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301", usual=to_read, sure=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybeOne:
    broadcast: int | None = ask("公告编号", ref=KIND, hint="例如 GG301", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneToRun:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301", usual=to_run, sure=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneNamed:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301", usual=to_run, sure=True, must=reach.may_be_moved)
    at: datetime = ask("发送时间", hint="例如 明天上午9点", must=to_come)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEntry:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301", must=reach.may_be_recalled)
    reason: str = ask("撤回原因", hint="收到公告的人会看到", long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindEntry:
    broadcast: int = ask("公告编号", ref=KIND, hint="例如 GG301", usual=to_run, sure=True)
    region: str | None = ask("区域", options=regions, optional=True)
