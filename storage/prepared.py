"""Statements that run in every turn: written once, compiled once, and run by the driver's own cursor.

Putting a statement together and sending it through SQLAlchemy's layers takes 20 to 160 µs, running it 2 to 20. The SQL,
the columns' types and the errors are SQLAlchemy's all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from bot import watching
from storage import changes

Row = tuple[Any, ...]
Change = Callable[[Any], Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def run_text(sql: Connection, text: str, given: Any = (), *, many: bool = False) -> Any:
    """The driver's cursor after ``text``, which is in the driver's own SQL. Raises SQLAlchemy's DBAPIErrors."""
    driver: Any = sql.connection.driver_connection
    try:
        return driver.cursor().executemany(text, given) if many else driver.execute(text, given)
    except sql.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy(sql, text, error) from error


class Prepared:
    """One statement at module level; what differs from run to run is a ``bindparam``, or a column of an INSERT.

    ``values`` are given by those names, always the same ones. Raises SQLAlchemy's DBAPIErrors.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def all(self, sql: Connection, values: Mapping[str, Any] = NOTHING) -> list[Row]:
        compiled = self._for(sql, values)
        return compiled.read(self._cursor(sql, compiled, values))

    def named(self, sql: Connection, values: Mapping[str, Any] = NOTHING) -> list[dict[str, Any]]:
        """Rows by the names of their columns."""
        compiled = self._for(sql, values)
        rows = compiled.read(self._cursor(sql, compiled, values))
        return [dict(zip(compiled.names, row, strict=True)) for row in rows]

    def first(self, sql: Connection, values: Mapping[str, Any] = NOTHING) -> Row | None:
        found = self.all(sql, values)
        return found[0] if found else None

    def scalar(self, sql: Connection, values: Mapping[str, Any] = NOTHING) -> Any:
        """The first column of the first row; None without one."""
        found = self.all(sql, values)
        return found[0][0] if found else None

    def run(self, sql: Connection, values: Mapping[str, Any] = NOTHING) -> int:
        """How many rows were written."""
        return int(self._cursor(sql, self._for(sql, values), values).rowcount)

    def _cursor(self, sql: Connection, compiled: _Compiled, values: Mapping[str, Any]) -> Any:
        watch = watching.current()
        if watch is None:
            return compiled.run(sql, values)
        return changes.noted(watch, sql, self._statement, values, lambda: compiled.run(sql, values))

    def run_many(self, sql: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of them; their names are those of the first.

        Never in psycopg's pipeline, see ``storage.engine.one_by_one``.
        """
        if not rows:
            return
        compiled = self._for(sql, rows[0])
        if sql.dialect.name == "sqlite":
            run_text(sql, compiled.text, [compiled.given(row) for row in rows], many=True)
            return
        for row in rows:
            compiled.run(sql, row)

    def _for(self, sql: Connection, values: Mapping[str, Any]) -> _Compiled:
        shape = (sql.dialect.name, *values)
        found = self._compiled.get(shape)
        if found is None:
            found = self._compiled[shape] = _compile(self._statement, sql.dialect, values)
        return found


@dataclass(slots=True)
class _Compiled:
    """``order`` names the values in their places, each with its way to the driver's value; ``back`` the ways from there.

    ``by_name``: the driver's places have names, else they are question marks. ``fixed`` are the statement's own values.
    """

    text: str
    dialect: Dialect
    order: tuple[tuple[str, Change | None], ...]
    by_name: bool
    fixed: dict[str, Any]
    columns: tuple[ColumnElement[Any], ...]
    names: tuple[str, ...]
    back: tuple[tuple[int, Change], ...] | None = field(default=None, init=False)

    def run(self, sql: Connection, values: Mapping[str, Any]) -> Any:
        return run_text(sql, self.text, self.given(values))

    def read(self, cursor: Any) -> list[Row]:
        rows: list[Row] = cursor.fetchall()
        if self.back is None:
            self.back = tuple(self._ways_back(cursor.description))
        return [self._read(row) for row in rows] if self.back else rows

    def given(self, values: Mapping[str, Any]) -> Any:
        if self.fixed:
            values = {**self.fixed, **values}
        if self.by_name:
            return {name: change(values[name]) if change else values[name] for name, change in self.order}
        return [change(values[name]) if change else values[name] for name, change in self.order]

    def _read(self, row: Row) -> Row:
        read = list(row)
        for at, change in self.back or ():
            read[at] = change(read[at])
        return tuple(read)

    def _ways_back(self, description: Any) -> Iterator[tuple[int, Change]]:
        for at, (column, described) in enumerate(zip(self.columns, description, strict=True)):
            change = column.type.dialect_impl(self.dialect).result_processor(self.dialect, described[1])
            if change is not None:
                yield at, change


def _compile(statement: Any, dialect: Dialect, values: Mapping[str, Any]) -> _Compiled:
    """Names of columns among ``values`` are what an INSERT or UPDATE sets."""
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    columns = tuple(statement.exported_columns)
    state = compiled.construct_expanded_state(dict.fromkeys(values), escape_names=False)
    changes = dict(_changes(compiled.bind_names, dialect)) | dict(state.processors)
    names = state.parameters if state.positiontup is None else state.positiontup
    return _Compiled(
        text=state.statement,
        dialect=dialect,
        order=tuple((name, changes.get(name)) for name in names),
        by_name=state.positiontup is None,
        fixed={name: value for name, value in state.parameters.items() if name not in values},
        columns=columns,
        names=tuple(column.key for column in columns),
    )


def _changes(bound: Mapping[BindParameter[Any], str], dialect: Dialect) -> Iterator[tuple[str, Change]]:
    for parameter, name in bound.items():
        change = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if change is not None:
            yield name, change


def _as_sqlalchemy(sql: Connection, text: str, error: Any) -> BaseException:
    """What SQLAlchemy would have raised; a connection that is gone goes back to the pool as such."""
    dialect = sql.dialect
    gone = dialect.is_disconnect(error, sql.connection.driver_connection, None)
    if gone:
        sql.invalidate(error)
    base = dialect.loaded_dbapi.Error
    raised: BaseException = DBAPIError.instance(
        text, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )
    return raised
