"""The access token (page 3.1): one for the app, fetched by one caller at a time, and not too often."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Annotated, assert_never

import aiohttp
import msgspec

from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.errors import CardExists, QuotaSpent, Refusal, Success, TokenRefused, classify
from adapters.http import JSON, Call, Reply, send
from bot.ports import Gone, Rejected, Retry, Unknown

log = logging.getLogger(__name__)

PATH = "/v1.0/oauth2/accessToken"
EARLY_SECONDS = 5 * 60  # within its two hours the platform returns the same token again
MOST_FETCHES = 2
WINDOW_SECONDS = 60.0
PAUSE = 5.0


class _Granted(msgspec.Struct, frozen=True, rename="camel"):
    access_token: Annotated[str, msgspec.Meta(pattern=r"^[!-~]+\Z")]  # it becomes a header
    expire_in: float


class Tokens:
    """``machine`` is monotonic seconds: the operator's business clock never touches a token's life."""

    def __init__(
        self,
        config: DingtalkConfig,
        session: Callable[[], aiohttp.ClientSession],
        machine: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._session = session
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
        now = self._machine()
        if len(self._fetches) == MOST_FETCHES and now - self._fetches[0] < WINDOW_SECONDS:
            wait = WINDOW_SECONDS - (now - self._fetches[0])
            return Retry(wait, "钉钉访问令牌一分钟内已换取两次，稍后再试", whole_channel=True)
        self._fetches.append(now)
        payload = msgspec.json.encode({"appKey": self._config.client_id, "appSecret": self._config.client_secret})
        reply = await send(
            self._session(), Call(method="POST", url=self._config.url(PATH), headers=JSON, payload=payload)
        )
        return self._taken(classify(reply) if isinstance(reply, Reply) else reply, now)

    def _taken(self, ended: Success | Refusal, now: float) -> Retry | None:
        match ended:
            case Success(answer):
                try:
                    granted = msgspec.convert(answer, _Granted)
                except msgspec.ValidationError:
                    return self._trouble("钉钉没有给出访问令牌")
                self._token, self._until = granted.access_token, now + granted.expire_in
                return None
            case Retry(after, reason):
                return Retry(max(after, PAUSE), f"换取钉钉访问令牌：{reason}", whole_channel=True)
            case Unknown(reason):
                return Retry(PAUSE, f"换取钉钉访问令牌：{reason}", whole_channel=True)
            case Rejected(reason) | Gone(reason) | TokenRefused(reason) | CardExists(reason) | QuotaSpent(reason):
                return self._trouble(f"钉钉不接受 client_id 和 client_secret：{reason}")
            case _:
                assert_never(ended)

    def _trouble(self, reason: str) -> Retry:
        log.error("channel %s is without an access token: %s", self._config.name, reason)
        return Retry(WINDOW_SECONDS, reason, whole_channel=True)
