"""Calls of the open platform with its token: one attempt each, whose end is a value."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_never

import aiohttp

from adapters.download import Streamed, download
from adapters.feishu.config import FeishuConfig
from adapters.feishu.errors import Refusal, Success, TokenRefused, classify, receipt
from adapters.http import JSON, Call, Reply, send
from adapters.tokens import WINDOW_SECONDS, Tokens
from adapters.upload import Handed, upload
from bot.ports import FileRow, Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending, Sink, Unknown

log = logging.getLogger(__name__)

MESSAGES = "/open-apis/im/v1/messages"


class Api:
    def __init__(self, config: FeishuConfig, session: Callable[[], aiohttp.ClientSession], tokens: Tokens) -> None:
        self._config = config
        self._session = session
        self._tokens = tokens

    async def call(self, method: str, path: str, payload: bytes = b"") -> Success | Retry | Gone | Rejected | Unknown:
        """A refused token is fetched anew once; if the new one is refused too, the channel waits for an operator."""
        ended = await self._with_token(method, path, payload)
        if isinstance(ended, TokenRefused):
            ended = await self._with_token(method, path, payload)
        if isinstance(ended, TokenRefused):
            log.error("channel %s: a fresh access token was refused: %s", self._config.name, ended.reason)
            return Retry(WINDOW_SECONDS, ended.reason, whole_channel=True)
        return ended

    async def download(self, path: str, into: Sink) -> Streamed | Success | Retry | Gone | Rejected | Unknown:
        """A file. Raises the sink's TooLarge."""
        for _ in range(2):
            token = await self._tokens.get()
            if isinstance(token, Retry):
                return token
            call = Call(method="GET", url=self._config.url(path), headers={"Authorization": f"Bearer {token}"})
            came = await download(self._session, call, into)
            ended = classify(came) if isinstance(came, Reply) else came
            if not isinstance(ended, TokenRefused):
                return ended
            self._tokens.drop(token)
        return Retry(WINDOW_SECONDS, "刚换取的访问令牌被拒绝")

    async def upload(
        self, path: str, fields: Mapping[str, str], part: str, file: FileRow, where: Path
    ) -> Success | Retry | Gone | Rejected | Unknown:
        for _ in range(2):
            token = await self._tokens.get()
            if isinstance(token, Retry):
                return token
            handed = Handed(
                url=self._config.url(path),
                headers={"Authorization": f"Bearer {token}"},
                fields=fields,
                part=part,
                name=file.name,
                media=file.media,
            )
            came = await upload(self._session, handed, where)
            ended = classify(came) if isinstance(came, Reply) else came
            if not isinstance(ended, TokenRefused):
                return ended
            self._tokens.drop(token)
        return Retry(WINDOW_SECONDS, "刚换取的访问令牌被拒绝")

    async def _with_token(self, method: str, path: str, payload: bytes) -> Success | Refusal:
        token = await self._tokens.get()
        if isinstance(token, Retry):
            return token
        ended = await self._once(method, path, payload, token)
        if isinstance(ended, TokenRefused):
            self._tokens.drop(token)
        return ended

    async def _once(self, method: str, path: str, payload: bytes, token: str) -> Success | Refusal:
        headers = {**JSON, "Authorization": f"Bearer {token}"}
        call = Call(method=method, url=self._config.url(path), headers=headers, payload=payload)
        reply = await send(self._session(), call)
        return classify(reply) if isinstance(reply, Reply) else reply


async def deliver(api: Api, row: OutboxRow, payload: bytes) -> Outcome:
    """One attempt for a row: a new message, an edit (PATCH for cards, PUT for texts), or a recall."""
    if row.what is not Sending.SEND and not row.handle:
        return Gone("没有消息编号，无法更新")
    ended = await api.call(*_request(row), payload)
    if not isinstance(ended, Success):
        return ended
    return receipt(ended) if row.what is Sending.SEND else Receipt("")


def _request(row: OutboxRow) -> tuple[str, str]:
    match row.what:
        case Sending.SEND:
            return "POST", f"{MESSAGES}?receive_id_type={'chat_id' if row.place.group else 'open_id'}"
        case Sending.CLOSING | Sending.REFRESH:
            return ("PUT" if isinstance(row.content, str) else "PATCH"), f"{MESSAGES}/{row.handle}"
        case Sending.RECALL:
            return "DELETE", f"{MESSAGES}/{row.handle}"
        case _:
            assert_never(row.what)
