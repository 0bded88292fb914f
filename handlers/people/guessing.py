"""Whoever types id after id that they cannot find looks up no more of them for a while, and HQ hears of it (R12.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import Refusal
from bot.guessing import Guard
from bot.permit import Role
from bot.ports import Slot
from bot.turn import Turn
from handlers.people import guess_queries, queries, rules, texts
from handlers.people.feature import feature
from handlers.people.leaving import who
from storage.unit import Unit

MOST_MISSED = 30
"""Not-found answers within the window. Whoever mistypes corrects it, and is wrong a few times a day; who counts through
numbers is wrong with nearly each."""
WINDOW = timedelta(hours=1)
"""From the first of them; it also ends the pause, so nobody waits longer, and nobody finds out more than 30 things an hour."""


def may_look(turn: Turn, db: Unit) -> None:
    """Also for what they could find: whether an id exists makes no difference, not even in what is read for the answer."""
    found = guess_queries.missed(db, turn.me.id)
    if found is not None and found.count >= MOST_MISSED and turn.now < found.since + WINDOW:
        raise _paused(turn, found.since + WINDOW)


def missed(turn: Turn, db: Unit, refusal: Refusal) -> Refusal:
    """Counted in this commit, one by one over all processes: the 30th is told the truth, and nobody after it."""
    found = guess_queries.count_missed(db, turn.me.id, turn.now, turn.now - WINDOW)
    until = found.since + WINDOW
    if found.count > MOST_MISSED:
        return _paused(turn, until)
    if found.count == MOST_MISSED:
        turn.record("security.guessing", f"person/{turn.me.id}", after={"count": found.count})
        day = turn.house.today(turn.now).isoformat()
        facts = {"person": str(turn.me.id), "until": turn.house.moment(until)}
        turn.promise("people.tell_guessing", f"{turn.me.id}/{day}", turn.now, about="", **facts)
    return refusal


feature.guard = Guard(lambda words: bool(rules.agent_code(words)), may_look, missed)


@feature.job("tell_guessing", why="有人连续按编号查询都没有找到，告诉总部")
def tell_guessing(turn: Turn, db: Unit, slot: Slot) -> None:
    """Once for a person and day, however often they go on."""
    person = queries.person(db, int(slot.args["person"]))
    if person is None:
        return
    line = (
        f"{who(db, person)}一小时内 {MOST_MISSED} 次查询没有找到，按编号查询已暂停到 {slot.args['until']}。"
        "如不是误操作，请与其核实。"
    )
    for hearer in queries.people_with_role(db, Role.HQ):
        if hearer.id != person.id:
            turn.tell(hearer, line)


def _paused(turn: Turn, until: datetime) -> Refusal:
    return Refusal("guessing", texts.PAUSED.format(MOST_MISSED, turn.house.clock(until)))
