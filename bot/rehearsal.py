"""Moving business time forward: a clock that runs and jumps, and the walk through everything that is due on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import machine
from bot.errors import Unavailable
from bot.ports import Due, Slot, Store, Unit

MOST_SHOWN = 200
SETTLED_WITHIN = 5.0
"""Seconds at an instant until all messages of it have gone; a messenger that refuses holds up no longer."""


class MovableClock:
    """Business time that runs from ``start`` on at the pace of machine time, and jumps when told."""

    def __init__(self, start: datetime) -> None:
        self._at = start
        self._since = machine()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=machine() - self._since)

    def move(self, to: datetime) -> None:
        """An earlier instant is ignored: business time never moves backwards."""
        self._at, self._since = max(to, self.now()), machine()


class Running(Protocol):
    """What a walk needs of the process (``bot.app.App``)."""

    @property
    def store(self) -> Store: ...

    async def tick(self) -> int: ...

    async def settled(self) -> None: ...


class Walk:
    """Moves the clock of a running process. ``reasons``: why each job runs, in the users' words."""

    def __init__(self, process: Running, clock: MovableClock, reasons: Mapping[str, str]) -> None:
        self._process = process
        self._clock = clock
        self._reasons = reasons

    async def due(self) -> Sequence[Due]:
        return await self._process.store.read(lambda unit: [self._due(unit, s) for s in unit.jobs.next_due(MOST_SHOWN)])

    def _due(self, unit: Unit, slot: Slot) -> Due:
        args = slot.args
        why = args.get("why") or self._reasons.get(slot.job, "")
        found = [self._who(unit, int(person)) for person in args.get("people", "").split(",") if person]
        return Due(slot.due, slot.job, slot.about, why, args.get("moved", ""), tuple(filter(None, found)))

    def _who(self, unit: Unit, number: int) -> tuple[str, str] | None:
        person, accounts = unit.identity.person(number), unit.identity.accounts(number)
        return (person.name, accounts[0].channel if accounts else "") if person else None

    async def advance(self, to: datetime) -> int:
        """The clock stops at each instant, the tick runs and messages arrive, so each bears the time it would have had."""
        ran = 0
        while ahead := [at for at in await self._instants() if self._clock.now() < at <= to]:
            ran += await self._stop_at(min(ahead))
        return ran + await self._stop_at(to)

    async def _instants(self) -> list[datetime]:
        """None while the database is away: time passes all the same, and what was due runs late."""
        try:
            return [due.at for due in await self.due()]
        except Unavailable:
            return []

    async def _stop_at(self, at: datetime) -> int:
        self._clock.move(at)
        ran = await self._process.tick()
        with suppress(TimeoutError, Unavailable):
            await asyncio.wait_for(self._process.settled(), SETTLED_WITHIN)
        return ran
