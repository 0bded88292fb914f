"""Which registrations a person may see and add to, and whether they may register at all; refused before anything is asked."""

from __future__ import annotations

from bot.errors import Refusal
from bot.permit import Role, scope_of
from bot.turn import Turn
from bot.values import Money
from handlers.deals import queries
from handlers.deals.queries import Deal
from handlers.deals.states import LIVE
from handlers.people.queries import agent_of
from storage.unit import Unit

NOT_FOUND = "没有找到这个报备。请核对编号，或发送「我的报备」查看。"


def visible(turn: Turn, db: Unit, number: int) -> Deal:
    deal = queries.visible(db, number, scope_of(turn.me))
    if deal is None:
        raise Refusal("not_found", NOT_FOUND)
    return deal


def open_(turn: Turn, db: Unit, number: int) -> Deal:
    """One this person may still add to."""
    deal = visible(turn, db, number)
    if turn.me.role is Role.REP and deal.rep != turn.me.id:
        raise Refusal("not_found", NOT_FOUND)
    if deal.state not in LIVE:
        raise Refusal("closed", f"{deal.ref} {deal.state.word}，不能再补充。如需补充，请重新报备。")
    return deal


def must_be_active(turn: Turn, db: Unit, customer: str) -> None:
    """A stopped agent registers nobody, whoever the customer is."""
    agent = agent_of(db, turn.me.agent)
    if agent is not None and not agent.active:
        raise Refusal("agent_inactive", f"{agent.short} 已停用，不能登记新的报备。请联系您的区域经理。")


def must_be_positive(turn: Turn, db: Unit, amount: Money) -> None:
    if amount.fen <= 0:
        raise Refusal("amount", "金额应大于 0，请写成 120万 这样。")
