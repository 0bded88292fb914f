"""The asynchronous edge of a turn: one at a time per account, a limit to waiting, three ends (design 3).

A push is acknowledged by whoever called ``take`` after it returned, which is after the commit.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.converse import Conversation
from bot.errors import Unavailable, reason
from bot.log import tracing
from bot.messages import NOTHING, Answer, AnyInbound, Press, Read, Say, Toast, ToastTone, Upload, known_as, single_chat
from bot.ports import End, Failure, Outgoing, Sending, Store, Taken, Trace, Unit
from bot.watching import WRITTEN, Watch, of_push, watched

T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE = 1.5
"""Seconds until a click is told that it is being worked on (DingTalk's callback gives 2)."""
MOST_WAITING = 20
"""Pushes of one account that may wait for their turn; more are refused, so that the messenger repeats them later."""
PAUSES = (0.5, 1.0, 2.0)
"""Seconds between attempts at a turn, and then at recording its failure, when nobody else will repeat the push."""
WORKING = Answer(Toast("已收到，正在处理，结果马上发给您。"))
Observe = Callable[[str, str, float], None]
"""(channel, end, seconds) of each turn, for the metrics."""


class Waiting:
    """Whether the edge still waits. The turn asks once, when it writes its reply; from a yes on the edge stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = False
        self._promised = False

    def __call__(self) -> bool:
        with self._lock:
            self._promised = not self._gone
            return self._promised

    def leave(self) -> bool:
        """The edge wants to go; False if the turn has counted on it already."""
        with self._lock:
            self._gone = not self._promised
            return self._gone


class Lanes:
    """One turn at a time per account, in order of arrival, holding neither thread nor connection."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    @asynccontextmanager
    async def enter(self, lane: str) -> AsyncIterator[None]:
        waiting = self._waiting.get(lane, 0)
        if waiting >= MOST_WAITING:
            raise Unavailable(f"{waiting} turns of one account are waiting")
        self._waiting[lane] = waiting + 1
        lock = self._locks.setdefault(lane, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            self._waiting[lane] -= 1
            if not self._waiting[lane]:
                del self._waiting[lane]
                del self._locks[lane]


class Dispatcher:
    """Implements the Intake port."""

    def __init__(self, store: Store, conversation: Conversation, clock: Clock, observe: Observe | None = None) -> None:
        self.store = store
        self.conversation = conversation
        self.clock = clock
        self.observe = observe or (lambda _channel, _end, _seconds: None)
        self._lanes = Lanes()
        self.trace: Trace | None = None
        """Who hears of the steps of turns."""
        self.file_wanted: Callable[[], None] = lambda: None
        """Called after the commit of a turn that somebody's file made."""
        self._running: dict[tuple[str, str], asyncio.Task[Taken]] = {}

    async def take(self, inbound: AnyInbound, at: datetime | None = None) -> Taken:
        """Raises Unavailable if the push could not be stored. ``at``: it came then, and that is its now."""
        push = (inbound.place.channel, inbound.key)
        if same := self._running.get(push):
            return await asyncio.shield(same)  # a repetition while the first is under way takes no place in the lane
        waiting = Waiting()
        task = self._running[push] = asyncio.create_task(self._in_lane(inbound, waiting, at))
        task.add_done_callback(lambda _task: self._ended(push, task))
        if not isinstance(inbound, Press):
            return await asyncio.shield(task)
        await asyncio.wait({task}, timeout=PATIENCE)
        if not task.done() and waiting.leave():
            return Taken(WORKING)
        return await asyncio.shield(task)

    async def answered(self, taken: Taken) -> None:
        """The answer reached the clicked copy: the edits held for it are not needed."""
        if taken.held:
            await self.store.write(lambda unit: unit.outbox.drop_held(taken.held))

    async def reachable(self) -> bool:
        """Whether the database takes anything now."""
        try:
            await self.store.write(lambda _: None)
        except Unavailable:
            return False
        return True

    async def drain(self) -> None:
        """Waits for the turns under way; nothing new should be taken by then."""
        while self._running:
            await asyncio.wait(set(self._running.values()))

    async def replay(self, failure: Failure) -> End | None:
        """Runs the turn of a push that failed once more; None if it has ended by now, FAILED if it stays where it is.

        Whoever it belongs to has been told sorry already, and is not told so again.
        """
        push = failure.push

        def work(unit: Unit) -> End | None:
            with tracing(push.trace):
                return self.conversation.replay(unit, failure, self.clock.now())

        try:
            end = await self.store.write(work, turn=True, lane=str(push.sender))
        except Exception as error:
            log.exception("turn failed again", extra={"trace": push.trace})
            end, why = End.FAILED, reason(error)
            await self.store.write(
                lambda unit: unit.inbox.fail(push, failure.received, NOTHING, failure.reference, why)
            )
        if end is not None:
            log.info("turn replayed", extra={"trace": push.trace, "channel": push.place.channel, "end": end})
        return end

    def _ended(self, push: tuple[str, str], task: asyncio.Task[Taken]) -> None:
        self._running.pop(push, None)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, Unavailable):
            log.error("turn could not be recorded", exc_info=error)

    async def _in_lane(self, inbound: AnyInbound, waiting: Waiting, at: datetime | None) -> Taken:
        async with self._lanes.enter(str(inbound.sender)):
            started = time.monotonic()
            end, taken = await self._turn(inbound, waiting, at)
            took = time.monotonic() - started
        if isinstance(inbound, Upload):
            self.file_wanted()
        self.observe(inbound.place.channel, end, took)
        log.info(
            "turn",
            extra={"trace": inbound.trace, "channel": inbound.place.channel, "end": end, "ms": round(took * 1000)},
        )
        return taken

    async def _turn(self, inbound: AnyInbound, waiting: Waiting, at: datetime | None) -> tuple[End, Taken]:
        watches: list[Watch] = []
        make = self._watching(inbound, watches)

        def work(unit: Unit) -> tuple[End, Taken]:
            with tracing(inbound.trace), watched(make):  # a worker thread knows nothing of the request it works for
                return self.conversation.turn(unit, inbound, at or self.clock.now(), waiting)

        try:
            ended = await self._commit(work, str(inbound.sender), waiting)
            self._tell(watches, "")
            return ended
        except Unavailable as error:
            if waiting():
                raise
            log.exception("turn failed after its result was promised", extra={"trace": inbound.trace})
            why = reason(error)
        except Exception as error:
            log.exception("turn failed", extra={"trace": inbound.trace})
            why = reason(error)
        self._tell(watches, why)
        came = at or self.clock.now()
        return End.FAILED, await self._failed(inbound, came, why, in_chat=isinstance(inbound, Say) or not waiting())

    async def _commit(self, work: Callable[[Unit], T], lane: str, waiting: Waiting) -> T:
        """Once the result is promised nobody repeats the push: short absences of the database are waited out."""
        for pause in PAUSES:
            try:
                return await self.store.write(work, turn=True, lane=lane)
            except Unavailable:
                if waiting():
                    raise
                await asyncio.sleep(pause)
        return await self.store.write(work, turn=True, lane=lane)

    def _watching(self, inbound: AnyInbound, watches: list[Watch]) -> Callable[[], Watch] | None:
        """None: nobody listens. The work may run more than once; the last watch is of the one that counts."""
        if self.trace is None or isinstance(inbound, Read):
            return None
        began = time.monotonic()

        def make() -> Watch:
            watches.append(of_push(inbound, began))
            return watches[-1]

        return make

    def _tell(self, watches: list[Watch], failure: str) -> None:
        if self.trace is None or not watches:
            return
        watch = watches[-1]
        if failure:
            watch.stop(WRITTEN, ("没有提交", failure))
        else:
            watch.note(WRITTEN, ("提交", "一次，在应答之前"))
        watch.tell(self.trace)

    async def _failed(self, inbound: AnyInbound, came: datetime, why: str, *, in_chat: bool) -> Taken:
        """Keeps the push for an operator's replay and says sorry with a reference; a replay takes the same key.

        ``in_chat``: nobody waits for an answer; who was told that the result follows is told this.
        """
        reference = inbound.trace[:8]
        sorry = f"抱歉，这次没有办成，已记录（编号 {reference}），我们会尽快处理。您也可以稍后再试。"
        answer = Answer(Toast(sorry, ToastTone.ERROR)) if isinstance(inbound, Press) else Answer()

        def work(unit: Unit) -> None:
            unit.inbox.fail(inbound, came, answer, reference, why)
            if in_chat:
                place = inbound.place if inbound.place.group else single_chat(known_as(inbound))
                said = Outgoing(what=Sending.SEND, place=place, content=sorry, trace=inbound.trace)
                unit.outbox.add(said, self.clock.now())

        for pause in PAUSES if in_chat else ():
            try:
                await self.store.write(work)
            except Unavailable:
                await asyncio.sleep(pause)
            else:
                return Taken(answer)
        await self.store.write(work)
        return Taken(answer)
