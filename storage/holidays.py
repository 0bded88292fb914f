"""The table of days off and of days worked to make up for them (contract 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from bot.calendar import SpecialDay
from storage.tables import holidays


def read(sql: Connection) -> Sequence[SpecialDay]:
    days = select(holidays.c.date, holidays.c.kind, holidays.c.name).order_by(holidays.c.date)
    return [SpecialDay(*row) for row in sql.execute(days)]


def replace(sql: Connection, days: Iterable[SpecialDay]) -> None:
    """Puts these days in place of all that were known."""
    sql.execute(delete(holidays))
    rows = [{"date": day.day, "kind": day.kind, "name": day.name} for day in days]
    if rows:
        sql.execute(insert(holidays), rows)
