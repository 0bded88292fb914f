"""Which rows a watched turn changes, column by column: looked up around each statement that writes.

Only while somebody listens (``bot.watching``): each change costs up to two reads more. What a column holds is told in short;
secrets and contents are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, select, tuple_
from sqlalchemy.sql.elements import ClauseElement

from bot.log import Redactor
from bot.ports.looking import Change
from bot.watching import Watch

T = TypeVar("T")
MOST_ROWS = 20
"""Of one statement."""
LONGEST = 80
TOLD = {
    "inbox": ("end",),
    "outbox": ("what", "channel", "state"),
    "copies": ("view", "state"),
    "drafts": ("state",),
    "talks": (),
    "audit": ("object", "action", "digest"),
}
"""Of the core's own tables only what says something; of the capabilities' every column."""
_told = Redactor().value
_Rows = dict[tuple[Any, ...], Mapping[str, Any]]


def noted(watch: Watch, sql: Connection, statement: Any, values: Mapping[str, Any], run: Callable[[], T]) -> T:
    """Runs a statement and notes what it changed."""
    match statement:
        case Insert():
            result = run()
            _inserted(watch, statement, values)
        case Update() | Delete() if isinstance(statement.table, Table):
            table = statement.table
            before = _rows(sql, table, select(table).where(*statement._where_criteria), values)
            result = run()
            after = _rows(sql, table, select(table).where(_is_one_of(table, before)), {}) if before else {}
            for key, row in before.items():
                _compared(watch, table, key, row, after.get(key, {}))
        case _:
            result = run()
    return result


def _inserted(watch: Watch, statement: Insert, values: Mapping[str, Any]) -> None:
    table = statement.table
    if not isinstance(table, Table):
        return
    fixed: Mapping[Any, Any] = statement._values or {}
    given = {str(getattr(name, "key", name)): getattr(value, "value", value) for name, value in fixed.items()}
    row = {
        name: value
        for name, value in (given | dict(values)).items()
        if name in table.c and not isinstance(value, ClauseElement)
    }
    key = tuple(row.get(column.name, "") for column in table.primary_key)
    _compared(watch, table, key, {}, row)


def _rows(sql: Connection, table: Table, wanted: Select[Any], values: Mapping[str, Any]) -> _Rows:
    key = [column.name for column in table.primary_key]
    found = sql.execute(wanted.limit(MOST_ROWS), dict(values)).mappings().all()
    return {tuple(row[name] for name in key): dict(row) for row in found}


def _is_one_of(table: Table, rows: _Rows) -> Any:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in rows])
    return tuple_(*columns).in_(list(rows))


def _compared(
    watch: Watch, table: Table, key: tuple[Any, ...], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    named = "/".join(_short("", one) for one in key if one != "")
    keys = {column.name for column in table.primary_key}
    for name in dict.fromkeys((*before, *after)):
        old, new = _short(name, before.get(name)), _short(name, after.get(name))
        if name not in keys and old != new and name in TOLD.get(table.name, (name,)):
            watch.changes.append(Change(table=str(table.name), row=named, column=str(name), before=old, after=new))


def _short(name: str, value: Any) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    told = value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(getattr(value, "value", value))
    told = str(_told(name, told))
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
