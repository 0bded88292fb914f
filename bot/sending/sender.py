"""One channel's sender: elected by a lease, it takes due rows within the limits and sends them side by side."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cabinet import Cabinet
from bot.clock import Clock
from bot.errors import Unavailable
from bot.log import tracing
from bot.ports import Adapter, OutboxRow, Outcome, Retry, Store, Unit, Unknown
from bot.sending.limits import Breaker, Limiter
from bot.sending.media import MediaDesk, Uploader
from bot.sending.outcomes import Ruling, Spread, after, orphaned
from bot.sending.plan import Plan, Planner, Request
from bot.sending.settler import DATABASE_PAUSE, TOGETHER, Meter, Settler, record, tell
from bot.sending.tenure import PROLONGED_WITHIN, Tenure

log = logging.getLogger(__name__)

IN_FLIGHT = 64
LONGEST_LOOK = 2048
"""Rows read at most to find some whose chats are within their limits."""
ANSWER_WITHIN = 30.0
"""Adapters have time-outs of their own; this one keeps a chat from waiting for ever if one of them fails."""
DRAIN = 8.0
"""Seconds for answers when stopping, and then for recording them: 10 together are promised."""
RECORDED_WITHIN = 1.0
LONGEST_CANDIDACY = 5.0
"""Seconds between two attempts to take a lease that another process holds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks at the outbox, and for which the lease is taken; how retries are spread."""

    poll: float = 1.0
    lease: float = 20.0
    spread: Spread = random.uniform


@dataclass(frozen=True, slots=True)
class Files:
    """Where files lie, and by whom each channel is given them."""

    cabinet: Cabinet
    uploaders: Mapping[str, Uploader]


Elected = Callable[[str, bool], None]
"""(channel, whether this process is its sender from now on)"""


class Sender:
    def __init__(
        self,
        adapter: Adapter,
        store: Store,
        clock: Clock,
        meter: Meter,
        pace: Pace,
        elected: Elected,
        files: Files | None = None,
    ) -> None:
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._meter = meter
        self._pace = pace
        self._elected = elected
        self._media = (
            MediaDesk(files.uploaders[adapter.channel], store, files.cabinet, clock, self.wake) if files else None
        )
        machine = asyncio.get_running_loop().time
        self._limiter = Limiter(adapter.limits, machine)
        self._planner = Planner(adapter, self._limiter)
        self._breaker = Breaker(machine)
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[Outcome]] = set()
        self._alone = False
        self._faulty = False
        self._look = 0
        self._last_fence = 0

    @property
    def channel(self) -> str:
        return self._adapter.channel

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self.wake()

    async def run(self) -> None:
        """Stands for election, sends while elected; until stopped."""
        while not self._stopping.is_set():
            try:
                name = f"sender:{self.channel}"
                tenure = await Tenure.begin(self._store, name, self._pace.lease, self._last_fence)
                if tenure:
                    self._last_fence = tenure.fence
                    await self._serve(tenure)
            except Unavailable as error:
                log.warning("%s waits for the database: %s", self.channel, error)
            except Exception:
                log.exception("the sender of %s starts anew", self.channel)
            await _rest(self._stopping, min(self._pace.lease / PROLONGED_WITHIN, LONGEST_CANDIDACY))

    async def _serve(self, tenure: Tenure) -> None:
        """Whatever goes wrong in here ends the tenure: under the next fence all that was under way is found again."""
        together = TOGETHER if self._adapter.can.repeat_window else 0.0
        settler = Settler(self._store, self._clock, self._meter, tenure, together)
        keeper = asyncio.create_task(self._keep(tenure))
        settling = asyncio.create_task(settler.run(lambda: len(self._flying)))
        for helper in (keeper, settling):
            helper.add_done_callback(lambda _: self.wake())
        try:
            self._faulty = False
            await self._adopt(tenure)
            while tenure.held and not (self._stopping.is_set() or keeper.done() or settling.done() or self._faulty):
                self._woken.clear()
                await _rest(self._woken, min(await self._round(settler), self._pace.poll))
        finally:
            if self._media:
                await self._media.stop()
            await self._land(tenure, settling)
            keeper.cancel()
            settling.cancel()
            ends = await asyncio.gather(keeper, settling, return_exceptions=True)
            await tenure.end()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _keep(self, tenure: Tenure) -> None:
        """Until it is lost, which is told at once whatever is still to land: of some connections there may be only one."""
        self._elected(self.channel, True)
        try:
            await tenure.keep()
        finally:
            self._elected(self.channel, False)

    async def _land(self, tenure: Tenure, settling: asyncio.Task[None]) -> None:
        """Lets requests be answered while the lease is held; what is known is recorded however long the database needs."""
        if self._asking and tenure.held:
            await asyncio.wait(self._asking, timeout=DRAIN)
        for asking in self._asking:
            asking.cancel()
        while self._flying and not settling.done():
            await asyncio.wait(self._flying, timeout=RECORDED_WITHIN)
            if self._stopping.is_set():
                break
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    async def _adopt(self, tenure: Tenure) -> None:
        """Rules on what an earlier sender left behind."""

        def work(unit: Unit) -> tuple[list[Ruling], Sequence[int]]:
            now = self._clock.now()
            rulings = [orphaned(r, now, self._adapter.can) for r in unit.outbox.orphans(self.channel, tenure.fence)]
            return rulings, record(unit, rulings, tenure.fence, now)

        tell(self._meter, *await self._store.write(work))

    async def _round(self, settler: Settler) -> float:
        """One look at the outbox; returns the seconds until the next is worth while, 0.0 after progress."""
        room = self._room()
        if room <= 0:
            return self._breaker.wait() or self._limiter.ready("", "") or math.inf
        now = self._clock.now()
        most = min(room + self._look, LONGEST_LOOK)
        try:
            rows = await self._store.read(lambda unit: unit.outbox.due(self.channel, now, most))
            ready = await self._media.ready(rows) if self._media else rows
        except Unavailable:
            return DATABASE_PAUSE
        self._meter.queue_age(self.channel, _age(rows, now))
        plan = self._planner.plan(ready, room, now, nothing_under_way=not self._flying)
        if plan.chosen or plan.rulings:
            self._look = plan.left_out
            progress = await self._commit(plan, settler)
            all_gone = len(plan.chosen) == len(rows) < most  # what comes now wakes the sender
            return 0.0 if progress and not all_gone else math.inf
        if plan.left_out == most < LONGEST_LOOK:
            self._look = most
            return 0.0
        return plan.wait

    def _room(self) -> int:
        """How many rows may be taken now."""
        if self._alone or self._breaker.wait():
            return 0
        if self._breaker.probing:
            return 0 if self._flying else 1
        return min(IN_FLIGHT - len(self._flying), self._limiter.room())

    async def _commit(self, plan: Plan, settler: Settler) -> bool:
        """Claims and records in one commit, then starts what it got; False if nothing came of it."""
        began, fence = self._clock.now(), settler.tenure.fence

        claims = [(request.row.id, request.payload) for request in plan.chosen]

        def work(unit: Unit) -> tuple[Sequence[int], Sequence[int]]:
            return record(unit, plan.rulings, fence, began), unit.outbox.claim(claims, fence, began)

        got: Sequence[int] = ()
        try:
            recorded, got = await self._store.write(work)
            tell(self._meter, plan.rulings, recorded)
        finally:
            for request in plan.chosen:
                if request.row.id in got:
                    self._launch(request, began, settler)
                else:
                    request.ticket.give_back()
        return bool(recorded or got)

    def _launch(self, request: Request, began: datetime, settler: Settler) -> None:
        self._alone = request.is_suspect
        asking = asyncio.create_task(self._ask(request, settler.tenure))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        task = asyncio.create_task(self._send(request, asking, began, settler))
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._alone = False
        self.wake()
        if not task.cancelled() and task.exception():
            self._faulty = True
            log.error("an attempt on %s failed", self.channel, exc_info=task.exception())

    async def _send(self, request: Request, asking: asyncio.Task[Outcome], began: datetime, settler: Settler) -> None:
        try:
            outcome = await asking
        finally:
            request.ticket.give_back()
        match outcome:
            case Retry(seconds, _, whole_channel=True):
                self._breaker.failed(seconds)
            case Unknown():
                self._breaker.doubted()
            case _:
                self._breaker.passed()
        ruling = after(request.row, outcome, began, self._adapter.can, self._pace.spread)
        await settler.settle(ruling)
        if 0.0 < ruling.settled.wait < self._pace.poll:
            asyncio.get_running_loop().call_later(ruling.settled.wait, self.wake)

    async def _ask(self, request: Request, tenure: Tenure) -> Outcome:
        if not tenure.held:
            return Retry(0.0, "the lease ended before it was sent")
        row = request.row
        request.ticket.start()
        try:
            with tracing(row.trace):
                async with asyncio.timeout(ANSWER_WITHIN):
                    return await self._adapter.deliver(row, request.payload)
        except TimeoutError:
            return Unknown(f"no answer within {ANSWER_WITHIN:.0f} s")
        except asyncio.CancelledError:
            return Unknown("stopped while it was being sent")
        except Exception as error:
            log.exception("%s %d of %s", row.what.value, row.id, self.channel)
            return Unknown(f"the adapter failed: {type(error).__name__}")


def _age(rows: Sequence[OutboxRow], now: datetime) -> float:
    return max(((now - row.created).total_seconds() for row in rows if row.created), default=0.0)


async def _rest(woken: asyncio.Event, seconds: float) -> None:
    if seconds > 0:
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            pass
