"""What is watched, what became of reminders, whose quiet hours are which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from handlers.alerts.rules import Watch
from handlers.alerts.states import Outcome
from handlers.alerts.tables import mutes, quiet_hours, reminders, watched
from storage.prepared import Prepared
from storage.tables import accounts, insert_or, persons
from storage.unit import Unit


class Reminder(Struct, frozen=True, kw_only=True):
    """One reminder, sent or not, and why not. ``kind`` "" and ``number`` 0: a notice about nothing that is watched."""

    at: datetime
    kind: str
    number: int
    step: str
    person: int | None
    outcome: Outcome
    text: str
    waits: bool = False


# -- what is watched -----------------------------------------------------------------------------------------------

_same = and_(watched.c.kind == bindparam("of_kind"), watched.c.number == bindparam("of"))
_ONE = Prepared(select(watched).where(_same))
_ALL = Prepared(select(watched).order_by(watched.c.deadline, watched.c.kind, watched.c.number))
_CONCERNING = Prepared(
    select(watched)
    .where(or_(watched.c.owner == bindparam("person"), watched.c.manager == bindparam("person")))
    .where(watched.c.deadline < bindparam("before"))
    .order_by(watched.c.deadline, watched.c.kind, watched.c.number)
)
_NEW = insert_or(watched)
_WATCH = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["kind", "number"],
        set_={name: _NEW.excluded[name] for name in Watch.__struct_fields__ if name not in ("kind", "number")},
    )
)
_CHANGE = Prepared(update(watched).where(_same, watched.c.until == bindparam("seen")))
_FORGET = Prepared(delete(watched).where(_same))


def watch_of(db: Unit, kind: str, number: int) -> Watch | None:
    found = _ONE.named(db.sql, {"of_kind": kind, "of": number})
    return Watch(**found[0]) if found else None


def all_watched(db: Unit) -> Sequence[Watch]:
    return [Watch(**row) for row in _ALL.named(db.sql)]


def concerning(db: Unit, person: int, before: datetime) -> Sequence[Watch]:
    """What this person owns or answers for, due before an instant, the earliest first."""
    return [Watch(**row) for row in _CONCERNING.named(db.sql, {"person": person, "before": before})]


def watch(db: Unit, new: Watch) -> None:
    """In place of what was known of the object."""
    _WATCH.run(db.sql, structs.asdict(new))


def change(db: Unit, seen: Watch, new: Watch) -> bool:
    """False if somebody else has climbed the ladder, or there is nothing left to watch."""
    row = structs.asdict(new)
    kind, number = row.pop("kind"), row.pop("number")
    return _CHANGE.run(db.sql, {**row, "of_kind": kind, "of": number, "seen": seen.until}) == 1


def forget(db: Unit, kind: str, number: int) -> None:
    _FORGET.run(db.sql, {"of_kind": kind, "of": number})


# -- what became of reminders --------------------------------------------------------------------------------------

_COLUMNS = [reminders.c[name] for name in Reminder.__struct_fields__]
_RECORD = Prepared(insert(reminders).inline())
_SPENT = Prepared(
    select(func.count()).where(
        reminders.c.person == bindparam("person"),
        reminders.c.at >= bindparam("since"),
        reminders.c.outcome == Outcome.SENT,
    )
)
_TOLD_OF = Prepared(
    select(func.count()).where(
        reminders.c.kind == bindparam("of_kind"),
        reminders.c.number == bindparam("of"),
        reminders.c.person == bindparam("person"),
        reminders.c.at >= bindparam("since"),
        reminders.c.outcome == Outcome.SENT,
    )
)
_HISTORY = Prepared(
    select(*_COLUMNS)
    .where(reminders.c.kind == bindparam("of_kind"), reminders.c.number == bindparam("of"))
    .order_by(reminders.c.id.desc())
    .limit(bindparam("most"))
)
_waiting = (reminders.c.waits, reminders.c.person == bindparam("of"))
_WAITING = Prepared(select(*_COLUMNS).where(*_waiting).order_by(reminders.c.id))
_TELL = Prepared(update(reminders).where(*_waiting).values(waits=False))


def record(db: Unit, reminder: Reminder) -> None:
    _RECORD.run(db.sql, structs.asdict(reminder))


def spent(db: Unit, person: int, since: datetime) -> int:
    """How many messages nobody asked for this person got since then."""
    return int(_SPENT.scalar(db.sql, {"person": person, "since": since}))


def told_of(db: Unit, person: int, kind: str, number: int, since: datetime) -> bool:
    return bool(_TOLD_OF.scalar(db.sql, {"person": person, "of_kind": kind, "of": number, "since": since}))


def history(db: Unit, kind: str, number: int, most: int) -> Sequence[Reminder]:
    """The newest first."""
    return [Reminder(**row) for row in _HISTORY.named(db.sql, {"of_kind": kind, "of": number, "most": most})]


def waiting(db: Unit, person: int) -> Sequence[Reminder]:
    """What is to be told in the next digest."""
    return [Reminder(**row) for row in _WAITING.named(db.sql, {"of": person})]


def tell_waiting(db: Unit, person: int) -> None:
    _TELL.run(db.sql, {"of": person})


# -- people --------------------------------------------------------------------------------------------------------

_REACHABLE = Prepared(
    select(persons.c.id).where(persons.c.active, persons.c.id.in_(select(accounts.c.person))).order_by(persons.c.id)
)
_NEWEST = select(quiet_hours.c.hours).order_by(quiet_hours.c.id.desc()).limit(1)
_OWN = _NEWEST.where(quiet_hours.c.person == bindparam("of"))
_OF_ALL = _NEWEST.where(quiet_hours.c.person.is_(None))
_OWN_HOURS, _HOURS_OF_ALL = Prepared(_OWN), Prepared(_OF_ALL)
_HOURS = Prepared(select(func.coalesce(func.nullif(_OWN.scalar_subquery(), ""), _OF_ALL.scalar_subquery(), "")))
_SET_HOURS = Prepared(insert(quiet_hours).inline())
_MUTED = Prepared(
    select(func.count()).where(
        mutes.c.person == bindparam("of_person"),
        mutes.c.day == bindparam("of_day"),
        or_(mutes.c.kind == "", and_(mutes.c.kind == bindparam("of_kind"), mutes.c.number == bindparam("of"))),
    )
)
_MUTE = insert_or(mutes)
_MUTE = _MUTE.on_conflict_do_update(index_elements=["person", "kind", "number"], set_={"day": _MUTE.excluded.day})


def reachable(db: Unit) -> Sequence[int]:
    """Everybody who works here and has an account."""
    return [number for (number,) in _REACHABLE.all(db.sql)]


def hours_of(db: Unit, person: int) -> str:
    """Their own quiet hours, else everybody's as HQ set them, else ""."""
    return str(_HOURS.scalar(db.sql, {"of": person}))


def own_hours(db: Unit, person: int) -> str:
    return _OWN_HOURS.scalar(db.sql, {"of": person}) or ""


def hours_of_all(db: Unit) -> str:
    return _HOURS_OF_ALL.scalar(db.sql) or ""


def set_hours(db: Unit, person: int | None, hours: str, since: datetime, by: int) -> None:
    """``person`` None: everybody's; ``hours`` "": no longer set."""
    _SET_HOURS.run(db.sql, {"person": person, "hours": hours, "since": since, "set_by": by})


def is_muted(db: Unit, person: int, kind: str, number: int, day: date) -> bool:
    return bool(_MUTED.scalar(db.sql, {"of_person": person, "of_kind": kind, "of": number, "of_day": day}))


def mute(db: Unit, person: int, kind: str, number: int, day: date) -> None:
    row: dict[str, Any] = {"person": person, "kind": kind, "number": number, "day": day}
    db.sql.execute(_MUTE, row)
