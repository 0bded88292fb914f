"""审计: what happened to one object, for auditors and HQ."""

from __future__ import annotations

from dataclasses import dataclass

from bot import parse
from bot.entry import ask
from bot.errors import Refusal
from bot.permit import Role
from bot.turn import Reply, Turn
from handlers.audit import cards, queries
from handlers.audit.feature import feature
from handlers.people import queries as people
from handlers.people import rules
from storage.unit import Unit

READERS = (Role.AUDITOR, Role.HQ)
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    about: str = ask("编号", hint="例如 BB1001、A0571-01，或人员姓名")


@feature.command("审计", "审计记录", help="查看一个对象的全部经过", example="审计 BB1001", roles=READERS)
def trail(turn: Turn, db: Unit, entry: TrailEntry) -> Reply:
    refs = _refs(db, entry.about)
    found = [(ref, each) for ref in refs for each in queries.trail(db, ref, SHOWN)]
    if not found:
        raise Refusal("not_found", f"没有找到「{entry.about[:30]}」的审计记录。请核对编号。")
    ordered = sorted((each for _, each in found), key=lambda each: each.id)[-SHOWN:]
    total = sum(queries.count(db, ref) for ref in refs)
    turn.record("audit.read", refs[0], after={"entries": len(ordered)})
    return Reply(card=cards.trail_card(refs[0], ordered, total, turn))


def _refs(db: Unit, about: str) -> list[str]:
    """The objects that are meant: a record's id, an agent, or people of this name."""
    ids = [str(found.value) for found in parse.find_ids(about)]
    code = rules.agent_code(about)
    if ids or code:
        return ids[:1] or [code]
    return [f"person/{person.id}" for person in people.people_named(db, about.strip())]
