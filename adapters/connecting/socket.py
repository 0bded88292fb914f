"""One WebSocket: it reads without ever waiting for what a frame means, watches for silence, and closes in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any, Protocol

import aiohttp
from msgspec import Struct

from adapters.channel import Count
from adapters.connecting.crew import Crew, Work
from adapters.connecting.endings import Denied, Ending, Failed, Kicked, Retiring
from adapters.connecting.pace import Pace

log = logging.getLogger(__name__)

CLOSE_SECONDS = 2.0
MOST_MISSED = 2
"""Pings without any sign of life after them."""
_DATA = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)


class Pulse(Struct, frozen=True, kw_only=True):
    """How it is noticed that a connection only looks alive; seconds, 0: not at all."""

    ping: float = 10.0
    """Between RFC 6455 pings. Nothing at all after two of them: half-dead."""
    says: float = 0.0
    """Between pings of the messenger's own making (``Dialect.ping``)."""
    silence: float = 0.0
    """The longest time without a frame of the messenger's own: the server lives, but has forgotten us."""


class Listener(Protocol):
    """What a socket asks of its messenger; ``adapters.connecting.dialect`` says what each is for."""

    @property
    def pulse(self) -> Pulse: ...
    @property
    def overlaps(self) -> bool: ...
    def hear(self, socket: Socket, data: str | bytes) -> Work | None: ...
    def ping(self, socket: Socket) -> str | bytes | None: ...


class Socket:
    """``note`` is the address's."""

    def __init__(
        self, name: str, ws: aiohttp.ClientWebSocketResponse, listener: Listener, note: str, pace: Pace, count: Count
    ) -> None:
        self.note = note
        self.ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        """Why the life cycle has to go on; a retiring socket reads on."""
        self._name = name
        self._ws = ws
        self._listener = listener
        self._pace = pace
        self._count = count
        self._crew = Crew(name)
        self._beside: set[asyncio.Task[Any]] = set()
        self._taking = True
        self._gone = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self._opened = self._heard = self._said = self._now()

    # -- for the messenger -------------------------------------------------------------------------------------------

    async def send(self, data: str | bytes) -> bool:
        """Whether it was written to this very connection while it was open; an acknowledgement belongs nowhere else."""
        trouble = await self._write(self._ws.send_str(data) if isinstance(data, str) else self._ws.send_bytes(data))
        if trouble:
            self._over(Failed(f"写入失败（{trouble}）"))
        return not trouble

    def retire(self, why: str) -> None:
        """The platform announced that it will close this connection (DingTalk's ``disconnect``)."""
        self._over(Retiring(why))

    def kicked(self, why: str) -> None:
        """Another connection took this one's place (WeCom's ``disconnected_event``)."""
        self._over(Kicked(why))

    def denied(self, why: str) -> None:
        """The platform does not let us in any more (credentials changed)."""
        self._over(Denied(why))

    def failed(self, why: str) -> None:
        """The messenger's own signs say that this connection is of no use."""
        self._over(Failed(why))

    @property
    def open(self) -> bool:
        over = self.ending.done() and not isinstance(self.ending.result(), Retiring)
        return not over and not self._ws.closed

    # -- for the life cycle ------------------------------------------------------------------------------------------

    @property
    def age(self) -> float:
        return self._now() - self._opened

    async def live(self) -> None:
        """Until the connection is gone and what was taken has been answered."""
        pulses = [asyncio.create_task(self._watch()), asyncio.create_task(self._talk())]
        try:
            await self._read()
        except Exception:
            log.exception("%s: reading ended", self._name)
        finally:
            self._over(Failed("读取中断"))
            self._gone.set()
            for pulse in pulses:
                pulse.cancel()
            await self.finish()

    async def linger(self) -> None:
        """A newer connection is there: this one hears out what is on its way, then closes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.grace):
                await self._gone.wait()
        await self.finish()

    def leave(self) -> None:
        """Takes nothing more from now on; acknowledgements of our own frames are still heard."""
        self._taking = False

    async def finish(self) -> None:
        """Takes nothing more; what was taken is answered; then it closes."""
        self.leave()
        if not await self._crew.done(self._pace.drain):
            log.warning("%s: some frames were not answered before the connection closed", self._name)
        await self.close()

    async def close(self) -> None:
        """At once, with at most two seconds for the other side's goodbye."""
        try:
            async with asyncio.timeout(2 * CLOSE_SECONDS):
                await self._ws.close()
        except TimeoutError:
            log.debug("%s: closed without a goodbye", self._name)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _over(self, ending: Ending) -> None:
        """The first cause counts. A retiring connection stays open: what it still brings would not come again."""
        if not self.ending.done():
            self.ending.set_result(ending)
        if not isinstance(ending, Retiring):
            self._aside(self.close())

    def _aside(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return task

    async def _write(self, frame: Coroutine[Any, Any, None]) -> str:
        """ "" or why it could not be written in time. Never cancelled: all writers of a full connection wait for one
        future inside aiohttp, and whoever is cancelled there cancels it for the others; closing lets them go."""
        writing = self._aside(frame)
        await asyncio.wait({writing}, timeout=self._pace.write)
        if not writing.done() or writing.cancelled():
            return "TimeoutError"
        error = writing.exception()
        if error and not isinstance(error, OSError | aiohttp.ClientError):
            raise error
        return type(error).__name__ if error else ""

    async def _read(self) -> None:
        while True:
            message = await self._ws.receive()
            self._heard = self._now()
            if message.type in _DATA:
                self._said = self._heard
                self._hear(message.data)
                await asyncio.sleep(0)  # a burst that is already buffered would otherwise be read in one go
            elif message.type is aiohttp.WSMsgType.PING:
                self._aside(self._write(self._ws.pong(message.data)))
            elif message.type is not aiohttp.WSMsgType.PONG:
                self._over(Failed(f"对方关闭了连接（{self._ws.close_code or '没有告别'}）"))
                return

    def _hear(self, data: str | bytes) -> None:
        try:
            work = self._listener.hear(self, data)
        except ValueError:
            log.warning("%s: a frame is not what the platform documents", self._name)
            self._count("malformed")
            return
        except Exception:
            log.exception("%s: a frame could not be read", self._name)
            self._count("error")
            return
        if work and not (self._taking and self._crew.take(work)):
            self._count("not_taken")

    async def _watch(self) -> None:
        missed = 0
        while (pulse := self._listener.pulse).ping or pulse.silence:
            asked = self._now()
            if pulse.ping:
                await self._write(self._ws.ping())  # that it failed shows in the silence that follows
            await asyncio.sleep(pulse.ping or pulse.silence / 4)
            missed = 0 if self._heard >= asked else missed + 1
            if pulse.ping and missed >= MOST_MISSED:
                return self._over(Failed("连接没有任何回应"))
            if pulse.silence and self._now() - self._said > pulse.silence:
                why = f"{pulse.silence:.0f} 秒没有收到任何内容"
                return self._over(Retiring(why) if self._listener.overlaps else Failed(why))

    async def _talk(self) -> None:
        while says := self._listener.pulse.says:
            await asyncio.sleep(says)
            if frame := self._listener.ping(self):
                await self.send(frame)
