"""Calls of the open platform with its token: one attempt each, whose end is a value."""

from __future__ import annotations

import logging
from collections.abc import Callable

import aiohttp

from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.errors import QUOTA_PAUSE, CardExists, QuotaSpent, Refusal, Success, TokenRefused, classify
from adapters.dingtalk.quota import Quota, Spent
from adapters.http import JSON, Call, Reply, send
from adapters.tokens import WINDOW_SECONDS, Tokens
from bot.ports import Gone, Rejected, Retry, Unknown

log = logging.getLogger(__name__)

Ended = Success | CardExists | Retry | Gone | Rejected | Unknown


class Api:
    def __init__(
        self, config: DingtalkConfig, session: Callable[[], aiohttp.ClientSession], tokens: Tokens, quota: Quota
    ) -> None:
        self._config = config
        self._session = session
        self._tokens = tokens
        self._quota = quota

    async def call(self, method: str, path: str, payload: bytes, kind: Spent) -> Ended:
        """A refused token is fetched anew once; if the new one is refused too, the channel waits for an operator."""
        ended = await self._with_token(method, path, payload)
        if isinstance(ended, TokenRefused):
            ended = await self._with_token(method, path, payload)
        if isinstance(ended, TokenRefused):
            log.error("channel %s: a fresh access token was refused: %s", self._config.name, ended.reason)
            return Retry(WINDOW_SECONDS, ended.reason, whole_channel=True)
        if isinstance(ended, QuotaSpent):
            self._quota.refused()
            log.error("channel %s: %s", self._config.name, ended.reason)
            return Retry(QUOTA_PAUSE, ended.reason, whole_channel=True)
        if not isinstance(ended, Retry):
            self._quota.called(kind)
        return ended

    async def posted(self, address: str, payload: bytes) -> Success | Refusal:
        """To an address that needs no token."""
        reply = await send(self._session(), Call(method="POST", url=address, headers=JSON, payload=payload))
        return classify(reply) if isinstance(reply, Reply) else reply

    async def _with_token(self, method: str, path: str, payload: bytes) -> Success | Refusal:
        token = await self._tokens.get()
        if isinstance(token, Retry):
            return token
        headers = {**JSON, "x-acs-dingtalk-access-token": token}
        call = Call(method=method, url=self._config.url(path), headers=headers, payload=payload)
        reply = await send(self._session(), call)
        ended = classify(reply) if isinstance(reply, Reply) else reply
        if isinstance(ended, TokenRefused):
            self._tokens.drop(token)
        return ended
