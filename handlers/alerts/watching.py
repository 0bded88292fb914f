"""What changed is watched anew: in the same commit its next reminder is promised, moved or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import structs

from bot.deadlines import Alert, Deadline
from bot.turn import Turn
from handlers.alerts import queries, rules
from handlers.alerts.feature import feature
from handlers.alerts.queries import Reminder
from handlers.alerts.rules import Part, Rung, Watch
from handlers.alerts.states import Outcome
from handlers.people.queries import person, superior_of
from storage.unit import Unit

RING = "alerts.ring"
MOMENT = timedelta(microseconds=1)


@feature.follower
def follow(turn: Turn, db: Unit, kind: str, number: int) -> None:
    alert = turn.catalog.alerts.get(kind)
    if alert is not None:
        watch(turn, db, alert, number)


def watch(turn: Turn, db: Unit, alert: Alert, number: int, since: datetime | None = None) -> None:
    """Does nothing if the deadline is the same. ``since``: reminders after it count as missed, not as past before it began."""
    due = alert.deadline(db, number, turn.house, turn.now)
    seen = queries.watch_of(db, alert.kind, number)
    if due is None:
        if seen is not None:
            _end(turn, db, alert, seen)
        return
    if seen is not None and seen.fits(due):
        return
    new = Watch(
        kind=alert.kind,
        number=number,
        owner=due.owner,
        manager=due.manager if due.steps is not None else manager_of(db, due),
        deadline=due.at,
        updated=due.updated,
        until=since or turn.now,
    )
    queries.watch(db, new)
    if seen is not None:
        turn.cancel(new.ref, RING)
    promise(turn, alert, new, due)


def manager_of(db: Unit, due: Deadline) -> int | None:
    """Who hears of it when it stays overdue."""
    owner = person(db, due.owner)
    found = (person(db, due.manager) if due.manager else None) or (superior_of(db, owner) if owner else None)
    return found.id if found else None


def promise(turn: Turn, alert: Alert, seen: Watch, due: Deadline) -> None:
    """One promise an object: what comes next. Its name sorts the weightier of an instant first."""
    rungs = rules.ladder(due, seen, turn.house.calendar, ends=alert.passed is not None)
    found = rules.following(rungs, seen)
    if found is not None:
        slot = f"{found.part:d}/{seen.ref}/{seen.deadline.isoformat()}/{found.name}/{found.at.isoformat()}"
        whom = {Part.MANAGER: seen.manager, Part.END: None}.get(found.part, seen.owner)
        people = {} if whom is None else {"people": str(whom)}
        moved = rules.moved(found, due, turn.house)
        turn.promise(RING, slot, found.at, about=seen.ref, why=said(found, due, turn), moved=moved, **people)


def said(rung: Rung, due: Deadline, turn: Turn) -> str:
    """Why it will ring, as the clock's list shows it."""
    match rung.part:
        case Part.BEFORE:
            own = rules.step_words(rung.name) if due.line else rules.standing(due.at, turn.house, rung.at)
            return f"{own}，提醒负责人"
        case Part.OWNER:
            return "已逾期，再次提醒负责人"
        case Part.MANAGER:
            return "仍未办结，升级给上级"
        case Part.END:
            return "期限到"


def _end(turn: Turn, db: Unit, alert: Alert, seen: Watch) -> None:
    queries.forget(db, seen.kind, seen.number)
    if turn.unit.jobs.cancel(seen.ref, RING):
        done = Reminder(
            at=turn.now, kind=seen.kind, number=seen.number, step="", person=seen.owner, outcome=Outcome.DONE, text=""
        )
        queries.record(db, done)


def climbed(db: Unit, seen: Watch, until: datetime, told: datetime | None, again: datetime | None) -> Watch | None:
    """The ladder climbed up to an instant; None if somebody else did, or nothing is due any more."""
    new = structs.replace(seen, until=until, told=told, again=again)
    return new if queries.change(db, seen, new) else None
