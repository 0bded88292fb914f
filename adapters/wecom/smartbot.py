"""The smart bot over its long connection (page 4.3): hears commands and clicks in groups, and is the only one to speak there.

The life cycle is ``adapters.connection``'s. A click is answered within five seconds on the frame it came with, or never.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from adapters.channel import Count
from adapters.connection import Address, Denied, Dialect, Failed, Pulse, Socket, Work
from adapters.wecom import frames
from adapters.wecom.config import WecomConfig
from adapters.wecom.errors import Refusal, Success, meaning
from adapters.wecom.frames import Frame
from adapters.wecom.handle import Clicked, read
from adapters.wecom.heard import Edge, Entered, event_of, hear
from adapters.wecom.push import Ignored
from adapters.wecom.render import group_line, update
from bot.errors import Unavailable
from bot.messages import AnyInbound, Press
from bot.ports import Intake, Rejected, Retry, Taken, Unknown

log = logging.getLogger(__name__)

ACK_SECONDS = 5.0
CLICK_SECONDS = 5.0
"""So long a click's card may be changed; a margin is for the way."""
MARGIN = 0.5
SEE_APP = "已在企业微信应用的单聊里回复您。"
WELCOME = "您好，我是渠道通。请在群里 @我，或打开企业微信里的应用与我单聊；发送「帮助」看看可以做什么。"
SORRY = "系统暂时无法处理，请稍后再发一次。"
SORRY_CLICK = "系统暂时无法处理刚才的点击，请稍后再点一次。"


class SmartBot(Dialect):
    """``kicked`` is told when another connection took this one's place."""

    overlaps = False

    def __init__(
        self,
        config: WecomConfig,
        intake: Intake,
        now: Callable[[], datetime],
        kicked: Callable[[], None],
        count: Count = lambda _: None,
    ) -> None:
        self._config = config
        self._intake = intake
        self._now = now
        self._kicked = kicked
        self._count = count
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._clicks: dict[str, tuple[Socket, float]] = {}

    # -- the life cycle's questions ------------------------------------------------------------------------------------

    @property
    def pulse(self) -> Pulse:
        """Pings are the platform's own; two of them unanswered are a dead connection."""
        return Pulse(ping=0.0, says=30.0, silence=75.0)

    async def dial(self) -> Address:
        return Address(self._config.smart_bot_url)

    async def greet(self, socket: Socket) -> Failed | Denied | None:
        """After wrong credentials the platform leaves the socket open and says nothing more: we close."""
        asked = frames.subscription(self._config.smart_bot_id, self._config.smart_bot_secret)
        ended = await self.ask(socket, frames.SUBSCRIBE, frames.request_id(frames.SUBSCRIBE), asked)
        match ended:
            case Success():
                return None
            case Rejected(reason):
                return Denied(reason)
            case _:
                return Failed(ended.reason)

    def ping(self, socket: Socket) -> str:
        return frames.written(frames.PING, frames.request_id(frames.PING))

    def hear(self, socket: Socket, data: str | bytes) -> Work | None:
        frame = frames.read(data)
        if frame.cmd is None:
            waiting = self._waiting.get(frame.headers.req_id)
            if waiting and not waiting.done():
                waiting.set_result(frame)
            return None
        if frame.cmd == frames.EVENT and event_of(frame.body) == "disconnected_event":
            socket.kicked("同一个智能机器人在别处建立了连接，稍后再试")
            self._kicked()
            return None
        if frame.cmd not in (frames.MESSAGE, frames.EVENT) or frame.body is None:
            self._count("ignored_unknown_type")
            return None
        return self._work(socket, frame)

    def _work(self, socket: Socket, frame: Frame) -> Work | None:
        request = frame.headers.req_id
        edge = Edge(self._config.name, self._config.corp_id, self._now(), request, secrets.token_hex(8))
        heard = hear(frame.body or {}, edge)
        if isinstance(heard, Ignored):
            self._count(f"ignored_{heard.why}")
            return None
        if isinstance(heard, Entered):
            return partial(self._tell, socket, frames.WELCOME, request, frames.welcome(WELCOME))
        if isinstance(heard, Press):
            self._remember(request, socket)
        return partial(self._take, socket, request, heard)

    # -- what was heard ------------------------------------------------------------------------------------------------

    async def _take(self, socket: Socket, request: str, inbound: AnyInbound) -> None:
        try:
            taken = await self._intake.take(inbound)
        except Unavailable:
            self._count("unavailable")
            await self._sorry(socket, request, inbound)
            return
        self._count("taken")
        if isinstance(inbound, Press):
            await self._answer(request, inbound, taken)
        elif not inbound.place.group:
            await self._tell(socket, frames.RESPOND, request, frames.said(SEE_APP))

    async def _answer(self, request: str, press: Press, taken: Taken) -> None:
        """If the answer is not taken, or cannot be recorded, the held edit tries again, and a line in the chat follows."""
        clicked = read(press.message)
        if taken.answer.card is None or not isinstance(clicked, Clicked):
            return
        body = msgspec.json.encode(update(taken.answer.card, clicked.task, self._config.home))
        if not isinstance(await self.change(request, body), Success):
            self._count("unanswered")
            return
        try:
            await self._intake.answered(taken)
        except Unavailable:
            self._count("unrecorded_answer")

    async def _sorry(self, socket: Socket, request: str, inbound: AnyInbound) -> None:
        """Nothing of this is repeated by the platform: whoever said it has to know (a click's frame takes no words)."""
        if not isinstance(inbound, Press):
            await self._tell(socket, frames.RESPOND, request, frames.said(SORRY))
        elif inbound.place.group:
            line = msgspec.json.encode(group_line(inbound.place.chat, SORRY_CLICK))
            await self._tell(socket, frames.SEND, frames.request_id(frames.SEND), line)

    async def _tell(self, socket: Socket, cmd: str, request: str, body: bytes) -> None:
        ended = await self.ask(socket, cmd, request, body)
        if not isinstance(ended, Success):
            log.warning("channel %s: %s was not taken: %s", self._config.name, cmd, ended.reason)

    # -- what is said --------------------------------------------------------------------------------------------------

    async def ask(self, socket: Socket, cmd: str, request: str, body: bytes) -> Success | Refusal:
        """One request and its acknowledgement, with what its body says. Retry: never written."""
        if not socket.open:
            return Retry(1.0, "智能机器人的连接刚刚断开")
        acknowledged = self._waiting[request] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ACK_SECONDS):
                if not await socket.send(frames.written(cmd, request, body)):
                    return Unknown("写入智能机器人的连接失败")
                answer = await acknowledged
        except TimeoutError:
            return Unknown(f"智能机器人 {ACK_SECONDS:.0f} 秒内没有回答")
        finally:
            self._waiting.pop(request, None)
        return meaning((answer.body or {}) | {"errcode": answer.errcode, "errmsg": answer.errmsg})

    async def change(self, request: str, body: bytes) -> Success | Refusal | None:
        """The card that was clicked with this frame becomes another one; None if it is too late for that."""
        socket, since = self._clicks.get(request, (None, 0.0))
        if socket is None or _clock() - since > CLICK_SECONDS - MARGIN or not socket.open:
            return None
        return await self.ask(socket, frames.UPDATE, request, body)

    def _remember(self, request: str, socket: Socket) -> None:
        over = _clock() - CLICK_SECONDS
        self._clicks = {r: known for r, known in self._clicks.items() if known[1] > over}
        self._clicks[request] = (socket, _clock())


def _clock() -> float:
    return asyncio.get_running_loop().time()
