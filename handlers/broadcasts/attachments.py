"""A broadcast's attachment: for whoever was sent it, and whoever may see its progress."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Refusal
from bot.feature import Holder
from bot.permit import Person
from bot.ports import FileRow
from bot.turn import Turn
from handlers.broadcasts import queries, reach
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import KIND
from handlers.broadcasts.recipient_queries import is_recipient
from handlers.broadcasts.states import OUT
from storage.unit import Unit


def _may_add(turn: Turn, db: Unit, number: int) -> None:
    raise Refusal("no_files", "公告的附件在拟定时添加，之后不能再加。")


def _may_see(db: Unit, person: Person, number: int) -> bool:
    found = queries.broadcast(db, number)
    if found is None:
        return False
    mine = is_recipient(db, number, person.id) and found.state in OUT
    return mine or reach.may_look(db, found, person)


def _received(turn: Turn, db: Unit, number: int, file: FileRow) -> str:
    return f"附件「{file.name}」已收到。"


def _likely(db: Unit, person: Person) -> Sequence[tuple[int, str]]:
    return ()


feature.holder(Holder(KIND, _may_add, _may_see, _received, _likely))
