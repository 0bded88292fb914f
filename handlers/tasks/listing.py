"""我的任务, 待办 and what is due: the tasks somebody has, gave, or has to look after because the giver left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.deadlines import Deadline
from bot.feature import ToDo
from bot.house import House
from bot.permit import DECIDERS, Person
from bot.turn import Reply, Turn
from handlers.people.queries import person
from handlers.tasks import queries, reach
from handlers.tasks.cards import CARD, list_card
from handlers.tasks.feature import feature
from handlers.tasks.queries import Task
from handlers.tasks.states import OPEN, Priority, State
from storage.unit import Unit

SHOWN = 15
MOST_LEFT_BEHIND = 200


@feature.command("我的任务", "任务列表", "任务清单", help="我要做的和我派出的任务", example="我的任务")
def my_tasks(turn: Turn, db: Unit) -> Reply:
    found = _looked_after(db, turn.me)
    if not found:
        return Reply(text="现在没有进行中的任务。")
    shown = found[:SHOWN]
    card = list_card(db, shown, len(found) - len(shown), turn)
    return Reply(card=card, choices=tuple(f"进度 {task.ref}" for task in shown))


@feature.todo
def waiting(db: Unit, who: Person, now: datetime) -> Sequence[ToDo]:
    found = ((task, _waits(db, task, who, now)) for task in _looked_after(db, who))
    return [ToDo(task.ref, text, f"进度 {task.ref}", task.due_at) for task, text in found if text]


@feature.alert("RW", view=CARD)
def deadline(db: Unit, number: int, house: House, now: datetime) -> Deadline | None:
    """Of whoever is to do it; of whoever is in charge when that person works here no more."""
    task = queries.task(db, number)
    if task is None or task.state not in OPEN:
        return None
    owner, charge = person(db, task.owner), reach.in_charge(db, task)
    gone = owner is None or not owner.active
    return Deadline(
        owner=charge.id if gone and charge is not None else task.owner,
        at=task.due_at,
        about=task.title,
        manager=charge.id if charge is not None else None,
        updated=task.updated_at,
        urgent=task.priority is Priority.URGENT,
    )


def _looked_after(db: Unit, who: Person) -> list[Task]:
    """The first due first."""
    found = list(queries.of_one(db, who.id))
    if who.role in DECIDERS:
        left = queries.left_behind(db, MOST_LEFT_BEHIND)
        known = {task.number for task in found}
        found += [t for t in left if t.number not in known and _in_charge(db, t, who)]
    return sorted(found, key=lambda task: (task.due_at, task.number))


def _in_charge(db: Unit, task: Task, who: Person) -> bool:
    charge = reach.in_charge(db, task)
    return charge is not None and charge.id == who.id


def _waits(db: Unit, task: Task, who: Person, now: datetime) -> str:
    """What this person has to do about it now; "" for nothing."""
    if task.state in OPEN and task.owner == who.id:
        late = "已逾期" if task.overdue(now) else task.state.word
        return f"任务 {task.ref} {task.title}（{late}）"
    if not _in_charge(db, task, who):
        return ""
    if task.state is State.REPORTED:
        return f"验收 {task.ref} {task.title}"
    owner = person(db, task.owner)
    return f"转交 {task.ref} {task.title}（负责人已停用）" if owner is None or not owner.active else ""
