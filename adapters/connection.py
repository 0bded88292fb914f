"""The life of a long connection, the same for DingTalk Stream, Feishu's long connection and WeCom's smart bot.

    class Stream(Dialect):
        pulse = Pulse(silence=120.0)

        async def dial(self) -> Address | Failed | Denied:
            reply = await send(self._session(), Call(method="POST", url=..., payload=...))
            ...
            return Address(f"{opened.endpoint}?ticket={quote(opened.ticket)}")

        def hear(self, socket: Socket, data: str | bytes) -> Work | None:
            frame = decode(data)                                  # ValueError: counted, the connection stays
            if frame.topic == "ping":
                return partial(socket.send, pong(frame))
            if frame.topic == "disconnect":
                socket.retire(frame.reason)                       # the next one opens before this one closes
                return None
            return partial(self._take, socket, frame)             # beside all other frames

        async def _take(self, socket: Socket, frame: Frame) -> None:
            taken = await self._intake.take(inbound)              # returns after the commit; Unavailable: no 200
            if await socket.send(ack(frame, taken.answer)):       # to the connection the frame came from, or nowhere
                await self._intake.answered(taken)

    connection = Connection("dingtalk", "钉钉 Stream 连接", Stream(...), session, count)
    await connection.start()      # Channel.listen: returns at once
    connection.state              # Channel.state: up, or a sentence that says why not
    await connection.stop()       # Channel.leave: takes nothing more, answers what was taken, closes

Two connections of one process are two ``Connection`` objects over one dialect; ``combined`` gives their one state. A
connection of which there may be only one (``overlaps = False``) starts in ``elected(True)`` and stops in ``elected(False)``;
after it was kicked only another ``start`` opens it again. What is sent unasked goes through ``connection.socket``.

An address is asked for anew each time, each step has its time limit, failures are followed by growing pauses with full
jitter, and only a connection that stood for a while ends that growth. Machine time only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, assert_never

import aiohttp

from adapters.channel import Count
from adapters.connecting.crew import Work
from adapters.connecting.dialect import Address, Dialect
from adapters.connecting.endings import Denied, Ending, Failed, Kicked, Retiring
from adapters.connecting.pace import Pace, pause
from adapters.connecting.socket import CLOSE_SECONDS, Pulse, Socket
from bot.health import ChannelState

__all__ = ["Address", "Connection", "Denied", "Dialect", "Failed", "Pace", "Pulse", "Socket", "Work", "combined"]

log = logging.getLogger(__name__)

MOST_FRAME = 1024 * 1024
UP = ChannelState(up=True)


def combined(states: Iterable[ChannelState]) -> ChannelState:
    """Of several connections that stand in for each other: up if one of them is."""
    every = list(states)
    return next((state for state in every if state.up), every[0])


class Connection:
    """``title`` is what an operator calls it; ``session`` is the channel's one session."""

    def __init__(
        self,
        name: str,
        title: str,
        dialect: Dialect,
        session: Callable[[], aiohttp.ClientSession],
        count: Count = lambda _: None,
        pace: Pace = Pace(),  # noqa: B008 frozen
    ) -> None:
        self._name = name
        self._title = title
        self._dialect = dialect
        self._session = session
        self._count = count
        self._pace = pace
        self._keeping: asyncio.Task[None] | None = None
        self._lives: dict[Socket, asyncio.Task[None]] = {}
        self._socket: Socket | None = None
        self._beside: set[asyncio.Task[None]] = set()
        self._why = f"{title}尚未开始"

    @property
    def state(self) -> ChannelState:
        return UP if self.socket else ChannelState(up=False, why=self._why)

    @property
    def socket(self) -> Socket | None:
        """The newest connection that was let in, if it is still open."""
        return self._socket if self._socket and self._socket.open else None

    async def start(self) -> None:
        """Returns at once; does nothing while the connection is kept already."""
        if self._keeping is None or self._keeping.done():
            self._why = f"正在建立{self._title}"
            self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Opens nothing more and takes nothing more; what was taken is answered; then everything is closed."""
        for socket in self._lives:
            socket.leave()
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None
        await asyncio.gather(*(socket.finish() for socket in self._lives))
        await asyncio.gather(*self._lives.values(), *self._beside)
        self._why = f"{self._title}已关闭"

    # -- the cycle ---------------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        failures = 0
        while True:
            opened = await self._open()
            ending = await self._stands(opened) if isinstance(opened, Socket) else opened
            proven = isinstance(opened, Socket) and opened.age >= self._pace.proven
            self._tell(ending)
            match ending:
                case Kicked():
                    return
                case Denied():
                    await asyncio.sleep(self._pace.spread(self._pace.denied / 2, self._pace.denied))
                case Retiring() if proven:
                    failures = 0
                case Failed() | Retiring():
                    failures = 1 if proven else failures + 1
                    await asyncio.sleep(pause(self._pace, failures))
                case _:
                    assert_never(ending)

    async def _stands(self, socket: Socket) -> Ending:
        """A new connection is in: the older ones hear out what is on its way. Returns when there has to be another."""
        for older in self._lives.keys() - {socket}:
            self._aside(older.linger())
        self._socket = socket
        log.info("%s: connected", self._name)
        await asyncio.wait({socket.ending})
        return socket.ending.result()

    def _tell(self, ending: Ending) -> None:
        match ending:
            case Failed(why):
                self._why = f"{self._title}已断开，正在重新连接：{why}"
            case Retiring(why):
                self._why = f"{self._title}正在更换：{why}"
            case Denied(why):
                self._why = f"{self._title}被拒绝：{why}"
            case Kicked(why):
                self._why = f"{self._title}已停用：{why}"
            case _:
                assert_never(ending)
        log.log(logging.INFO if isinstance(ending, Retiring) else logging.WARNING, "%s: %s", self._name, self._why)

    # -- opening -----------------------------------------------------------------------------------------------------

    async def _open(self) -> Socket | Ending:
        try:
            async with asyncio.timeout(self._pace.dial):
                address = await self._dialect.dial()
            if not isinstance(address, Address):
                return address
            socket = await self._connect(address)
            return await self._greet(socket) or socket
        except aiohttp.WSServerHandshakeError as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            return self._dialect.rejected(error.status, headers)
        except TimeoutError:
            return Failed(f"{self._pace.dial:.0f} 秒内没有回应")
        except (aiohttp.ClientError, OSError) as error:
            return Failed(f"连不上对方服务器（{type(error).__name__}）")
        except Exception:
            log.exception("%s: the connection could not be opened", self._name)
            return Failed("程序出错，详见日志")

    async def _connect(self, address: Address) -> Socket:
        """Pings are ours to answer, so that every sign of life is seen."""
        async with asyncio.timeout(self._pace.dial):
            ws = await self._session().ws_connect(
                address.url,
                headers=dict(address.headers),
                autoping=False,
                max_msg_size=MOST_FRAME,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
        socket = Socket(self._name, ws, self._dialect, address.note, self._pace, self._count)
        life = self._lives[socket] = asyncio.create_task(socket.live())
        life.add_done_callback(lambda _: self._lives.pop(socket))
        return socket

    async def _greet(self, socket: Socket) -> Ending | None:
        """Whoever is not let in, is not told so in time, or is cut off meanwhile, closes."""
        greeting = asyncio.create_task(self._dialect.greet(socket))
        either: set[asyncio.Future[Any]] = {greeting, socket.ending}
        ending: Ending | None = Failed("没有及时得到许可")
        try:
            await asyncio.wait(either, timeout=self._pace.dial, return_when=asyncio.FIRST_COMPLETED)
            if greeting.done():
                ending = greeting.result()
            elif socket.ending.done():
                ending = socket.ending.result()
        finally:
            greeting.cancel()
            if ending:
                self._aside(socket.close())
        return ending

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
