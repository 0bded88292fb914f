"""Calls of the server API with the token of the right corp: one attempt each, whose end is a value (page 3, 6.3)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from msgspec import Struct

from adapters.download import Streamed, download
from adapters.http import JSON, Call, Reply, send
from adapters.tokens import WINDOW_SECONDS, Tokens
from adapters.upload import Handed, upload
from adapters.wecom.config import WecomConfig
from adapters.wecom.errors import Refusal, Success, TaskKnown, TokenRefused, classify
from adapters.wecom.token import tokens_of
from bot.ports import FileRow, Gone, Rejected, Retry, Sink, Unknown

log = logging.getLogger(__name__)

Ended = Success | TaskKnown | Retry | Gone | Rejected | Unknown

SHARED = "/corpgroup/corp/list_app_share_info"
CHAIN, LINKED = 1, 0
"""The two ways of sharing an app: 上下游 and 企业互联."""
MOST_PAGES = 100
SHARES_SECONDS = 10.0


class Corp(Struct, frozen=True):
    """A corp that has the app: the channel's own, or one it is shared with. Its agentid is its own."""

    id: str
    agent_id: int
    tokens: Tokens
    name: str = ""


class _Share(Struct, frozen=True):
    corpid: str
    agentid: int
    corp_name: str = ""


class _Page(Struct, frozen=True):
    corp_list: tuple[_Share, ...] = ()
    ending: int = 1
    next_cursor: str = ""


