"""What waits for an approver: the lines 待办 shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.feature import ToDo
from bot.permit import Person
from handlers.approvals import queries
from handlers.approvals.feature import feature
from storage.unit import Unit


@feature.todo
def waiting(db: Unit, person: Person, now: datetime) -> Sequence[ToDo]:
    return [
        ToDo(a.ref, f"审批 {a.ref}（{a.kind}{a.subject}）", f"审批 {a.ref}", a.due_at)
        for a in queries.waiting_for(db, person.id)
    ]
