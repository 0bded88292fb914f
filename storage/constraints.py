"""Which constraint a row violated: SQLite names the columns, PostgreSQL the constraint; both lead to one answer."""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

from sqlalchemy import Index, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import ColumnCollectionConstraint

from storage.tables import metadata

_SQLITE = re.compile(r"(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (?P<what>.+))?")


class Violation(NamedTuple):
    """``columns`` in the order of the constraint; a check has none and its ``name`` instead; foreign keys are bare on SQLite."""

    table: str
    columns: tuple[str, ...]
    name: str = ""


def violated(error: IntegrityError) -> Violation:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        match = _SQLITE.fullmatch(str(cause))
        return _from_columns(match["what"] or "") if match else Violation("", ())
    if diagnosis := getattr(cause, "diag", None):  # psycopg's
        table, name = diagnosis.table_name or "", diagnosis.constraint_name or ""
        not_null = (diagnosis.column_name,) if diagnosis.column_name and not name else ()
        return Violation(table, not_null or _columns(table, name), name)
    return Violation("", ())


def violates(error: IntegrityError, constraint: Index | ColumnCollectionConstraint) -> bool:
    """Whether it was this constraint. Two partial indexes over the same columns look the same on SQLite."""
    found = violated(error)
    table = constraint.table
    columns = tuple(column.name for column in constraint.columns)
    return table is not None and (found.table, found.columns) == (table.name, columns)


def _from_columns(what: str) -> Violation:
    """``deals.line, deals.customer``, or the name of a check."""
    if "." not in what:
        return Violation("", (), what)
    table = what.split(".")[0]
    columns = tuple(part.split(".", 1)[1] for part in what.split(", "))
    known = metadata.tables.get(table)
    name = next((n for n, c in _constraints(known).items() if c == columns), "") if known is not None else ""
    return Violation(table, columns, name)


def _columns(table: str, name: str) -> tuple[str, ...]:
    known = metadata.tables.get(table)
    return _constraints(known).get(name, ()) if known is not None else ()


def _constraints(table: Table) -> dict[str, tuple[str, ...]]:
    """Columns by the constraint's name, as the database knows it."""
    found: list[Index | ColumnCollectionConstraint] = list(table.indexes)
    found += [c for c in table.constraints if isinstance(c, ColumnCollectionConstraint)]
    return {str(c.name): tuple(column.name for column in c.columns) for c in found}
