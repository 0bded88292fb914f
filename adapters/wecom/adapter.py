"""One self-built app, and the smart bot beside it, as a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from adapters.channel import Count, Handler, Line
from adapters.connection import Pace
from adapters.http import open_session
from adapters.wecom.api import Api
from adapters.wecom.callback import Callback
from adapters.wecom.cards import MOST_BUTTONS
from adapters.wecom.check import check
from adapters.wecom.choices import MOST_LISTS
from adapters.wecom.config import WecomConfig
from adapters.wecom.files import fetch, hand, needs, unfit
from adapters.wecom.groups import Groups
from adapters.wecom.render import render
from adapters.wecom.send import deliver
from bot.cards import ChoiceInput, MultiChoiceInput, PersonInput
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

__all__ = ["WecomAdapter", "WecomConfig"]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
MOST_ASKING = 3
MEDIA_LIFE = timedelta(hours=66)
"""Of three days (page 3.5): what is rendered now may wait for its turn."""

_INPUTS = frozenset(kind.__name__ for kind in (ChoiceInput, MultiChoiceInput, PersonInput))
IN_GROUPS = Capabilities(
    answers=True,
    toasts=False,
    edits=True,  # on the frame of a click only
    edit_window=timedelta(seconds=5),
    inputs=_INPUTS,
    most_inputs=MOST_LISTS,
    most_buttons=MOST_BUTTONS,
    dear_edits=True,
    repeats=False,
)
CAN = Capabilities(
    answers=False,  # a passive reply to a click is ignored (page 2.4)
    toasts=False,
    edits=True,
    edit_window=timedelta(hours=72),
    inputs=_INPUTS,
    most_inputs=MOST_LISTS,
    most_buttons=MOST_BUTTONS,
    repeat_window=timedelta(minutes=230),  # of the four hours in which the platform knows a body
    dear_edits=True,  # each costs a code of one use
    files=False,  # a file dropped into the app's chat is not delivered (page 2.2)
    in_groups=IN_GROUPS,
)
# A member gets 30 a minute and 1000 an hour, a group the same from the smart bot; what is more is dropped without a word.
# The rest of it is for what is not delivered from the outbox: edits, and the bot's answers.
LIMITS = Limits(channel=(Rate(5000, 60.0), Rate(200, 1.0)), chat=(Rate(25, 60.0), Rate(900, 3600.0)))


class WecomAdapter:
    """Implements adapters.channel.Channel. ``now`` is business time; ``count`` gets the name of whatever a push ended as."""

    def __init__(
        self,
        config: WecomConfig,
        now: Callable[[], datetime],
        count: Count = lambda _: None,
        pace: Pace = Pace(),  # noqa: B008 frozen
    ) -> None:
        self._config = config
        self._now = now
        self._count = count
        self._session: aiohttp.ClientSession | None = None
        self._api = Api(config, self._open)
        self._groups = Groups(config, self._open, now, count, pace)
        self._trusted = False
        self._asking: set[asyncio.Task[None]] = set()

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
    def state(self) -> ChannelState:
        if not self._trusted:
            return ChannelState(up=False, why="尚未取得访问令牌，请核对凭证与网络（python -m bot check）")
        return self._groups.state

    def render(self, row: OutboxRow) -> bytes:
        return render(row, self._config.home)

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        return await (self._groups.deliver(row, payload) if row.place.group else deliver(self._api, row, payload))

    def callback(self, intake: Intake) -> Handler:
        return Callback(
            self._config, intake, self._now, lambda: self._api.receivers, self._shares_changed, self._count
        ).handle

    async def start(self) -> None:
        """Returns at once: pushes are served while the first token is still being asked for."""
        self._beside(self._learn())

    async def stop(self) -> None:
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def listen(self, intake: Intake) -> None:
        self._groups.listen(intake)

    async def leave(self) -> None:
        await self._groups.leave()

    def elected(self, sender: bool) -> None:
        self._groups.elected(sender)

    async def fetch(self, asked: Asked, into: Sink) -> Fetch:
        return await fetch(self._api, self._config, self._open, asked, into)

    @property
    def media_life(self) -> timedelta:
        return MEDIA_LIFE

    def needs(self, row: OutboxRow) -> Sequence[Need]:
        return needs(row)

    async def upload(self, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry:
        if (refused := unfit(need, file)) is not None:
            return refused
        if row.place.group:
            return await self._groups.upload(need, file, path)
        return await hand(self._api, row, need, file, path)

    async def check(self) -> list[Line]:
        """For the doctor, also without ``start``."""
        return await check(self._config, self._api, self._open)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = open_session()
        return self._session

    # -- what is asked beside ------------------------------------------------------------------------------------------

    async def _learn(self) -> None:
        """Whether the credentials are right, and which corps the app is shared with."""
        pause = FIRST_PAUSE
        while not self._trusted:
            self._trusted = not isinstance(await self._api.own.tokens.get(), Retry)
            if not self._trusted:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        await self._learn_shares(changed=False)

    async def _learn_shares(self, *, changed: bool) -> None:
        """What comes too soon comes a little later."""
        if not changed:
            await asyncio.sleep(self._api.soon)
        trouble = await self._api.learn(changed=changed)
        while trouble:
            await asyncio.sleep(trouble.after)
            trouble = await self._api.learn()

    def _shares_changed(self, known: bool) -> None:
        """``known``: WeCom said so; otherwise a push looked like it."""
        if len(self._asking) < MOST_ASKING:
            self._beside(self._learn_shares(changed=known))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
