"""The other side of the emulator in these tests: two clocks, a bot that only records, calls of the OpenAPI, small cards."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

Answering = Callable[[dict[str, str], bytes], web.StreamResponse | Awaitable[web.StreamResponse]]


class Clock:
    """Both times, moved by hand."""

    def __init__(self) -> None:
        self.business = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.business

    def machine(self) -> float:
        return self.seconds

    def pass_(self, **units: float) -> None:
        self.business += timedelta(**units)


@dataclass
class Bot:
    """The callback URL: keeps every push, answers what `answer` says."""

    answer: Answering = field(default_factory=lambda: says({}))
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        headers, raw = dict(request.headers), await request.read()
        self.got.append((headers, raw))
        answer = self.answer(headers, raw)
        return answer if isinstance(answer, web.StreamResponse) else await answer


def says(value: Any, status: int = 200) -> Answering:
    """The bot answers every push with this JSON."""
    return lambda _headers, _raw: web.json_response(value, status=status)


class Api:
    """The OpenAPI as a bot calls it, over real HTTP."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self.session, self._base_url, self.token = session, base_url, token

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        """HTTP status and the JSON of the answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = self._base_url + "/open-apis/" + path
        async with self.session.request(method, url, json=body, params=query, headers=headers) as response:
            return response.status, await response.json()

    async def send(self, to: str, content: Any, msg_type: str = "text", **more: Any) -> tuple[int, Any]:
        kind = "chat_id" if to.startswith("oc_") else "open_id"
        text = content if isinstance(content, str) else json.dumps(content)
        body = {"receive_id": to, "msg_type": msg_type, "content": text, **more}
        return await self.call("POST", "im/v1/messages", body, receive_id_type=kind)

    async def card(self, to: str, card: Any, **more: Any) -> str:
        status, answer = await self.send(to, card, "interactive", **more)
        assert status == 200, answer
        return str(answer["data"]["message_id"])

    async def patch(self, message_id: str, card: Any) -> tuple[int, Any]:
        return await self.call("PATCH", f"im/v1/messages/{message_id}", {"content": json.dumps(card)})


def card(*elements: Any, **more: Any) -> dict[str, Any]:
    """A small valid card around these elements."""
    header = {"title": {"tag": "plain_text", "content": "报备审批"}, "template": "orange"}
    return {
        "schema": "2.0",
        "config": {"update_multi": True},
        "header": header,
        "body": {"elements": list(elements)},
        **more,
    }


def text(words: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": words}


def button(words: str, **more: Any) -> dict[str, Any]:
    return {"tag": "button", "text": text(words), "behaviors": [{"type": "callback", "value": {"b": words}}], **more}
