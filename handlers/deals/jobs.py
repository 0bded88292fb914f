"""What the clock does about a protection: remind before its end (R1.7, R4.9), end it."""

from __future__ import annotations

from bot.ports import Slot
from bot.turn import Turn
from handlers.deals import queries
from handlers.deals.feature import feature
from handlers.deals.queries import Deal
from handlers.deals.states import State
from handlers.people.queries import person
from storage.unit import Unit


@feature.job("remind", why="保护期将满")
def remind(turn: Turn, db: Unit, slot: Slot) -> None:
    deal = _protected(db, slot)
    rep = person(db, deal.rep) if deal else None
    if deal is None or deal.protected_until is None or rep is None:
        return
    left = (deal.protected_until - turn.house.today(slot.due)).days
    when = "明天到期" if left == 1 else f"还有 {left} 天到期"
    turn.tell(
        rep,
        f"{deal.ref} {when}（{deal.customer}，保护至 {deal.protected_until.isoformat()}）。发送「进度 {deal.ref}」查看。",
    )
    turn.record("deal.reminded", deal.ref, after={"left": left})
    turn.changed("BB", deal.number)


@feature.job("expire", why="保护期满")
def expire(turn: Turn, db: Unit, slot: Slot) -> None:
    deal = _protected(db, slot)
    if deal is None or not queries.change(db, deal, state=State.EXPIRED):
        return
    queries.change_protection(db, deal.number, live=False)
    turn.record("deal.expired", deal.ref, before={"state": deal.state}, after={"state": State.EXPIRED})
    turn.cancel(deal.ref)
    turn.changed("BB", deal.number)
    for who in (person(db, deal.rep), person(db, deal.manager)):
        if who is not None:
            turn.tell(who, f"{deal.ref} 已过期（{deal.customer}），保护已结束，其他代理商可以报备。")


def _protected(db: Unit, slot: Slot) -> Deal | None:
    deal = queries.deal_for_update(db, int(slot.args["number"]))
    return deal if deal is not None and deal.state is State.PROTECTED else None
