"""The numbers people type: BB1001, SP2001 … unique, not gapless.

PostgreSQL counts with sequences: a counter row would be locked until the turn's commit, and two turns that need two
counters would wait for each other. SQLite has one writer, there a row does.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Sequence, String, Table

from storage.tables import insert_or, metadata

numbers = Table(
    "numbers",
    metadata,
    Column("kind", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

_COUNT = (
    insert_or(numbers)
    .on_conflict_do_update(index_elements=["kind"], set_={"value": numbers.c.value + 1})
    .returning(numbers.c.value)
)
_counters: dict[str, tuple[int, Sequence]] = {}


def numbered(kind: str, start: int) -> Sequence:
    """Declares a kind of number. A capability with one of its own creates the sequence in its migration, too."""
    sequence = Sequence(f"number_{kind.lower()}", start=start, metadata=metadata)
    _counters[kind] = (start, sequence)
    return sequence


for _kind, _start in {"BB": 1001, "SP": 2001, "GG": 301, "XM": 501, "RW": 601, "FY": 701, "DD": 801}.items():
    numbered(_kind, _start)
numbered("fence", 1)


class Numbers:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def next(self, kind: str) -> int:
        """KeyError for a kind that was never declared."""
        start, sequence = _counters[kind]
        if self._sql.dialect.supports_sequences:
            return int(self._sql.scalar(sequence))
        return int(self._sql.execute(_COUNT, {"kind": kind, "value": start}).scalar_one())
