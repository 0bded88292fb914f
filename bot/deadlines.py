"""What is due: how a capability tells of its objects' deadlines. Reminding, escalating and keeping quiet is ``alerts``' part.

    @feature.alert("RW", view="tasks.card")
    def due(db: Unit, number: int, house: House, now: datetime) -> Deadline | None:
        task = queries.task(db, number)
        if task is None or task.state not in OPEN:
            return None
        return Deadline(owner=task.owner, at=task.due_at, about=task.title, manager=task.assigner)

That is all: whoever says ``turn.changed("RW", 601)``, also when the task is made, has its reminders planned, moved or
ended in the same commit. A reminder is the object's own card, drawn by ``view``, with a line above; what can be pressed
there (完成, 延期, 需要帮助) are the view's buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bot.house import House

if TYPE_CHECKING:
    from bot.cards import Card
    from bot.permit import Person
    from bot.turn import Message, Turn, Viewer


class Step(Struct, frozen=True):
    """One reminder to the owner. ``name`` is its own among the object's steps: "T-3"."""

    name: str
    at: datetime


class Deadline(Struct, frozen=True, kw_only=True):
    """What is due of an object as it stands now. ``owner`` and ``manager`` are persons' ids.

    ``about`` says what it is about in a line of a list: 提交选型表.
    """

    owner: int
    at: datetime
    about: str
    manager: int | None = None
    """Who hears of it when it stays overdue; None: the owner's superior."""
    line: str = ""
    """What a reminder says now, in place of 「RW601 明天到期（提交选型表）」."""
    updated: datetime | None = None
    """The last sign of life: the overdue ladder counts from it where it is later than the deadline (R4.8)."""
    urgent: bool = False
    """Outside the budget of a day (R4.10)."""
    steps: tuple[Step, ...] | None = None
    """Its own reminders; then nothing is overdue, ``Alert.passed`` says what comes. None: R4.7 and R4.8."""


DeadlineOf = Callable[[Any, int, House, datetime], Deadline | None]
"""(db, number, house, now) → what is due of the object; None: nothing, or nothing any more."""
Passed = Callable[["Turn", Any, int], datetime | None]
"""(turn, db, number) runs at the deadline itself, quiet or not, once; returns when it shall be asked again, if at all."""
DueView = Callable[["Alert", Any, int, "Viewer"], "Card"]
"""(alert, db, number, viewer) draws an object of any kind that something is due of."""
Follower = Callable[["Turn", Any, str, int], None]
"""(turn, db, kind, number) hears of every object a turn has changed, before its messages go out."""
Doorman = Callable[["Turn", Any, "Person | None", "Message"], datetime | None]
"""(turn, db, person, message) → from when on what nobody asked for may ring; None: it was taken, to be told later. A group's
is nobody's."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What is due of one kind of object; ``view`` draws it for its owner, "": its reminders are lines."""

    kind: str
    view: str
    deadline: DeadlineOf
    passed: Passed | None = None
