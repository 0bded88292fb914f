"""Which recipients somebody may know about: deny by default (R12.3)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, true

from bot.permit import Scope
from handlers.broadcasts.tables import recipients


def in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.nothing:
        return false()
    if scope.everything:
        return true()
    parts = [
        recipients.c[column] == value
        for column, value in (
            ("person", scope.person),
            ("agent", scope.agent),
            ("region", scope.region),
            ("province", scope.province),
        )
        if value
    ]
    return and_(*parts) if parts else false()
