"""What both doors, Stream and HTTP, do with a push once it is known to be DingTalk's."""

from __future__ import annotations

import logging
import secrets
import time
from datetime import datetime
from typing import Any

from adapters.channel import Count
from adapters.dingtalk import clicks, events
from adapters.dingtalk.push import BadInput, Happened, Heard, Ignored, Received
from adapters.dingtalk.quota import Quota, Spent
from adapters.dingtalk.receive import OVER_QUOTA, robot_message, session
from adapters.dingtalk.sessions import Sessions
from bot.errors import Unavailable
from bot.messages import AnyInbound
from bot.ports import Intake, Taken

log = logging.getLogger(__name__)

WINDOW_SECONDS = 1.75
"""Of the client's two (page 0): what the push needed until it was read is not known; a card must not keep its buttons."""


class Edge:
    """Counts what is charged and how each push ended; hands in what is the bot's."""

    def __init__(self, channel: str, intake: Intake, quota: Quota, sessions: Sessions, count: Count) -> None:
        self._channel = channel
        self._intake = intake
        self._quota = quota
        self._sessions = sessions
        self._count = count

    # -- reading -----------------------------------------------------------------------------------------------------

    def message(self, data: dict[str, Any]) -> Received:
        self._sessions.heard(*session(data))
        read = robot_message(data, channel=self._channel, trace=_trace())
        if read == OVER_QUOTA:
            log.warning("channel %s: a message came without its content, the month's pushes are used up", self._channel)
        self._quota.pushed(Spent.OVER if read == OVER_QUOTA else Spent.MESSAGE)
        return self._told(read)

    def click(self, data: dict[str, Any], key: str, at: datetime) -> Received:
        self._quota.pushed(Spent.CLICK)
        return self._told(clicks.click(data, key=key, at=at, channel=self._channel, trace=_trace()))

    def event(self, key: str, kind: str, corp: str, data: dict[str, Any]) -> Happened:
        if kind not in events.DIRECTORY:
            self._quota.pushed(Spent.EVENT)
        return self._told(events.event(events.Event(key, kind, corp, self._channel, _trace()), data))

    def _told(self, read: Heard) -> Heard:
        if isinstance(read, BadInput):
            self._count("malformed")
        elif isinstance(read, Ignored):
            self._count(f"ignored_{read.why}")
        return read

    # -- taking ------------------------------------------------------------------------------------------------------

    async def take(self, inbound: AnyInbound) -> Taken:
        """Raises Unavailable if it could not be stored."""
        try:
            taken = await self._intake.take(inbound)
        except Unavailable:
            self._count("unavailable")
            raise
        self._count("taken")
        return taken

    async def answered(self, taken: Taken, written: bool, began: float) -> None:
        """``began``: monotonic. If this cannot be recorded, the held edit goes out as well and draws the same card."""
        if not written or time.monotonic() - began >= WINDOW_SECONDS:
            self._count("unanswered")
            return
        try:
            await self._intake.answered(taken)
        except Unavailable:
            self._count("unrecorded_answer")


def _trace() -> str:
    return secrets.token_hex(8)
