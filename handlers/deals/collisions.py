"""Whether a registration runs into somebody's protection, and how that is said without naming anybody (Q1, R1.9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from bot.errors import Refusal
from bot.permit import Person, scope_of
from handlers.deals import queries
from handlers.deals.rules import Claim, Collision, Rival, strongest
from storage.unit import Unit

NONE_FOUND = "查重:未发现冲突"
BLOCKED = "与已保护报备高度相似,已拦截。{until}如有异议，请联系您的区域经理。"
UNTIL = "对方保护到期日:{until}。"
IN_REVIEW = "对方报备正在审核中。"


def refuse_if_blocked(db: Unit, claim: Claim, me: Person, besides: int = 0) -> Rival | None:
    """Raises Refusal for a certain collision; returns the one that is only suspected, if any."""
    collision, rival = strongest(claim, queries.rivals(db, claim, besides))
    if collision is Collision.BLOCKED and rival is not None:
        if rival.agent and rival.agent == me.agent:
            seen = queries.visible(db, rival.deal, scope_of(me)) is not None
            then = f"发送「进度 BB{rival.deal}」查看。" if seen else "详情请问贵公司负责人。"
            raise Refusal("own_duplicate", f"贵公司已报备过这个项目:BB{rival.deal}。{then}")
        raise blocked(rival.until)
    return rival


def blocked(until: date | None) -> Refusal:
    return Refusal("collision", BLOCKED.format(until=_until(until)))


def line_for_agent(rival: Rival | None) -> str:
    """What the agent reads of the check."""
    return NONE_FOUND if rival is None else f"查重:疑似已有保护，将由经理核实。{_until(rival.until)}"


def line_for_manager(db: Unit, rival: Rival | None) -> str:
    """What the manager reads: with whom, because it is for them to judge."""
    if rival is None:
        return ""
    other = queries.deal(db, rival.deal)
    return f"疑似与 BB{rival.deal}「{other.customer} / {other.project}」重复，请核实" if other else ""


@contextmanager
def constraint_decides(db: Unit, claim: Claim, besides: int = 0) -> Iterator[None]:
    """The last word in a race: who loses at the constraint hears the same neutral sentence."""
    try:
        with queries.claiming(db):
            yield
    except queries.Held as held:
        _, rival = strongest(claim, queries.rivals(db, claim, besides))
        raise blocked(rival.until if rival else None) from held


def _until(until: date | None) -> str:
    return UNTIL.format(until=until.isoformat()) if until else IN_REVIEW
