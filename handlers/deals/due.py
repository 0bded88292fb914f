"""What the clock does about a protection: alerts remind before its end (R1.7, R4.9), here it ends."""

from __future__ import annotations

from datetime import datetime

from bot.deadlines import Deadline, Step
from bot.house import House
from bot.turn import Turn
from handlers.deals import queries, rules
from handlers.deals.feature import feature
from handlers.deals.states import State
from handlers.people.queries import person
from storage.unit import Unit


def expire(turn: Turn, db: Unit, number: int) -> None:
    deal = queries.deal_for_update(db, number)
    if deal is None or deal.state is not State.PROTECTED or not queries.change(db, deal, state=State.EXPIRED):
        return
    queries.change_protection(db, deal.number, live=False)
    turn.record("deal.expired", deal.ref, before={"state": deal.state}, after={"state": State.EXPIRED})
    turn.changed("BB", deal.number)
    for who in (person(db, deal.rep), person(db, deal.manager)):
        if who is not None:
            turn.tell(who, f"{deal.ref} 已过期（{deal.customer}），保护已结束，其他代理商可以报备。")


@feature.alert("BB", view="deals.card", passed=expire)
def due(db: Unit, number: int, house: House, now: datetime) -> Deadline | None:
    deal = queries.deal(db, number)
    if deal is None or deal.state is not State.PROTECTED or deal.protected_until is None:
        return None
    until = deal.protected_until
    steps = rules.reminders(until, deal.submitted_at, house.calendar)
    return Deadline(
        owner=deal.rep,
        manager=deal.manager,
        at=rules.expiry(until, house.calendar),
        about=f"{deal.customer}，保护至 {until.isoformat()}",
        steps=tuple(Step(f"T-{days}", at) for days, at in steps),
    )
