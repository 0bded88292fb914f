"""绑定本群: said in the group by somebody who is responsible for what it is bound to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Option
from bot.entry import ask
from bot.errors import Refusal
from bot.messages import Place
from bot.permit import Role, scope_of
from bot.turn import Reply, Turn
from handlers.groups import queries
from handlers.groups.feature import feature
from handlers.people import places, rules, texts
from handlers.people.queries import agents_like
from storage.unit import Unit

BINDERS = (Role.MANAGER, Role.DIRECTOR, Role.HQ)
HOW = "请写明绑定到哪里，例如：绑定本群 代理商 A0571-01，或 绑定本群 区域 华东。"


def regions(db: Unit) -> Sequence[Option]:
    return [Option(name, name) for name in places.REGIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class BindEntry:
    agent: str | None = ask("代理商编号", label="代理商", optional=True, pattern=rules.AGENT_CODE, hint="例如 A0571-01")
    region: str | None = ask("区域", optional=True, options=regions)


@feature.command(
    "绑定本群",
    help="在群里使用：把本群绑定到代理商或区域，之后接收对应的公告",
    example="绑定本群 代理商 A0571-01",
    roles=BINDERS,
    in_group=True,
)
def bind(turn: Turn, db: Unit, entry: BindEntry) -> Reply:
    place = _group_of(turn)
    if bool(entry.agent) == bool(entry.region):
        raise Refusal("bind_to_what", HOW)
    agent, to = _agent(turn, db, entry.agent) if entry.agent else ("", _region(turn, entry.region or ""))
    queries.bind(db, place, agent=agent, region=entry.region or "", by=turn.me.id, now=turn.now)
    turn.record("group.bound", "", after={"chat": place.lane, "group": to})
    return Reply(text=f"本群已绑定到{to}，之后会收到对应的公告。如需解除，发送「解绑本群」。")


@feature.command("解绑本群", help="在群里使用：解除本群的绑定", example="解绑本群", roles=BINDERS, in_group=True)
def unbind(turn: Turn, db: Unit) -> Reply:
    place = _group_of(turn)
    found = queries.group_at(db, place)
    if found is None or not (found.agent or found.region):
        return Reply(text="本群没有绑定，不需要解除。")
    _agent(turn, db, found.agent) if found.agent else _region(turn, found.region)
    queries.unbind(db, place)
    turn.record("group.unbound", "", before={"chat": place.lane, "group": found.agent or found.region})
    return Reply(text="本群已解除绑定，不再收到公告。")


@feature.on_group
def moved(turn: Turn, db: Unit, place: Place, name: str, left: bool) -> None:
    """A binding outlives a removal by mistake, but nothing is sent there meanwhile."""
    if left:
        queries.left(db, place)
    else:
        queries.joined(db, place, name)


def _group_of(turn: Turn) -> Place:
    if turn.group is None:
        raise Refusal("not_in_group", "请把我加到群里，在群里 @我 再发送「绑定本群」。")
    return turn.group


def _agent(turn: Turn, db: Unit, words: str) -> tuple[str, str]:
    """(code, how people call it); one out of scope is answered like one that does not exist (R12.3)."""
    code = rules.agent_code(words)
    found = [agent for agent in agents_like(db, scope_of(turn.me), code, 1) if agent.code == code]
    if not found:
        raise Refusal("not_found", texts.NO_AGENT_FOUND)
    return code, f"代理商{found[0].short}"


def _region(turn: Turn, name: str) -> str:
    scope = scope_of(turn.me)
    if not scope.everything and scope.region != name:
        raise Refusal("not_your_region", f"您不负责整个{name}区，不能绑定。请绑定到您负责的代理商，或联系大区总监。")
    return f"{name}区"
