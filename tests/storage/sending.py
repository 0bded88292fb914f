"""The moves of a sender, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.ports import OutState, Settled
from storage.leases import hold
from storage.tables import outbox
from storage.unit import Unit
from tests.storage.samples import NOW


def due(unit: Unit, channel: str = "feishu", most: int = 10) -> list[int]:
    return [row.id for row in unit.outbox.due(channel, NOW, most)]


def lead(unit: Unit, holder: str = "a", name: str = "sender:feishu") -> int:
    fence = hold(unit.sql, name, holder, 60)
    assert fence is not None
    return fence


def claim(unit: Unit, *rows: int, fence: int | None = None) -> Sequence[int]:
    return unit.outbox.claim([(row, b"%d" % row) for row in rows], fence or lead(unit), NOW)


def settle(unit: Unit, row: int, state: OutState, fence: int | None = None, **facts: object) -> Sequence[int]:
    outcome = Settled(row=row, state=state, **facts)  # type: ignore[arg-type]
    return unit.outbox.settle([outcome], fence or lead(unit), NOW)


def finish(unit: Unit, row: int, state: OutState, handle: str = "") -> None:
    claim(unit, row)
    assert settle(unit, row, state, handle=handle) == [row]


def state(unit: Unit, row: int) -> OutState:
    found: OutState = unit.sql.execute(select(outbox.c.state).where(outbox.c.id == row)).scalar_one()
    return found
