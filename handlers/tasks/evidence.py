"""Photos and papers of a task: whoever has it or gave it may add them; whoever sees the task may download them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Refusal
from bot.feature import Holder
from bot.permit import Person
from bot.ports import FileRow
from bot.turn import Turn
from handlers.files.rules import named
from handlers.tasks import queries, reach
from handlers.tasks.cards import CARD
from handlers.tasks.feature import feature
from handlers.tasks.states import LIVE, OPEN, State
from storage.unit import Unit


def _may_add(turn: Turn, db: Unit, number: int) -> None:
    task = reach.visible(turn, db, number)
    if not reach.parts(db, task, turn.me):
        raise Refusal("not_found", reach.NOT_FOUND)
    if task.state not in LIVE:
        raise Refusal("closed", f"{task.ref} {task.state.word}，不能再添加文件。")


def _may_see(db: Unit, who: Person, number: int) -> bool:
    task = queries.task(db, number)
    return task is not None and reach.sees(db, who, task)


def _received(turn: Turn, db: Unit, number: int, file: FileRow) -> str:
    after = {"file": file.id, "name": file.name, "sha256": file.sha256, "from": str(file.account)}
    turn.record("task.evidence", f"RW{number}", after=after)
    _show_who_checks(turn, db, number)
    return f"已收到：{named(file)}，归到 RW{number}。"


def _show_who_checks(turn: Turn, db: Unit, number: int) -> None:
    """What is to be checked is shown with it, also where a card is not drawn anew for that."""
    task = queries.task(db, number)
    charge = reach.in_charge(db, task) if task is not None and task.state is State.REPORTED else None
    shown = any((message.view, message.number) == (CARD, number) for message in turn.messages)
    if charge is not None and not shown:
        turn.send(charge, CARD, number)


def _likely(db: Unit, who: Person) -> Sequence[tuple[int, str]]:
    return [(task.number, task.title) for task in queries.owned(db, who.id) if task.state in OPEN]


feature.holder(Holder("RW", _may_add, _may_see, _received, _likely))
