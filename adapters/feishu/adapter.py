"""One Feishu app as a channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from adapters.channel import Count, Handler, Line
from adapters.connection import Connection
from adapters.feishu.callback import Callback
from adapters.feishu.check import BOT_INFO, bot_info, check
from adapters.feishu.config import FeishuConfig
from adapters.feishu.errors import Success
from adapters.feishu.files import fetch, hand
from adapters.feishu.frames import load
from adapters.feishu.render import render
from adapters.feishu.send import Api, deliver
from adapters.feishu.stream import Stream
from adapters.feishu.token import tokens_of
from adapters.http import open_session
from adapters.upload import lone, shown
from bot.cards import (
    ChoiceInput,
    DateInput,
    LongTextInput,
    MoneyInput,
    MultiChoiceInput,
    NumberInput,
    PersonInput,
    TextInput,
)
from bot.health import ChannelState
from bot.ports import (
    Asked,
    Capabilities,
    Fetch,
    FileRow,
    Intake,
    Limits,
    Media,
    Need,
    OutboxRow,
    Outcome,
    Rate,
    Retry,
    Sink,
)

__all__ = ["FeishuAdapter", "FeishuConfig"]

log = logging.getLogger(__name__)

TITLE = "飞书长连接"
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
MEDIA_LIFE = timedelta(days=30)
"""No end is documented; a key that is no more known would have to be noticed by hand."""

CAN = Capabilities(
    answers=True,
    toasts=True,
    edits=True,
    edit_window=timedelta(days=14),
    confirms=True,
    inputs=frozenset(
        kind.__name__
        for kind in (
            TextInput,
            LongTextInput,
            NumberInput,
            MoneyInput,
            DateInput,
            ChoiceInput,
            MultiChoiceInput,
            PersonInput,
        )
    ),
    most_inputs=12,
    most_buttons=20,
    repeat_window=timedelta(minutes=55),  # of the hour in which the platform knows a uuid
)
# The platform allows five a second in a chat and on a message, all bots together; 4.5 leaves room for jitter on the way.
_SLOW = (Rate(5, 5 / 4.5),)
LIMITS = Limits(channel=(Rate(1000, 60.0), Rate(50, 1.0)), chat=_SLOW, per_message=_SLOW)


class FeishuAdapter:
    """Implements adapters.channel.Channel. ``now`` is business time; ``count`` gets the name of whatever a push ended as."""

    def __init__(self, config: FeishuConfig, now: Callable[[], datetime], count: Count = lambda _: None) -> None:
        self._config = config
        self._now = now
        self._count = count
        self._session: aiohttp.ClientSession | None = None
        self._api = Api(config, self._open, tokens_of(config, self._open))
        self._bot = ""
        self._asking: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._connection: Connection | None = None

    @property
    def channel(self) -> str:
        return self._config.name

    @property
    def can(self) -> Capabilities:
        return CAN

    @property
    def limits(self) -> Limits:
        return LIMITS

    @property
    def bot(self) -> str:
        """The app's own open_id; "" until the platform has told it."""
        return self._bot

    def render(self, row: OutboxRow) -> bytes:
        return render(row)

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        return await deliver(self._api, row, payload)

    @property
    def state(self) -> ChannelState:
        if not self._bot:
            return ChannelState(up=False, why="尚未取得机器人信息，请核对凭证与网络（python -m bot check）")
        if not self._config.stream:
            return ChannelState(up=True)
        return self._connection.state if self._connection else ChannelState(up=False, why=f"正在准备{TITLE}")

    def callback(self, intake: Intake) -> Handler | None:
        if self._config.stream:
            return None
        return Callback(self._config, intake, self._now, lambda: self._bot, self._count).handle

    async def start(self) -> None:
        """Returns at once: pushes are served while the bot's own id is still being asked for."""
        self._asking = asyncio.create_task(self._learn_who_we_are())

    async def known(self) -> None:
        """Returns once the bot knows its own id."""
        if self._asking:
            await asyncio.shield(self._asking)

    async def stop(self) -> None:
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def listen(self, intake: Intake) -> None:
        """With a webhook nothing: the platform comes to the callback."""
        if self._config.stream:
            self._opening = asyncio.create_task(self._open_stream(intake))

    async def leave(self) -> None:
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._connection:
            await self._connection.stop()

    def elected(self, sender: bool) -> None:
        """Any process may be pushed to; delivery knows who sends."""

    async def fetch(self, asked: Asked, into: Sink) -> Fetch:
        return await fetch(self._api, asked, into)

    @property
    def media_life(self) -> timedelta:
        return MEDIA_LIFE

    def needs(self, row: OutboxRow) -> Sequence[Need]:
        return (*lone(row), *shown(row))

    async def upload(self, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry:
        return await hand(self._api, need, file, path)

    async def check(self) -> list[Line]:
        """For the doctor, also without ``start``."""
        return await check(self._config, self._api, self._open)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = open_session()
        return self._session

    async def _open_stream(self, intake: Intake) -> None:
        wire = await asyncio.to_thread(load)
        stream = Stream(self._config, self._open, wire, intake, lambda: self._bot, self._count)
        self._connection = Connection(self.channel, TITLE, stream, self._open, self._count)
        await self._connection.start()

    async def _learn_who_we_are(self) -> None:
        pause = FIRST_PAUSE
        while not self._bot:
            ended = await self._api.call("GET", BOT_INFO)
            if isinstance(ended, Success):
                info = bot_info(ended)
                self._bot = info.open_id if info else ""
            if not self._bot:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
