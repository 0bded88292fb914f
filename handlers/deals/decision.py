"""What a verdict does to a registration: the protection begins, or it ends."""

from __future__ import annotations

from datetime import date

from bot.errors import Refusal
from bot.turn import Turn
from bot.values import Money
from handlers.approvals.states import State as Verdict
from handlers.deals import queries, rules
from handlers.deals.queries import Deal
from handlers.deals.states import State
from handlers.people.queries import agent_of, person
from storage.unit import Unit


def decided(turn: Turn, db: Unit, number: int, verdict: str, reason: str) -> str:
    """Runs in the deciding turn. Raises Refusal if the registration is not under review."""
    deal = queries.deal_for_update(db, number)
    if deal is None or deal.state is not State.REVIEW:
        raise Refusal("not_in_review", "这个报备已不在审核中，请看新的卡片。")
    rep = person(db, deal.rep)
    who = rep.name if rep is not None else "报备人"
    if verdict == Verdict.AGREED:
        until = _protect(turn, db, deal)
        days = (until - turn.house.today(turn.now)).days
        told = f"{deal.ref} 已通过，{deal.customer} 保护至 {until.isoformat()}（{days} 天）。"
        told += f"审批意见：{reason}。" if reason else ""
        then = f"{deal.ref} 已通过，保护至 {until.isoformat()}，由{who}跟进。"
    else:
        _refuse(turn, db, deal)
        told = f"{deal.ref} 已驳回。理由：{reason}。补充后可以重新报备，或联系{turn.me.name}。"
        then = f"{deal.ref} 已驳回，{who}补充后可以重新报备。"
    turn.changed("BB", number)
    if rep is not None:
        turn.tell(rep, told)
    return then


def _protect(turn: Turn, db: Unit, deal: Deal) -> date:
    agent = agent_of(db, deal.agent)
    today = turn.house.today(turn.now)
    until = rules.protected_until(today, agent.tier if agent else "", Money(deal.amount))
    _set(turn, db, deal, State.PROTECTED, until)
    return until


def _refuse(turn: Turn, db: Unit, deal: Deal) -> None:
    _set(turn, db, deal, State.REFUSED, None)
    queries.change_protection(db, deal.number, live=False)


def _set(turn: Turn, db: Unit, deal: Deal, state: State, until: date | None) -> None:
    if not queries.change(db, deal, state=state, protected_until=until):
        raise Refusal("changed", "这个报备刚刚变更过，请看新的卡片。")
    after = {"state": state, "until": until.isoformat() if until else ""}
    turn.record(f"deal.{state}", deal.ref, before={"state": deal.state}, after=after)
