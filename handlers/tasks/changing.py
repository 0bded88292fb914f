"""One step of a task: locked, changed, recorded, redrawn; what was being asked about it is taken back."""

from __future__ import annotations

from bot.errors import Refusal
from bot.permit import Person
from bot.turn import Turn
from handlers.approvals.actions import withdraw
from handlers.people.queries import person
from handlers.tasks import queries
from handlers.tasks.queries import Task
from storage.unit import Unit

NO_WISH: dict[str, object] = {"wanted_at": None, "wanted_why": ""}


def change(turn: Turn, db: Unit, task: Task, action: str, **values: object) -> Task:
    """The task as it is now. Refusal if somebody was faster."""
    if not queries.change(db, task, **values):
        raise Refusal("changed", f"{task.ref} 刚刚变更过，请看新的卡片。")
    changed = queries.task(db, task.number)
    if changed is None:
        raise LookupError(task.ref)
    before, after = _told(turn, db, task), _told(turn, db, changed)
    keys = [key for key in after if before[key] != after[key]]
    turn.record(action, task.ref, before={k: before[k] for k in keys}, after={k: after[k] for k in keys})
    turn.changed("RW", task.number)
    return changed


def drop_wish(turn: Turn, db: Unit, task: Task, why: str) -> None:
    """A postponement that is still being asked for is wanted no more."""
    if task.wanted_at is not None:
        withdraw(turn, db, "RW", task.number, why)


def as_given(turn: Turn, db: Unit, task: Task) -> dict[str, str]:
    """What the trail keeps of a new task."""
    return _told(turn, db, task)


def named(who: Person | None) -> str:
    return f"{who.name}#{who.id}" if who else ""


def _told(turn: Turn, db: Unit, task: Task) -> dict[str, str]:
    return {
        "title": task.title,
        "owner": named(person(db, task.owner)),
        "state": task.state.value,
        "deadline": turn.house.moment(task.due_at),
        "priority": task.priority.value,
        "progress": str(task.share),
        "words": task.words,
        "wanted": turn.house.moment(task.wanted_at) if task.wanted_at else "",
    }
