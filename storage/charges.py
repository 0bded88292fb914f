"""What messengers charge by the month: a row for each process, channel, month and kind, with its count so far."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from bot.ports import Charge
from storage.tables import charges, insert_or


class Charges:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def write(self, process: str, counts: Mapping[Charge, int]) -> None:
        rows = [
            {"process": process, "channel": each.channel, "month": each.month, "kind": each.kind, "count": count}
            for each, count in counts.items()
        ]
        write = insert_or(charges)
        replace = write.on_conflict_do_update(
            index_elements=["channel", "month", "kind", "process"], set_={"count": write.excluded["count"]}
        )
        self._sql.execute(replace, rows)

    def own(self, process: str) -> dict[Charge, int]:
        found = self._sql.execute(select(charges).where(charges.c.process == process))
        return {Charge(row["channel"], row["month"], row["kind"]): row["count"] for row in found.mappings()}

    def others(self, process: str, month: str) -> dict[Charge, int]:
        total = func.sum(charges.c.count).label("total")
        found = self._sql.execute(
            select(charges.c.channel, charges.c.kind, total)
            .where(charges.c.month == month, charges.c.process != process)
            .group_by(charges.c.channel, charges.c.kind)
        )
        return {Charge(row.channel, month, row.kind): int(row.total) for row in found}
