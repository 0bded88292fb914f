"""Records how attempts ended: together within 20 ms where a repetition cannot double, one by one where it would."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.errors import Unavailable
from bot.ports import OutState, Store, Unit
from bot.sending.outcomes import Ruling
from bot.sending.supersede import supersede
from bot.sending.tenure import Tenure

log = logging.getLogger(__name__)

TOGETHER = 0.02
DATABASE_PAUSE = 0.5


class Meter(Protocol):
    """Who counts. Called in the event loop."""

    def ended(self, channel: str, word: str) -> None:
        """A row's attempt: sent, retry, dead, held, unknown, expired, dropped."""

    def queue_age(self, channel: str, seconds: float) -> None:
        """How long the oldest due row has waited (business time); 0 when nothing is due."""


class Uncounted:
    """A meter for whoever needs none."""

    def ended(self, channel: str, word: str) -> None:
        return None

    def queue_age(self, channel: str, seconds: float) -> None:
        return None


def record(unit: Unit, rulings: Sequence[Ruling], fence: int, now: datetime) -> Sequence[int]:
    """Writes rulings and supersedes what they put beyond reach; the rows that were still this sender's to record."""
    # A turn locks copies before outbox rows; in the other order the two could wait for each other.
    for copy_id in sorted({r.row.copy for r in rulings if r.supersede and r.row.copy is not None}):
        unit.copies.lock(copy_id)
    recorded = set(unit.outbox.settle([r.settled for r in rulings], fence, now))
    for ruling in rulings:
        row = ruling.row
        if ruling.supersede and row.id in recorded and row.copy is not None:
            supersede(unit, row.copy, row.content, now, row.trace)
    return tuple(recorded)


def tell(meter: Meter, rulings: Sequence[Ruling], recorded: Sequence[int]) -> None:
    """Counts what was recorded and logs it with its trace; what an operator should read stands out."""
    for ruling in rulings:
        row, settled = ruling.row, ruling.settled
        if row.id not in recorded:
            continue
        meter.ended(row.place.channel, ruling.word)
        level = logging.WARNING if settled.state in (OutState.DEAD, OutState.UNKNOWN) else logging.INFO
        facts = {"channel": row.place.channel, "what": row.what.value, "row": row.id, "end": ruling.word}
        log.log(
            logging.ERROR if ruling.word == "held" else level,
            "delivery",
            extra={"trace": row.trace, **facts, "reason": settled.reason},
        )


class Settler:
    """Takes rulings from the attempts of one tenure; ``together`` is how long one waits for others, in seconds."""

    def __init__(self, store: Store, clock: Clock, meter: Meter, tenure: Tenure, together: float) -> None:
        self._store = store
        self._clock = clock
        self._meter = meter
        self.tenure = tenure
        self._together = together
        self._waiting: asyncio.Queue[tuple[Ruling, asyncio.Future[None]]] = asyncio.Queue()

    async def settle(self, ruling: Ruling) -> None:
        """Returns once it is recorded, or no longer this sender's to record."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((ruling, done))
        await done

    async def run(self, under_way: Callable[[], int]) -> None:
        """Until cancelled. When all attempts under way have ended, nobody else is waited for."""
        while True:
            group = [await self._waiting.get()]
            await self._gather(group, under_way)
            await self._commit([ruling for ruling, _ in group])
            for _, done in group:
                if not done.done():
                    done.set_result(None)

    async def _gather(self, group: list[tuple[Ruling, asyncio.Future[None]]], under_way: Callable[[], int]) -> None:
        if not self._together:
            return
        try:
            async with asyncio.timeout(self._together):
                while len(group) < under_way():
                    group.append(await self._waiting.get())
        except TimeoutError:
            pass

    async def _commit(self, rulings: Sequence[Ruling]) -> None:
        """Tries until the database takes it, also after the lease: if the next sender was quicker, nothing is recorded."""

        def work(unit: Unit) -> Sequence[int]:
            return record(unit, rulings, self.tenure.fence, self._clock.now())

        while True:
            try:
                recorded = await self._store.write(work)
            except Unavailable:
                await asyncio.sleep(DATABASE_PAUSE)
            else:
                tell(self._meter, rulings, recorded)
                return
