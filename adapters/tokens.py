"""A messenger's access token: fetched by one caller at a time, not too often, and kept until shortly before it ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Annotated, assert_never

import msgspec
from msgspec import Meta, Struct

from bot.ports import Rejected, Retry, Unknown

log = logging.getLogger(__name__)

MOST_FETCHES = 2
WINDOW_SECONDS = 60.0
"""Who asks more often than so is blocked by the platform, or close to it."""
PAUSE = 5.0

Secret = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
"""It becomes a header, or part of an address."""


class Granted(Struct, frozen=True):
    token: Secret
    seconds: float


Fetched = Granted | Retry | Unknown | Rejected
Fetch = Callable[[], Awaitable[Fetched]]


def granted(answer: object, token: str, seconds: str) -> Granted | Rejected:
    """``token`` and ``seconds`` are the names the platform has for them."""
    try:
        names = msgspec.convert(answer, dict[str, object])
        return msgspec.convert({"token": names.get(token), "seconds": names.get(seconds)}, Granted)
    except msgspec.ValidationError:
        return Rejected("回答里没有访问令牌")


class Tokens:
    """``whose`` is for the log, ``title`` the messenger's name; within ``early`` seconds of its end a token is renewed.

    ``machine`` is monotonic seconds: the operator's business clock never touches a token's life.
    """

    def __init__(
        self, whose: str, title: str, early: float, fetch: Fetch, machine: Callable[[], float] = time.monotonic
    ) -> None:
        self._whose = whose
        self._title = title
        self._early = early
        self._fetch = fetch
        self._machine = machine
        self._token = ""
        self._until = 0.0
        self._fetches: deque[float] = deque(maxlen=MOST_FETCHES)
        self._single = asyncio.Lock()

    async def get(self) -> str | Retry:
        """A token that is still accepted as far as we know, or when to ask again."""
        if self._left() > self._early:
            return self._token
        async with self._single:
            if self._left() > self._early:
                return self._token
            trouble = await self._renewed()
            if trouble is None or self._left() > 0:
                return self._token
            return trouble

    def drop(self, refused: str) -> None:
        """The platform refused this token. A newer one, fetched meanwhile, stays."""
        if refused == self._token:
            self._token, self._until = "", 0.0

    def _left(self) -> float:
        return self._until - self._machine()

    async def _renewed(self) -> Retry | None:
        now = self._machine()
        if len(self._fetches) == MOST_FETCHES and now - self._fetches[0] < WINDOW_SECONDS:
            wait = WINDOW_SECONDS - (now - self._fetches[0])
            return Retry(wait, f"{self._title}访问令牌一分钟内已换取两次，稍后再试", whole_channel=True)
        self._fetches.append(now)
        match await self._fetch():
            case Granted(token, seconds):
                self._token, self._until = token, now + seconds
                return None
            case Retry(after, reason):
                return self._trouble(max(after, PAUSE), reason, logging.WARNING)
            case Unknown(reason):
                return self._trouble(PAUSE, reason, logging.WARNING)
            case Rejected(reason):
                return self._trouble(WINDOW_SECONDS, reason, logging.ERROR)
            case other:
                assert_never(other)

    def _trouble(self, seconds: float, reason: str, level: int) -> Retry:
        log.log(level, "%s is without an access token: %s", self._whose, reason)
        return Retry(seconds, f"换取{self._title}访问令牌：{reason}", whole_channel=True)
