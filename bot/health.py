"""Is this process alive, and can it work: the bodies of ``/health/live`` and ``/health/ready``, and the loop's lag."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from bot.errors import Unavailable
from bot.metrics import Metrics
from bot.ports import Store

OLDEST_TICK = 30.0
DATABASE_PATIENCE = 3.0
LAG_SAMPLE = 0.5


class ChannelState(Struct, frozen=True):
    """``why`` is for an operator to read; a channel that does not work leaves the others and readiness alone."""

    up: bool
    why: str = ""


class Live(Struct, frozen=True, kw_only=True):
    live: bool = True


class Ready(Struct, frozen=True, kw_only=True):
    """``reasons`` are why not; ``warnings`` do not make it unready. ``tick_age`` in seconds, None before the first."""

    ready: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    database: bool
    tick_age: float | None
    channels: dict[str, ChannelState]


class Health:
    """``tick_age``: machine seconds since the newest tick of this process, None before the first; ``spent``: what the
    messengers have charged this month, by (channel, kind)."""

    def __init__(
        self,
        store: Store,
        tick_age: Callable[[], float | None],
        channels: Callable[[], Mapping[str, ChannelState]],
        warnings: Callable[[], tuple[str, ...]] = tuple,
        spent: Callable[[], Mapping[tuple[str, str], int]] = dict,
    ) -> None:
        self._store = store
        self._tick_age = tick_age
        self._channels = channels
        self._warnings = warnings
        self._spent = spent

    def live(self) -> Live:
        return Live()

    async def ready(self) -> Ready:
        age = self._tick_age()
        database = await self._database()
        reasons = []
        if not database:
            reasons.append("数据库没有应答")
        if age is None:
            reasons.append("定时器尚未开始")
        elif age > OLDEST_TICK:
            reasons.append(f"定时器已停 {age:.0f} 秒")
        return Ready(
            ready=not reasons,
            reasons=tuple(reasons),
            warnings=self._warnings(),
            database=database,
            tick_age=None if age is None else round(age, 1),
            channels=dict(self._channels()),
        )

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(DATABASE_PATIENCE):
                await self._store.read(_touch)
        except (Unavailable, TimeoutError):
            return False
        return True

    async def scrape(self, metrics: Metrics) -> None:
        """Brings the figures up to date that only the database and the channels know."""
        metrics.channels({name: state.up for name, state in self._channels().items()})
        metrics.quota(self._spent())
        try:
            async with asyncio.timeout(DATABASE_PATIENCE):
                rows, failures = await self._store.read(_counts)
        except (Unavailable, TimeoutError):
            rows, failures = {}, {}
        metrics.outbox(rows)
        metrics.failures(failures)


def _counts(unit: Any) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    return unit.outbox.state_counts(), unit.inbox.failure_counts()


def _touch(unit: Any) -> None:
    unit.identity.person(0)


async def watch_loop(report: Callable[[float], None]) -> None:
    """Runs for ever: reports how many seconds later than asked the event loop woke."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time() + LAG_SAMPLE
        await asyncio.sleep(LAG_SAMPLE)
        report(max(0.0, loop.time() - asked))
