"""An access token (page 3.1, 6.3): one for each corp, fetched by one caller at a time, and not too often."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Annotated, assert_never

import msgspec

from adapters.wecom.errors import Refusal, Success, TaskKnown, TokenRefused
from bot.ports import Gone, Rejected, Retry, Unknown

log = logging.getLogger(__name__)

EARLY_SECONDS = 300
MOST_FETCHES = 2
WINDOW_SECONDS = 60.0
PAUSE = 5.0

Fetch = Callable[[], Awaitable[Success | Refusal]]


class _Granted(msgspec.Struct, frozen=True):
    access_token: Annotated[str, msgspec.Meta(pattern=r"^[!-~]+\Z")]  # it becomes part of an address
    expires_in: float


class Tokens:
    """``whose`` is for the log. ``machine`` is monotonic seconds: business time never touches a token's life."""

    def __init__(self, whose: str, fetch: Fetch, machine: Callable[[], float] = time.monotonic) -> None:
        self._whose = whose
        self._ask = fetch
        self._machine = machine
        self._token = ""
        self._until = 0.0
        self._fetches: deque[float] = deque(maxlen=MOST_FETCHES)
        self._single = asyncio.Lock()

    async def get(self) -> str | Retry:
        """A token that is still accepted as far as we know, or when to ask again."""
        if self._left() > EARLY_SECONDS:
            return self._token
        async with self._single:
            if self._left() > EARLY_SECONDS:
                return self._token
            trouble = await self._fetch()
            if trouble is None or self._left() > 0:
                return self._token
            return trouble

    def drop(self, refused: str) -> None:
        """The platform refused this token. A newer one, fetched meanwhile, stays."""
        if refused == self._token:
            self._token, self._until = "", 0.0

    def _left(self) -> float:
        return self._until - self._machine()

    async def _fetch(self) -> Retry | None:
        """Whoever asks too often is blocked (page 3.1)."""
        now = self._machine()
        if len(self._fetches) == MOST_FETCHES and now - self._fetches[0] < WINDOW_SECONDS:
            wait = WINDOW_SECONDS - (now - self._fetches[0])
            return Retry(wait, "企业微信访问令牌一分钟内已换取两次，稍后再试", whole_channel=True)
        self._fetches.append(now)
        return self._taken(await self._ask(), now)

    def _taken(self, ended: Success | Refusal, now: float) -> Retry | None:
        match ended:
            case Success(answer):
                try:
                    granted = msgspec.convert(answer, _Granted)
                except msgspec.ValidationError:
                    return self._trouble("企业微信没有给出访问令牌")
                self._token, self._until = granted.access_token, now + granted.expires_in
                return None
            case Retry(after, reason):
                log.warning("%s has no access token: %s", self._whose, reason)
                return Retry(after, reason, whole_channel=True)
            case Unknown(reason):
                return Retry(PAUSE, f"换取企业微信访问令牌：{reason}", whole_channel=True)
            case Rejected(reason) | Gone(reason) | TokenRefused(reason) | TaskKnown(reason):
                return self._trouble(f"企业微信不给访问令牌：{reason}")
            case _:
                assert_never(ended)

    def _trouble(self, reason: str) -> Retry:
        log.error("%s is without an access token: %s", self._whose, reason)
        return Retry(WINDOW_SECONDS, reason, whole_channel=True)