class Api:
    def __init__(
        self,
        config: WecomConfig,
        session: Callable[[], aiohttp.ClientSession],
        machine: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._session = session
        self._machine = machine
        self.own = Corp(config.corp_id, config.agent_id, tokens_of(f"channel {config.name}", self._own_token, machine))
        self._shared: dict[str, Corp] = {}
        self._asked = float("-inf")
        self._trouble: Retry | None = None
        self._learning = asyncio.Lock()

    @property
    def receivers(self) -> frozenset[str]:
        """Which corps a callback may be meant for. Nobody documents which one a downstream corp's is (page 1.1)."""
        return frozenset((self._config.corp_id, *self._shared))

    @property
    def shared(self) -> tuple[Corp, ...]:
        return tuple(self._shared.values())

    async def corp(self, tenant: str) -> Corp | Retry | Rejected:
        """Of whoever is written to; an unknown one may have been added just now."""
        if self._config.is_own(tenant):
            return self.own
        if tenant in self._shared:
            return self._shared[tenant]
        asked_lately = self.soon
        if trouble := await self.learn():
            return trouble
        if tenant in self._shared:
            return self._shared[tenant]
        if asked_lately:
            return Retry(self.soon, f"企业 {tenant} 不在共享应用的企业里，稍后再查")
        return Rejected(f"企业 {tenant} 没有共享这个应用：在管理后台「上下游」里核对")

    async def learn(self, *, changed: bool = False) -> Retry | None:
        """Asks which corps the app is shared with; the last answer stands for a while, unless it is known to have changed."""
        async with self._learning:
            if changed or not self.soon:
                self._asked = self._machine()
                self._trouble = await self._ask_for_shares()
        return self._trouble

    @property
    def soon(self) -> float:
        """Seconds until they may be asked for again."""
        return max(0.0, self._asked + SHARES_SECONDS - self._machine())

    async def _ask_for_shares(self) -> Retry | None:
        found: dict[str, Corp] = {}
        for kind in (LINKED, CHAIN):
            ended = await self._shares(kind, found)
            if isinstance(ended, Retry | Unknown):
                return Retry(SHARES_SECONDS, ended.reason)
        self._shared = found
        return None

    async def call(self, path: str, payload: bytes = b"", corp: Corp | None = None) -> Ended:
        """A refused token is fetched anew once; if the new one is refused too, the channel waits for an operator."""
        corp = corp or self.own
        ended = await self._with_token(path, payload, corp)
        if isinstance(ended, TokenRefused):
            ended = await self._with_token(path, payload, corp)
        if isinstance(ended, TokenRefused):
            log.error("channel %s: a fresh access token was refused: %s", self._config.name, ended.reason)
            ended = Retry(WINDOW_SECONDS, ended.reason, whole_channel=True)
        if isinstance(ended, Retry) and corp is not self.own:
            return Retry(ended.after, ended.reason)  # a downstream corp's trouble is nobody else's
        return ended

    async def download(self, path: str, into: Sink, corp: Corp) -> Streamed | Ended:
        """A file. Raises the sink's TooLarge."""
        for _ in range(2):
            token = await corp.tokens.get()
            if isinstance(token, Retry):
                return token
            call = Call(method="GET", url=self._config.url(f"{path}&access_token={quote(token, safe='')}"))
            came = await download(self._session, call, into)
            ended = classify(came) if isinstance(came, Reply) else came
            if not isinstance(ended, TokenRefused):
                return ended
            corp.tokens.drop(token)
        return Retry(WINDOW_SECONDS, "刚换取的访问令牌被拒绝")

    async def upload(self, path: str, file: FileRow, where: Path, corp: Corp) -> Ended:
        for _ in range(2):
            token = await corp.tokens.get()
            if isinstance(token, Retry):
                return token
            url = self._config.url(f"{path}&access_token={quote(token, safe='')}")
            handed = Handed(url=url, part="media", name=file.name, media=file.media)
            came = await upload(self._session, handed, where)
            ended = classify(came) if isinstance(came, Reply) else came
            if not isinstance(ended, TokenRefused):
                return ended
            corp.tokens.drop(token)
        return Retry(WINDOW_SECONDS, "刚换取的访问令牌被拒绝")

    async def _with_token(self, path: str, payload: bytes, corp: Corp) -> Success | Refusal:
        token = await corp.tokens.get()
        if isinstance(token, Retry):
            return token
        ended = await self._once(f"{path}?access_token={quote(token, safe='')}", payload)
        if isinstance(ended, TokenRefused):
            corp.tokens.drop(token)
        return ended

    async def _once(self, path: str, payload: bytes) -> Success | Refusal:
        method = "POST" if payload else "GET"
        reply = await send(
            self._session(), Call(method=method, url=self._config.url(path), headers=JSON, payload=payload)
        )
        return classify(reply) if isinstance(reply, Reply) else reply

    async def _own_token(self) -> Success | Refusal:
        asked = urlencode({"corpid": self._config.corp_id, "corpsecret": self._config.secret})
        return await self._once(f"/gettoken?{asked}", b"")

    # -- corps the app is shared with --------------------------------------------------------------------------------

    async def _shares(self, kind: int, found: dict[str, Corp]) -> Ended | None:
        """None if everything was read; a refusal means that this way of sharing is not used here."""
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = {"agentid": self._config.agent_id, "business_type": kind, "limit": 100, "cursor": cursor}
            ended = await self.call(SHARED, msgspec.json.encode(asked))
            page = _page(ended.answer) if isinstance(ended, Success) else None
            if page is None:
                return None if isinstance(ended, Success) else ended
            found |= {share.corpid: self._corp(share, kind) for share in _not(page, self._config.corp_id)}
            cursor = page.next_cursor
            if page.ending or not cursor:
                return None
        return None

    def _corp(self, share: _Share, kind: int) -> Corp:
        known = self._shared.get(share.corpid)
        if known and known.agent_id == share.agentid:
            return known
        asked = msgspec.json.encode({"corpid": share.corpid, "business_type": kind, "agentid": share.agentid})

        async def token() -> Success | Refusal:
            return await self.call("/corpgroup/corp/gettoken", asked)

        whose = f"corp {share.corpid} of channel {self._config.name}"
        return Corp(share.corpid, share.agentid, tokens_of(whose, token, self._machine), share.corp_name)


def _page(answer: dict[str, Any]) -> _Page | None:
    try:
        return msgspec.convert(answer, _Page)
    except msgspec.ValidationError:
        return None


def _not(page: _Page, own: str) -> Iterator[_Share]:
    return (share for share in page.corp_list if share.corpid != own)
