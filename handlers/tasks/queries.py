"""Reading and changing tasks. A change is a compare-and-set on the version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import bindparam, insert, or_, select, update

from bot.values import Percent
from handlers.tasks.rules import WHOLE
from handlers.tasks.states import LIVE, OPEN, Priority, State
from handlers.tasks.tables import tasks
from storage.prepared import Prepared
from storage.tables import is_one_of, persons
from storage.unit import Unit


class Task(Struct, frozen=True, kw_only=True):
    """``progress`` in hundredths of a percent; the rest as in the table."""

    number: int
    title: str
    giver: int
    owner: int
    state: State
    version: int
    priority: Priority
    due_at: datetime
    given_at: datetime
    progress: int
    words: str
    updated_at: datetime
    settled_by: int | None
    settled_at: datetime | None
    wanted_at: datetime | None
    wanted_why: str

    @property
    def ref(self) -> str:
        return f"RW{self.number}"

    @property
    def share(self) -> Percent:
        """Done is all of it; sent back, it is as far as it was."""
        return WHOLE if self.state in (State.REPORTED, State.DONE) else Percent(self.progress)

    def overdue(self, now: datetime) -> bool:
        return self.state in OPEN and self.due_at < now


_TASK = select(tasks)
_BY_NUMBER = _TASK.where(tasks.c.number == bindparam("of"))
_SEE = Prepared(_BY_NUMBER)
_LOCK = Prepared(_BY_NUMBER.with_for_update())
_live = is_one_of(tasks.c.state, *LIVE)
_FIRST_DUE = _TASK.where(_live).order_by(tasks.c.due_at, tasks.c.number)
_OWNED = Prepared(_FIRST_DUE.where(tasks.c.owner == bindparam("of")))
_GIVEN = Prepared(_FIRST_DUE.where(tasks.c.giver == bindparam("of")))
_OF_ONE = Prepared(_FIRST_DUE.where(or_(tasks.c.owner == bindparam("of"), tasks.c.giver == bindparam("of"))))
_LEFT_BEHIND = Prepared(
    _FIRST_DUE.where(tasks.c.giver.in_(select(persons.c.id).where(~persons.c.active))).limit(bindparam("most"))
)
_ADD = Prepared(insert(tasks))
_CHANGE = Prepared(update(tasks).where(tasks.c.number == bindparam("of"), tasks.c.version == bindparam("seen")))


def add(db: Unit, task: Task) -> None:
    _ADD.run(db.sql, structs.asdict(task))


def task(db: Unit, number: int) -> Task | None:
    return next(iter(_all(db, _SEE, of=number)), None)


def for_update(db: Unit, number: int) -> Task | None:
    return next(iter(_all(db, _LOCK, of=number)), None)


def owned(db: Unit, person: int) -> Sequence[Task]:
    """Live ones this person is to do, the first due first."""
    return _all(db, _OWNED, of=person)


def given(db: Unit, person: int) -> Sequence[Task]:
    """Live ones this person gave, the first due first."""
    return _all(db, _GIVEN, of=person)


def of_one(db: Unit, person: int) -> Sequence[Task]:
    """Live ones this person has or gave, the first due first."""
    return _all(db, _OF_ONE, of=person)


def left_behind(db: Unit, most: int) -> Sequence[Task]:
    """Live ones whose giver works here no more, the first due first."""
    return _all(db, _LEFT_BEHIND, most=most)


def change(db: Unit, old: Task, **values: object) -> bool:
    """False if the task changed meanwhile."""
    same = {"of": old.number, "seen": old.version}
    return _CHANGE.run(db.sql, {**same, "version": old.version + 1, **values}) == 1


def _all(db: Unit, found: Prepared, **values: object) -> list[Task]:
    return [Task(**row) for row in found.named(db.sql, values)]
