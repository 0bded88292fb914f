"""The other side of the emulator in these tests: two clocks, a bot that only records, calls of the API, small cards."""

import io
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

Answering = Callable[[web.Request, bytes], web.StreamResponse | Awaitable[web.StreamResponse]]


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

    answer: Answering = field(default_factory=lambda: says(""))
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.got.append((dict(request.query), raw))
        answer = self.answer(request, raw)
        return answer if isinstance(answer, web.StreamResponse) else await answer


def says(text: str, status: int = 200) -> Answering:
    """The bot answers every push with this text."""
    return lambda _request, _raw: web.Response(text=text, status=status)


class Api:
    """The API as a bot calls it, over real HTTP."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session, self._base_url, self.token = session, base_url, ""
        self.agent = 1000007

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        tokens = {"access_token": self.token} if self.token else {}
        async with self.session.get(f"{self._base_url}/cgi-bin/{path}", params={**tokens, **query}) as response:
            assert response.status == 200, "the platform refuses with 200 and an errcode"
            return dict(await response.json())

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        url = f"{self._base_url}/cgi-bin/{path}"
        async with self.session.post(url, params={"access_token": self.token}, data=raw) as response:
            return dict(await response.json())

    async def send(self, to: str, content: Any, msgtype: str = "text", **more: Any) -> dict[str, Any]:
        content = {"content": content} if isinstance(content, str) else content
        body = {"touser": to, "msgtype": msgtype, "agentid": self.agent, msgtype: content, **more}
        return await self.post("message/send", body)

    async def card(self, to: str, card: Any, **more: Any) -> dict[str, Any]:
        answer = await self.send(to, card, "template_card", **more)
        assert answer["errcode"] == 0, answer
        return answer

    async def update(self, code: str, users: list[str] | None = None, **change: Any) -> dict[str, Any]:
        whom = {"userids": users} if users is not None else {"atall": 1}
        body = {**whom, "agentid": self.agent, "response_code": code, **change}
        return await self.post("message/update_template_card", body)

    async def upload(self, kind: str, name: str, data: bytes, quote_fields: bool = False) -> dict[str, Any]:
        form = aiohttp.FormData(quote_fields=quote_fields)
        form.add_field("media", io.BytesIO(data), filename=name)
        url = f"{self._base_url}/cgi-bin/media/upload"
        async with self.session.post(url, params={"access_token": self.token, "type": kind}, data=form) as response:
            return dict(await response.json())


def button_card(task_id: str = "deal-2031_v1", **more: Any) -> dict[str, Any]:
    """The page's button_interaction."""
    return {
        "card_type": "button_interaction",
        "source": {"desc": "渠道管理"},
        "main_title": {"title": "客户报备待审批", "desc": "云帆科技"},
        "sub_title_text": "预计金额 30 万",
        "horizontal_content_list": [{"keyname": "代理商", "value": "华东一部"}],
        "task_id": task_id,
        "button_selection": {
            "question_key": "priority",
            "title": "优先级",
            "option_list": [{"id": "p1", "text": "高"}, {"id": "p2", "text": "普通"}],
            "selected_id": "p2",
        },
        "button_list": [
            {"text": "同意", "style": 1, "key": "approve"},
            {"text": "驳回", "style": 3, "key": "reject"},
            {"type": 1, "text": "详情", "url": "https://example.com/d/2031"},
        ],
        **more,
    }


def notice(title: str = "任务即将到期", **more: Any) -> dict[str, Any]:
    """A small text_notice."""
    action = {"type": 1, "url": "https://example.com/t/12"}
    return {"card_type": "text_notice", "main_title": {"title": title}, "card_action": action, **more}


def vote_card(task_id: str = "policy-88_r1", mode: int = 0) -> dict[str, Any]:
    options = [
        {"id": "ok", "text": "已阅读并同意", "is_checked": True},
        {"id": "q", "text": "有疑问", "is_checked": False},
    ]
    return {
        "card_type": "vote_interaction",
        "main_title": {"title": "政策确认", "desc": "2025Q4 返点政策"},
        "task_id": task_id,
        "checkbox": {"question_key": "read", "mode": mode, "option_list": options},
        "submit_button": {"text": "提交", "key": "submit_policy"},
    }


def select_card(task_id: str = "prj-7_v3") -> dict[str, Any]:
    options = [{"id": "s1", "text": "立项"}, {"id": "s2", "text": "投标"}]
    return {
        "card_type": "multiple_interaction",
        "main_title": {"title": "更新项目", "desc": "云帆 ERP"},
        "task_id": task_id,
        "select_list": [{"question_key": "stage", "title": "阶段", "selected_id": "s2", "option_list": options}],
        "submit_button": {"text": "保存", "key": "save"},
    }


class Socket:
    """The smart bot's connection, by hand: frames out, acks by req_id, callbacks in order."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self._numbers = itertools.count(1)
        self.callbacks: list[dict[str, Any]] = []

    async def call(self, cmd: str, body: Any = None, req_id: str = "") -> dict[str, Any]:
        """A frame and its ack; callbacks that come before it are kept."""
        req_id = req_id or f"{cmd}_{next(self._numbers)}"
        await self.frame(cmd, body, req_id)
        while True:
            frame = await self.ws.receive_json(timeout=5)
            if "cmd" not in frame and frame["headers"]["req_id"] == req_id:
                return dict(frame)
            self.callbacks.append(frame)

    async def frame(self, cmd: str, body: Any, req_id: str) -> None:
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, **({} if body is None else {"body": body})}
        await self.ws.send_str(json.dumps(frame, ensure_ascii=False))

    async def code(self, cmd: str, body: Any = None, req_id: str = "") -> int:
        return int((await self.call(cmd, body, req_id))["errcode"])

    async def heard(self) -> dict[str, Any]:
        """The next callback."""
        return self.callbacks.pop(0) if self.callbacks else dict(await self.ws.receive_json(timeout=5))

    async def subscribe(self, bot_id: str, secret: str) -> int:
        return await self.code("aibot_subscribe", {"bot_id": bot_id, "secret": secret})

    async def say(self, callback: dict[str, Any], content: str, finish: bool = True, stream: str = "s1") -> int:
        body = {"msgtype": "stream", "stream": {"id": stream, "finish": finish, "content": content}}
        return await self.code("aibot_respond_msg", body, callback["headers"]["req_id"])

    async def card(self, chat: str, card: Any, chat_type: int = 2) -> int:
        body = {"chatid": chat, "chat_type": chat_type, "msgtype": "template_card", "template_card": card}
        return await self.code("aibot_send_msg", body)


def group_card(task_id: str = "policy-88_g1") -> dict[str, Any]:
    """The page's card for a group."""
    return {
        "card_type": "button_interaction",
        "main_title": {"title": "2025Q4 返点政策", "desc": "请于 10-15 前确认"},
        "button_list": [{"text": "我已阅读", "style": 1, "key": "ack"}],
        "task_id": task_id,
    }
