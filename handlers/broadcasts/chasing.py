"""Reminding only those who have not acknowledged, in working days after it went out (R3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.errors import Refusal
from bot.permit import Person, Role, Scope
from bot.ports import Slot
from bot.turn import Reply, Turn
from handlers.alerts.gate import audible
from handlers.broadcasts import queries, reach, recipient_queries, roster_queries, rules
from handlers.broadcasts.entries import OneToRun
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import BEHIND, CHASE, CHUNK, KIND, NOTICE, REMIND
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.recipient_queries import Recipient
from handlers.broadcasts.states import OUT, State
from handlers.people.queries import people_with_role, person, superior_of
from storage.unit import Unit

PEOPLE, GROUPS, MANAGERS, AUTHOR = (1, 3, 5), (3,), (5,), (7,)
"""The working days after which each is told; at the end it is the author's affair."""
MOST_IN_GROUP = 20
EVERYBODY = Scope(everything=True)


def promise_all(turn: Turn, found: Broadcast) -> None:
    """At the beginning of each working day, counted from the day on which sending began."""
    began = turn.house.today(found.started_at or turn.now)
    for days in sorted({*PEOPLE, *GROUPS, *MANAGERS, *AUTHOR}):
        due = turn.house.calendar.opens(turn.house.calendar.add_workdays(began, days))
        turn.promise(CHASE, f"{found.ref}/+{days}", due, about=found.ref, number=str(found.number), days=str(days))


@feature.job("chase", why="公告发出后仍有人未知悉")
def chase(turn: Turn, db: Unit, slot: Slot) -> None:
    found, days = queries.for_update(db, int(slot.args["number"])), int(slot.args["days"])
    left = recipient_queries.behind(db, found.number, EVERYBODY) if found else []
    if found is None or found.state is not State.SENT or not left:
        return
    turn.record("broadcast.chased", found.ref, after={"people_count": len(left)})
    if days in PEOPLE:
        _promise_reminders(turn, db, found, f"+{days}")
    if days in GROUPS:
        _name_in_groups(turn, db, found, left)
    told = _managers(db, left) if days in MANAGERS else []
    for each in [*told, *(_publishers(db, found) if days in AUTHOR else [])]:
        turn.send(each, BEHIND, found.number)


@feature.command("催阅", help="提醒还没有知悉公告的人", example="催阅 GG301", roles=reach.LOOKERS, on=KIND)
def remind(turn: Turn, db: Unit, entry: OneToRun) -> Reply:
    """Those in the scope of whoever asks; each once a day, because a reminder that comes hourly is read by nobody."""
    reach.visible(turn, db, entry.broadcast)
    found = queries.for_update(db, entry.broadcast)
    if found is None:
        raise reach.missing(entry.broadcast)
    reach.must_be(found, *OUT, what="催阅")
    left = recipient_queries.behind(db, found.number, reach.seen_by(found, turn.me))
    if not roster_queries.to_remind(db, left, turn.house.channels):
        return Reply(text=f"{found.ref} 能收到的人都已知悉，不需要催阅。", focus=found.ref)
    rings = audible(db, None, turn.house, turn.now)
    due = roster_queries.to_remind(db, _not_yet(turn, left, rings), turn.house.channels)
    if not due:
        raise Refusal("chased_today", f"{found.ref} 未知悉的人{_day(turn, rings)}都已提醒，每人每天最多一次。")
    turn.record("broadcast.chased", found.ref, after={"people_count": len(due)})
    _promise_reminders(turn, db, found, turn.trace, turn.me)
    when = f"于 {turn.house.moment(rings)} " if rings > turn.now else ""
    return Reply(text=f"{found.ref} 将{when}提醒未知悉的 {rules.spaced(len(due))} 人。", focus=found.ref)


def _not_yet(turn: Turn, left: Sequence[Recipient], rings: datetime) -> list[Recipient]:
    """Whom no reminder rings on that day already (R4.10)."""
    day = turn.house.today(rings)
    return [each for each in left if each.reminded_at is None or turn.house.today(each.reminded_at) < day]


def _day(turn: Turn, rings: datetime) -> str:
    day = turn.house.today(rings)
    return "今天" if day == turn.house.today(turn.now) else f" {day.isoformat()} "


def _promise_reminders(turn: Turn, db: Unit, found: Broadcast, round_: str, by: Person | None = None) -> None:
    queries.note(db, found.number, chased_at=turn.now)
    _promise_page(turn, found, round_, str(by.id) if by else "", 0)


def _promise_page(turn: Turn, found: Broadcast, round_: str, by: str, after: int) -> None:
    args = {"number": str(found.number), "round": round_, "by": by, "after": str(after)}
    turn.promise(REMIND, f"{found.ref}/{round_}/{after}", turn.now, about=found.ref, **args)


@feature.job("remind", why="提醒未知悉公告的人")
def remind_page(turn: Turn, db: Unit, slot: Slot) -> None:
    found = queries.broadcast(db, int(slot.args["number"]))
    if found is None or found.state not in OUT:
        return
    turn.bulk = True
    by = person(db, int(slot.args["by"])) if slot.args["by"] else None
    scope = reach.seen_by(found, by) if by else EVERYBODY
    page = recipient_queries.behind_after(db, found.number, scope, int(slot.args["after"]), CHUNK)
    rings = audible(db, None, turn.house, turn.now)
    due = roster_queries.to_remind(db, _not_yet(turn, page, rings), turn.house.channels)
    for number, to in due:
        turn.send(to, NOTICE, number)
    recipient_queries.remind(db, [number for number, _ in due], rings)
    if page:
        _promise_page(turn, found, slot.args["round"], slot.args["by"], page[-1].id)


def _name_in_groups(turn: Turn, db: Unit, found: Broadcast, left: Sequence[Recipient]) -> None:
    """Only in a company's own group: elsewhere it would be read by others (R12.4)."""
    for group in recipient_queries.groups_of(db, found.number):
        names = [each.name for each in left if group.agent and each.agent == group.agent]
        if names:
            turn.tell(group.place, f"{found.ref}「{found.title}」还有人未知悉:{rules.listed(names, MOST_IN_GROUP)}")


def _managers(db: Unit, left: Sequence[Recipient]) -> list[Person]:
    """Who is responsible for those who are behind, each once."""
    one_of_each = {(each.agent or each.person): each.person for each in left}
    late = [found for number in one_of_each.values() if number is not None and (found := person(db, number))]
    above = [found for each in late if (found := superior_of(db, each))]
    return list({each.id: each for each in above}.values())


def _publishers(db: Unit, found: Broadcast) -> Sequence[Person]:
    """Whose affair it is in the end: the author's, or HQ's once they have left."""
    author = person(db, found.author)
    return [author] if author is not None and author.active else people_with_role(db, Role.HQ)
