"""Column types: aware instants, JSON through msgspec, closed vocabularies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Dialect,
    Double,
    Integer,
    RowMapping,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

Key = BigInteger().with_variant(Integer, "sqlite")
"""An id the database counts up; SQLite does that for INTEGER PRIMARY KEY only."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC with microseconds. ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """SQLite's text is that of SQLAlchemy's own type, in a quarter of the time."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
    return value.astimezone(UTC)


def _written(value: datetime | None) -> str | None:
    return None if value is None else _utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


class Json(TypeDecorator[T], Generic[T]):
    """A value of ``shape`` (anything msgspec knows) as JSON text.

    Text on both databases: PostgreSQL's jsonb refuses U+0000, which people's input may hold.
    """

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._decode = msgspec.json.Decoder(shape).decode

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        return None if value is None else self._decode(value)


class OneOf(TypeDecorator[Word], Generic[Word]):
    """A word of a closed vocabulary, stored as it is written."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)


class machine_now(FunctionElement[float]):
    """Machine time as the database tells it, in seconds since 1970: the same for every process that shares it."""

    type = Double()
    inherit_cache = True


@compiles(machine_now, "postgresql")
def _on_postgresql(element: machine_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"


@compiles(machine_now, "sqlite")
def _on_sqlite(element: machine_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


class Ids(TypeDecorator[Sequence[int]]):
    """Any number of ids as one value, for ``among``."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        ids = list(value or ())
        return msgspec.json.encode(ids).decode() if dialect.name == "sqlite" else ids


class among(FunctionElement[bool]):
    """``among(column, bindparam("ids", type_=Ids()))``: the statement is the same however many there are.

    Not of type Boolean: SQLite would be told ``(…) = 1`` and use no index.
    """

    inherit_cache = True


@compiles(among, "postgresql")
def _in_array(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY({ids})"


@compiles(among, "sqlite")
def _in_json(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both come from the compiler


def fields(row: RowMapping) -> dict[str, Any]:
    """A row as keyword arguments for its struct."""
    return {str(name): value for name, value in row.items()}
