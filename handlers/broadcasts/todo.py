"""What waits for a recipient: the broadcasts they have not acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.feature import ToDo
from bot.permit import Person
from handlers.broadcasts import queries
from handlers.broadcasts.feature import feature
from handlers.broadcasts.recipient_queries import open_notices
from handlers.broadcasts.states import OUT
from storage.unit import Unit


@feature.todo
def to_acknowledge(db: Unit, person: Person, now: datetime) -> Sequence[ToDo]:
    found = [queries.broadcast(db, number) for number in open_notices(db, person.id)]
    return [
        ToDo(each.ref, f"公告 {each.ref} {each.title}", f"公告 {each.ref}")
        for each in found
        if each and each.state in OUT
    ]
