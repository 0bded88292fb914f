"""Groups of a channel: one connection of the smart bot, held by the process that is the channel's sender.

Whoever loses the connection to somebody else does not fight for it: it waits, longer each time, and says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import aiohttp

from adapters.channel import Count
from adapters.connection import Connection, Pace
from adapters.wecom import frames
from adapters.wecom.config import WecomConfig
from adapters.wecom.errors import Refusal, Success, TaskKnown, TokenRefused
from adapters.wecom.files import hand_to_groups
from adapters.wecom.handle import Clicked, read
from adapters.wecom.smartbot import SmartBot
from bot.health import ChannelState
from bot.ports import FileRow, Gone, Intake, Media, Need, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending

log = logging.getLogger(__name__)

KICKED_PAUSE = 300.0
LONGEST_PAUSE = 3600.0
UNCONNECTED_PAUSE = 5.0
TITLE = "智能机器人长连接"
NO_BOT = "群消息由智能机器人发送，而这个渠道没有配置：请填写 smart_bot_id 与 smart_bot_secret"
TOO_LATE = "群里的卡片只能在点击后 5 秒内更新"


class Groups:
    """``session`` is the channel's one session."""

    def __init__(
        self,
        config: WecomConfig,
        session: Callable[[], aiohttp.ClientSession],
        now: Callable[[], datetime],
        count: Count,
        pace: Pace = Pace(),  # noqa: B008 frozen
        kicked_pause: float = KICKED_PAUSE,
    ) -> None:
        self._config = config
        self._session = session
        self._now = now
        self._count = count
        self._pace = pace
        self._kicked_pause = kicked_pause
        self._pause = kicked_pause
        self._kicked_at = 0.0
        self._bot: SmartBot | None = None
        self._connection: Connection | None = None
        self._elected = False
        self._again: asyncio.TimerHandle | None = None
        self._switching = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def configured(self) -> bool:
        return bool(self._config.smart_bot_id)

    @property
    def state(self) -> ChannelState:
        """Up also where another process holds the connection."""
        wanted = self._connection if self._elected else None
        return wanted.state if wanted else ChannelState(up=True)

    def listen(self, intake: Intake) -> None:
        if self.configured:
            self._bot = SmartBot(self._config, intake, self._now, self._was_kicked, self._count)
            self._connection = Connection(
                self._config.name, TITLE, self._bot, self._session, self._count, pace=self._pace
            )
            self._switch()

    async def leave(self) -> None:
        connection, self._connection = self._connection, None
        self._forget_again()
        async with self._switching:
            if connection:
                await connection.stop()

    def elected(self, sender: bool) -> None:
        self._elected = sender
        self._pause = self._kicked_pause
        self._forget_again()
        self._switch()

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        if not self.configured:
            return Rejected(NO_BOT)
        if row.what is not Sending.SEND:
            return await self._change(row, payload)
        socket = self._connection.socket if self._connection else None
        if socket is None or self._bot is None:
            return Retry(UNCONNECTED_PAUSE, self._connection.state.why if self._connection else f"{TITLE}尚未开始")
        match await self._bot.ask(socket, frames.SEND, frames.request_id(frames.SEND), payload):
            case Success():
                return Receipt("")
            case TaskKnown(reason):
                return Receipt("") if row.first_sent else Rejected(reason)
            case TokenRefused(reason):
                return Rejected(reason)
            case Retry(after, reason):
                return Retry(after, reason)  # the app's messages need not wait for the bot
            case ended:
                return ended

    async def upload(self, need: Need, file: FileRow, path: Path) -> Media | Retry:
        bot, socket = self._bot, self._connection.socket if self._connection else None
        if not self.configured:
            return Media("", NO_BOT)
        if bot is None or socket is None:
            return Retry(UNCONNECTED_PAUSE, f"{TITLE}没有连接")

        async def ask(cmd: str, body: bytes) -> Success | Refusal:
            return await bot.ask(socket, cmd, frames.request_id(cmd), body)

        return await hand_to_groups(ask, need, file, path)

    async def _change(self, row: OutboxRow, payload: bytes) -> Outcome:
        handle = read(row.handle)
        if not payload or not isinstance(handle, Clicked) or self._bot is None:
            return Gone(TOO_LATE)
        ended = await self._bot.change(handle.frame, payload)
        return Receipt("") if isinstance(ended, Success) else Gone(ended.reason if ended else TOO_LATE)

    # -- who holds the connection --------------------------------------------------------------------------------------

    def _switch(self) -> None:
        """Elections may follow each other faster than a connection opens and closes: the last word counts."""
        if self._connection is None:
            return
        task = asyncio.create_task(self._follow(self._connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, connection: Connection) -> None:
        async with self._switching:
            if self._elected and connection is self._connection:
                await connection.start()
            else:
                await connection.stop()

    def _was_kicked(self) -> None:
        """A rival that stays keeps it: the pause gets longer each time, until the connection has stood for two hours."""
        now = asyncio.get_running_loop().time()
        if now - self._kicked_at > 2 * LONGEST_PAUSE:
            self._pause = self._kicked_pause
        pause, self._pause, self._kicked_at = self._pause, min(2 * self._pause, LONGEST_PAUSE), now
        self._forget_again()
        self._again = asyncio.get_running_loop().call_later(pause, self._switch)
        log.error("channel %s: the smart bot is connected elsewhere; tried again in %.0f s", self._config.name, pause)

    def _forget_again(self) -> None:
        if self._again:
            self._again.cancel()
            self._again = None
