"""The tick: whatever is due in the database is run, each (job, slot) once, by whichever process comes first.

APScheduler is only the metronome, in memory: two processes that share one of its stores ran 220 of 230 slots twice, and
its default grace of a second drops what comes late. Ticks are on machine time; what is due is decided in business time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock, machine
from bot.errors import OperatorError, Unavailable, reason
from bot.ports import Slot, Store, Unit

log = logging.getLogger(__name__)

INBOX_KEPT = timedelta(hours=48)
"""Messengers repeat a push for up to 7.1 h; a key may be forgotten after 24 h (contract 3)."""
FAILED_KEPT = timedelta(days=30)
"""What was to be put right by hand survives the longest holiday."""

Run = Callable[[Slot, Any, datetime], None]
"""Runs one slot in its own transaction: ``run(slot, unit, now)``; ``slot.due`` is its own instant, ``now`` the present."""


class Recurring(Protocol):
    @property
    def job(self) -> str: ...

    def next(self, due: datetime, now: datetime) -> datetime:
        """The instant after ``due``; whether those between it and ``now`` are made up for is its own affair."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a local time. Days that were missed are made up for, each with its own due instant."""

    job: str
    at: time
    zone: ZoneInfo

    def next(self, due: datetime, now: datetime) -> datetime:
        day = due.astimezone(self.zone).date()
        # An hour that daylight saving skips or repeats still gives one instant a day.
        found = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        while found <= due:
            day += timedelta(days=1)
            found = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        return found


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes of business time; what was missed is not made up for."""

    job: str
    minutes: int

    def next(self, due: datetime, now: datetime) -> datetime:
        step = self.minutes * 60
        last = max(due, now).timestamp()
        return datetime.fromtimestamp((last // step + 1) * step, UTC)


@dataclass(frozen=True, slots=True)
class Chore:
    """Housekeeping that any process may do: at every tick, or once in so many seconds of machine time."""

    name: str
    run: Callable[[Any, datetime], object]
    every: float = 0.0


def purge_inbox(unit: Unit, now: datetime) -> int:
    return unit.inbox.purge(now - INBOX_KEPT, now - FAILED_KEPT)


PURGE_INBOX = Chore("purge inbox", purge_inbox, every=3600.0)


class Ticker:
    """One process's tick. Any number of processes may tick on one database."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        jobs: Mapping[str, Run],
        *,
        recurring: Sequence[Recurring] = (),
        chores: Sequence[Chore] = (PURGE_INBOX,),
        tick_seconds: float = 5.0,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._recurring = {each.job: each for each in recurring}
        self._chores = chores
        self._done_at: dict[str, float] = {}
        self._seconds = tick_seconds
        self._one_at_a_time = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._promised = False
        self.last_tick: float | None = None
        """Machine time of the last sign of life: a tick's end, or a slot's."""

    async def start(self) -> None:
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._seconds,
            id="tick",
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Waits for the slot that is running."""
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()
            async with self._one_at_a_time:
                self._scheduler.shutdown(wait=False)

    async def tick(self) -> int:
        """Runs all that is due, in order of due; how many slots ran well. Also called by whoever moves the clock."""
        async with self._one_at_a_time:
            try:
                await self._promise_recurring()
                ran = await self._run_due()
                await self._do_chores()
            except Unavailable as error:
                log.warning("the tick waits for the database: %s", error)
                return 0
            except Exception:
                log.exception("the tick failed")
                return 0
            self.last_tick = machine()
            return ran

    async def _promise_recurring(self) -> None:
        """Once, at the start; from then on each slot promises the next one."""
        if not self._promised:
            now = self._clock.now()
            slots = [_slot(each, each.next(now, now)) for each in self._recurring.values()]
            await self._store.write(lambda unit: _promise(unit, slots))
            self._promised = True

    async def _run_due(self) -> int:
        ran = 0
        while True:
            claimed: list[Slot] = []
            try:
                await self._store.write(partial(self._run_next, claimed))
            except Unavailable:
                raise
            except Exception as error:
                if not claimed:
                    raise
                log.exception("job %s, slot %s", claimed[0].job, claimed[0].slot)
                await self._fail(claimed[0], error)
            else:
                if not claimed:
                    return ran
                ran += 1
            self.last_tick = machine()

    def _run_next(self, claimed: list[Slot], unit: Unit) -> None:
        """Claims the earliest due slot and runs it, in one transaction; it is told to the caller whatever happens."""
        now = self._clock.now()
        claimed[:] = unit.jobs.claim_due(now, 1)  # anew: PostgreSQL may have undone an attempt and what it had claimed
        for slot in claimed:
            self._promise_next(unit, slot, now)
            run = self._jobs.get(slot.job)
            if run is None:
                raise OperatorError(f"this program knows no job {slot.job}: is an older one running beside a newer?")
            run(slot, unit, now)

    async def _fail(self, slot: Slot, error: Exception) -> None:
        def work(unit: Unit) -> None:
            now = self._clock.now()
            unit.jobs.fail(slot, now, reason(error))
            self._promise_next(unit, slot, now)

        await self._store.write(work)

    def _promise_next(self, unit: Unit, slot: Slot, now: datetime) -> None:
        """Also when the slot fails: one bad day does not end a daily job."""
        recurring = self._recurring.get(slot.job)
        if recurring:
            unit.jobs.promise(_slot(recurring, recurring.next(slot.due, now)))

    async def _do_chores(self) -> None:
        for chore in self._chores:
            done_at = self._done_at.get(chore.name)
            if done_at is not None and machine() - done_at < chore.every:
                continue
            try:
                await self._store.write(partial(_do, chore, self._clock.now()))
            except Unavailable:
                raise
            except Exception:
                log.exception("housekeeping: %s", chore.name)
            self._done_at[chore.name] = machine()


def _slot(recurring: Recurring, due: datetime) -> Slot:
    return Slot(job=recurring.job, slot=due.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"), due=due)


def _promise(unit: Unit, slots: Sequence[Slot]) -> None:
    for slot in slots:
        unit.jobs.promise(slot)


def _do(chore: Chore, now: datetime, unit: Unit) -> None:
    chore.run(unit, now)
