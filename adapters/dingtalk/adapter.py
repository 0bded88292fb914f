"""One DingTalk app as a channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec

from adapters.channel import Count, Handler, Line, Meter
from adapters.connection import Connection, combined
from adapters.dingtalk.callback import Callback
from adapters.dingtalk.card import MOST_BUTTONS
from adapters.dingtalk.check import check
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.deliver import deliver
from adapters.dingtalk.edge import Edge
from adapters.dingtalk.errors import Success
from adapters.dingtalk.files import fetch, hand, needs
from adapters.dingtalk.form import MOST_BYTES, MOST_INPUTS
from adapters.dingtalk.quota import Quota, Spent
from adapters.dingtalk.render import render
from adapters.dingtalk.send import Api
from adapters.dingtalk.sessions import Sessions
from adapters.dingtalk.stream import Stream
from adapters.dingtalk.token import tokens_of
from adapters.http import open_session
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

__all__ = ["DingtalkAdapter", "DingtalkConfig"]

log = logging.getLogger(__name__)

REGISTER = "/v1.0/card/callbacks/register"
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
MEDIA_LIFE = timedelta(days=30)
"""Reusable, and no end is documented (page 3.8)."""
CONNECTIONS = 2
"""Pushes go to a random one; a message that meets a gap between two connections is lost (page 1.4)."""

WITH_CARDS = Capabilities(
    answers=True,
    toasts=False,
    edits=True,
    edit_window=timedelta(days=365),  # as long as the card exists
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
    most_inputs=MOST_INPUTS,
    most_buttons=MOST_BUTTONS,
    most_form_bytes=MOST_BYTES,
    repeat_window=timedelta(0),  # lines have no key; cards do, and deliver makes use of it
    dear_edits=True,
    repeats=False,
)
WITHOUT_CARDS = Capabilities(
    answers=False, toasts=False, edits=False, edit_window=timedelta(0), dear_edits=True, repeats=False
)
# 20 a second for an app and an API; 20 a minute in a group are documented for custom robots only (page 5.1).
LIMITS = Limits(channel=(Rate(15, 1.0),), chat=(Rate(15, 60.0),))


class DingtalkAdapter:
    """Implements adapters.channel.Channel. ``now`` is business time; ``count`` gets the name of whatever a push ended as."""

    def __init__(
        self, config: DingtalkConfig, now: Callable[[], datetime], meter: Meter, count: Count = lambda _: None
    ) -> None:
        self._config = config
        self._now = now
        self._count = count
        self._session: aiohttp.ClientSession | None = None
        self._quota = Quota(meter)
        self._sessions = Sessions(config.legacy_base_url)
        self._tokens = tokens_of(config, self._open)
        self._api = Api(config, self._open, self._tokens, self._quota)
        self._connections: list[Connection] = []
        self._ready = config.stream
        self._preparing: asyncio.Task[None] | None = None

    @property
    def channel(self) -> str:
        return self._config.name

    @property
    def can(self) -> Capabilities:
        return WITH_CARDS if self._config.cards else WITHOUT_CARDS

    @property
    def limits(self) -> Limits:
        return LIMITS

    def render(self, row: OutboxRow) -> bytes:
        return render(row, self._config)

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        return await deliver(self._api, self._sessions, row, payload)

    @property
    def state(self) -> ChannelState:
        if why := self._quota.trouble:
            return ChannelState(up=False, why=why)
        if self._connections:
            return combined(connection.state for connection in self._connections)
        why = "" if self._ready else "尚未取得访问令牌或登记卡片回调，请核对凭证与网络（python -m bot check）"
        return ChannelState(up=not why, why=why)

    # -- its life ----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        if not self._ready:
            self._preparing = asyncio.create_task(self._prepare())

    async def stop(self) -> None:
        if self._preparing:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)
        if self._session:
            await self._session.close()

    def callback(self, intake: Intake) -> Handler | None:
        if self._config.stream:
            return None
        return Callback(self._config, self._edge(intake), self._now, self._count).handle

    async def listen(self, intake: Intake) -> None:
        if not self._config.stream:
            return
        dialect = Stream(self._config, self._open, self._edge(intake), self._now)
        self._connections = [
            Connection(f"{self.channel}-{number}", "钉钉 Stream 连接", dialect, self._open, self._count)
            for number in range(1, CONNECTIONS + 1)
        ]
        for connection in self._connections:
            await connection.start()

    async def leave(self) -> None:
        await asyncio.gather(*(connection.stop() for connection in self._connections))

    def elected(self, sender: bool) -> None:
        """Any process may be pushed to; delivery knows who sends."""

    async def fetch(self, asked: Asked, into: Sink) -> Fetch:
        return await fetch(self._api, self._config, self._open, asked, into)

    @property
    def media_life(self) -> timedelta:
        return MEDIA_LIFE

    def needs(self, row: OutboxRow) -> Sequence[Need]:
        return needs(row)

    async def upload(self, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry:
        return await hand(self._config, self._open, self._tokens, need, file, path)

    async def check(self) -> list[Line]:
        """For the doctor, also without ``start``."""
        return await check(self._config, self._api, self._tokens, self._open, self._quota)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _edge(self, intake: Intake) -> Edge:
        return Edge(self.channel, intake, self._quota, self._sessions, self._count)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = open_session()
        return self._session

    async def _prepare(self) -> None:
        """HTTP mode: shows that the credentials are good, and tells the platform where a card's clicks go."""
        pause = FIRST_PAUSE
        while not (await self._registered() if self._config.called_back else await self._granted()):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._ready = True

    async def _granted(self) -> bool:
        return not isinstance(await self._tokens.get(), Retry)

    async def _registered(self) -> bool:
        where = {
            "callbackRouteKey": self._config.name,
            "callbackUrl": self._config.callback_url,
            "apiSecret": self._config.card_api_secret,
            "forceUpdate": True,
        }
        ended = await self._api.call("POST", REGISTER, msgspec.json.encode(where), Spent.SETUP)
        if isinstance(ended, Success):
            return True
        log.warning("channel %s: the card callback could not be registered: %s", self.channel, ended.reason)
        return False
