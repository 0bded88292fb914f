"""What the clock does about something due: the newest reminder that still matters, once, to whom it can reach."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.deadlines import Alert, Deadline
from bot.house import House
from bot.permit import Person
from bot.ports import Slot
from bot.turn import Message, Turn
from handlers.alerts import gate, queries, rules, watching
from handlers.alerts.feature import feature
from handlers.alerts.gate import Spent
from handlers.alerts.queries import Reminder
from handlers.alerts.rules import Part, Rung, Watch
from handlers.alerts.states import PASSED_ON, Outcome
from handlers.people.queries import person, superior_of
from storage.unit import Unit

CARD = "alerts.card"
NOBODY = "没有可以通知的人"


class Notice(Struct, frozen=True):
    """What is, or would be, done about one rung for one person."""

    rung: Rung
    person: Person | None
    outcome: Outcome
    text: str


@feature.job("ring", why="提醒与期限")
def ring(turn: Turn, db: Unit, slot: Slot) -> None:
    """Runs for an object, not for a rung: what it finds is decided by what is due now."""
    kind = slot.about.rstrip("0123456789")
    alert = turn.catalog.alerts.get(kind)
    if alert is None:
        return
    number = int(slot.about.removeprefix(kind))
    if queries.watch_of(db, kind, number) is None:  # promised by an older program, which watched nothing
        watching.watch(turn, db, alert, number, slot.due - watching.MOMENT)
    _climb(turn, db, alert, number)


def _climb(turn: Turn, db: Unit, alert: Alert, number: int) -> None:
    seen = queries.watch_of(db, alert.kind, number)
    due = alert.deadline(db, number, turn.house, turn.now)
    if seen is None or due is None or not seen.fits(due):
        turn.changed(alert.kind, number)
        return
    rungs = rules.ladder(due, seen, turn.house.calendar, ends=alert.passed is not None)
    missed = rules.passed(rungs, seen, turn.now)
    ended = any(rung.part is Part.END for rung in missed)
    again = alert.passed(turn, db, number) if ended and alert.passed is not None else seen.again
    told = turn.now if any(rung.part is Part.OWNER for rung in missed) else seen.told
    climbed = watching.climbed(db, seen, turn.now, told, again)
    if climbed is None:
        return
    for notice in notices(db, turn.house, (seen, due), missed, turn.now, Spent()):
        _carry_out(turn, db, alert, seen, notice)
    watching.promise(turn, alert, climbed, due)
    turn.changed(alert.kind, number)


def notices(
    db: Unit, house: House, about: tuple[Watch, Deadline], missed: list[Rung], now: datetime, spent: Spent
) -> list[Notice]:
    """Of several rungs that have passed only the newest counts, and none before a deadline that has passed."""
    seen, due = about
    spoken = [rung for rung in missed if rung.part is not Part.END]
    if not spoken:
        return []
    *older, newest = spoken
    owner = person(db, due.owner)
    if owner is None:
        return []
    found = [Notice(rung, owner, Outcome.REPLACED, "") for rung in older]
    if newest.part is Part.BEFORE and now >= due.at:
        return [*found, Notice(newest, owner, Outcome.OVER, "")]
    first = owner
    if newest.part is Part.MANAGER:
        manager = watching.manager_of(db, due)
        above = person(db, manager) if manager is not None else None
        if above is None:
            return [*found, Notice(newest, None, Outcome.UNREACHABLE, NOBODY)]
        first = above
    return [*found, *_upward(db, house, (seen, due, newest), (first, owner), now, spent)]


def _upward(
    db: Unit,
    house: House,
    about: tuple[Watch, Deadline, Rung],
    people: tuple[Person, Person],
    now: datetime,
    spent: Spent,
) -> list[Notice]:
    """To the first of ``people``, whose the second's affair it is; whoever cannot be told is passed over, and that is recorded."""
    seen, due, rung = about
    to, owner = people
    found: list[Notice] = []
    asked: set[int] = set()
    while to.id not in asked:
        asked.add(to.id)
        text = rules.line(seen.ref, due, house, now)
        if to.id != owner.id:
            text = rules.line_for_manager(seen.ref, due, owner.name, house, now)
        outcome = gate.verdict(db, house, to, (seen, due, rung.name), now, spent)
        found.append(Notice(rung, to, outcome, text))
        above = _above(db, due, to, owner) if outcome in PASSED_ON else None
        if above is None:
            break
        to = above
    return found


def _above(db: Unit, due: Deadline, to: Person, owner: Person) -> Person | None:
    manager = watching.manager_of(db, due) if to.id == owner.id else None
    return superior_of(db, to) if manager is None else person(db, manager)


def _carry_out(turn: Turn, db: Unit, alert: Alert, seen: Watch, notice: Notice) -> None:
    kept = Reminder(
        at=turn.now,
        kind=seen.kind,
        number=seen.number,
        step=notice.rung.name,
        person=notice.person.id if notice.person else None,
        outcome=notice.outcome,
        text=notice.text,
    )
    gate.keep(turn, db, kept)
    if notice.person is None or notice.outcome is not Outcome.SENT:
        return
    view = f"{CARD}/{alert.kind}" if alert.view else ""
    text = "" if view else notice.text
    turn.messages.append(Message(notice.person, text=text, view=view, number=seen.number, admitted=True))
    turn.record("alert.reminded", seen.ref, after={"step": notice.rung.name, "person": notice.person.name})
