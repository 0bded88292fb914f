"""Whether somebody may be disturbed now; every kind of message nobody asked for goes by this one rule (R4.10)."""

from __future__ import annotations

from datetime import datetime, time

from msgspec import Struct, structs

from bot.calendar import QuietHours
from bot.deadlines import Deadline
from bot.house import House
from bot.permit import Person
from bot.turn import Message, Turn
from handlers.alerts import queries, rules
from handlers.alerts.feature import feature
from handlers.alerts.queries import Reminder
from handlers.alerts.rules import Watch
from handlers.alerts.states import WAITS, Outcome
from storage.unit import Unit

DIGEST = "alerts.digest"
NOTICE = "notice"


class Spent(Struct):
    """What a day's budget has been spent on besides what is recorded: a forecast counts in memory."""

    messages: dict[int, int] = {}
    objects: set[tuple[int, str, int]] = set()

    def add(self, person: int, kind: str = "", number: int = 0) -> None:
        self.messages[person] = self.messages.get(person, 0) + 1
        self.objects.add((person, kind, number))


def hours_of(db: Unit, person: int | None, house: House) -> QuietHours:
    """A person's own quiet hours, else everybody's; None: everybody's."""
    written = queries.hours_of_all(db) if person is None else queries.hours_of(db, person)
    return QuietHours(written, house.zone) if written else house.quiet


def audible(db: Unit, person: int | None, house: House, at: datetime) -> datetime:
    """From when on something that is work may ring: after a night or a holiday, when work begins."""
    hours, calendar = hours_of(db, person, house), house.calendar
    rings = rules.audible(at, hours, calendar)
    return calendar.next_working(rings) if rings > at and not calendar.is_working(rings) else rings


def is_reachable(db: Unit, person: Person) -> bool:
    return bool(db.identity.accounts(person.id))


def verdict(
    db: Unit, house: House, person: Person, about: tuple[Watch, Deadline, str], now: datetime, spent: Spent
) -> Outcome:
    """``about``: what is watched, what is due of it now, and the rung's name."""
    watch, due, step = about
    midnight = start_of_day(house, now)
    if not person.active:
        return Outcome.LEFT
    if not is_reachable(db, person):
        return Outcome.UNREACHABLE
    if queries.is_muted(db, person.id, watch.kind, watch.number, house.today(now)):
        return Outcome.MUTED
    if rules.is_quiet(now, hours_of(db, person.id, house), house.calendar):
        return Outcome.QUIET
    if due.urgent:
        return Outcome.SENT
    again = queries.told_of(db, person.id, watch.kind, watch.number, midnight)
    if step != rules.LAST_CALL_STEP and (again or (person.id, watch.kind, watch.number) in spent.objects):
        return Outcome.ONCE
    return Outcome.BUDGET if _is_spent(db, person.id, midnight, spent) else Outcome.SENT


def start_of_day(house: House, now: datetime) -> datetime:
    return datetime.combine(house.today(now), time(), house.zone)


def _is_spent(db: Unit, person: int, since: datetime, spent: Spent) -> bool:
    return queries.spent(db, person, since) + spent.messages.get(person, 0) >= rules.MOST_A_DAY


@feature.doorman
def doorman(turn: Turn, db: Unit, person: Person | None, message: Message) -> datetime | None:
    """What other capabilities' jobs say. A card is work and waits for the end of quiet; a line can wait for the digest."""
    if person is None or not message.text:
        return audible(db, person.id if person else None, turn.house, turn.now)
    outcome = Outcome.SENT
    if rules.is_quiet(turn.now, hours_of(db, person.id, turn.house), turn.house.calendar):
        outcome = Outcome.QUIET
    elif _is_spent(db, person.id, start_of_day(turn.house, turn.now), Spent()):
        outcome = Outcome.BUDGET
    notice = Reminder(at=turn.now, kind="", number=0, step=NOTICE, person=person.id, outcome=outcome, text=message.text)
    keep(turn, db, notice)
    return turn.now if outcome is Outcome.SENT else None


def keep(turn: Turn, db: Unit, reminder: Reminder) -> None:
    """Records what became of it; what may not ring now is told with the next digest."""
    queries.record(db, structs.replace(reminder, waits=reminder.outcome in WAITS))
    if reminder.outcome is Outcome.QUIET and reminder.person is not None:
        promise_digest(turn, db, reminder.person)


def promise_digest(turn: Turn, db: Unit, person: int, *, whole: bool = False) -> None:
    """When it may ring again. ``whole``: the day's own digest, which has to wait for that; it takes along what is held."""
    hours, calendar = hours_of(db, person, turn.house), turn.house.calendar
    at = rules.digest_at(turn.now, hours, calendar)
    days_own = rules.digest_at(start_of_day(turn.house, at), hours, calendar)
    if whole or at != days_own:
        args = {"people": str(person)} | ({"whole": "yes"} if whole else {})
        turn.promise(DIGEST, f"{at.isoformat()}/{person}", at, about="", **args)
