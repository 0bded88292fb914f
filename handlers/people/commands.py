"""Reading the partner file: an agent company for those in whose scope it lies, and oneself."""

from __future__ import annotations

from dataclasses import dataclass

from bot import text
from bot.entry import ask
from bot.errors import Refusal
from bot.permit import scope_of
from bot.turn import Reply, Turn
from handlers.people import cards, queries, texts
from handlers.people.feature import feature
from storage.unit import Unit

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEntry:
    words: str | None = ask("代理商编号或名称", optional=True)


@feature.command("代理商", "经销商档案", help="查看代理商档案", example="代理商 启明")
def agent(turn: Turn, db: Unit, entry: AgentEntry) -> Reply:
    """Without a name: all in scope. Out of scope is answered exactly like missing (R12.3)."""
    words = text.fold(entry.words or "").text.strip()
    found = queries.agents_like(db, scope_of(turn.me), words, SHOWN + 1)
    if not found:
        raise Refusal("not_found", texts.NO_AGENT_FOUND)
    if len(found) == 1:
        return Reply(card=cards.agent_card(db, found[0], turn))
    return Reply(
        card=cards.agent_list(found[:SHOWN], len(found) > SHOWN),
        choices=tuple(f"代理商 {a.code}" for a in found[:SHOWN]),
    )


@feature.command("我是谁", "我的资料", help="我的角色、公司和账号", example="我是谁")
def who_am_i(turn: Turn, db: Unit) -> Reply:
    return Reply(card=cards.own_card(db, turn))
