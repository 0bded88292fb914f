"""A bot that follows a script, behind the emulator, and a clock whose due things are a list: what the page stands on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from adapters.feishu.crypto import decrypt
from adapters.feishu.emulator import FeishuEmulator
from adapters.feishu.render import card_json
from adapters.playground.values import Suggestion
from bot.calendar import CHINA, QuietHours, WorkCalendar, seed_days
from bot.cards import Button, Card, Confirm, Decided, Fields, Form, LongTextInput, Style, Tone
from bot.house import House
from bot.ports import Due

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WANG, LI = "ou_wanglei", "ou_lijing"
FACTS = Fields((("客户", "杭州云栖湾酒店管理有限公司"), ("金额", "120.00 万元")))


def button(label: str, style: Style = Style.PLAIN, confirm: Confirm | None = None) -> Button:
    return Button(label, "", style=style, confirm=confirm, id=label)


PREVIEW = Card("请核对报备", Tone.INFO, blocks=(FACTS,), buttons=(button("提交", Style.PRIMARY), button("取消")))
MINE = Card("报备 BB1001", Tone.WARNING, "待审", (FACTS,))
REVIEW = Card(
    "新报备 BB1001",
    Tone.WARNING,
    "待审批",
    (FACTS,),
    (button("同意", Style.PRIMARY), button("作废", Style.DANGER, Confirm("作废 BB1001？", "之后不能恢复。"))),
    Form((LongTextInput(name="reason", label="驳回理由", hint="写给对方看"),), (button("驳回", Style.DANGER),)),
)


def drawn(card: Card) -> dict[str, Any]:
    """As the adapter draws it."""
    return card_json(card, group=False)


def settled(verdict: str, tone: Tone, tag: str) -> Card:
    return Card("报备 BB1001", tone, tag, (FACTS,), decided=Decided(verdict, "李静", "09:00"))


AGREED, REFUSED = settled("已同意", Tone.SUCCESS, "已通过"), settled("已驳回", Tone.DANGER, "已驳回")


@dataclass
class Script:
    """报备 brings a preview, 提交 sends the review to 李静, her decision changes both cards; other words come back."""

    feishu: FeishuEmulator
    session: aiohttp.ClientSession
    heard: list[dict[str, Any]] = field(default_factory=list)
    mine: str = ""
    broken: bool = False
    free: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set: presses wait for it before they are answered."""

    async def push(self, request: web.Request) -> web.Response:
        body = json.loads(decrypt((await request.json())["encrypt"], self.feishu.encrypt_key))
        event = body["event"]
        kind = body["header"]["event_type"]
        if kind == "card.action.trigger":
            return await self._pressed(event)
        if kind == "im.message.receive_v1":
            content = json.loads(event["message"]["content"])
            await self._said(event["sender"]["sender_id"]["open_id"], content.get("text", f"收到 {sorted(content)[0]}"))
        elif kind == "im.message.message_read_v1":
            self.heard.append({"read": event["message_id_list"]})
        return web.json_response({})

    async def _said(self, open_id: str, text: str) -> None:
        if text.startswith("报备"):
            await self.send(open_id, PREVIEW)
        else:
            await self.send(open_id, text)

    async def _pressed(self, event: dict[str, Any]) -> web.Response:
        await self.free.wait()
        if self.broken:
            return web.Response(status=500)
        action = event["action"]
        label = action["value"]["b"]
        self.heard.append({"pressed": label, "form": action.get("form_value")})
        if label == "提交":
            self.mine = event["context"]["open_message_id"]
            await self.send(LI, REVIEW)
            return _answer("BB1001 已提交", MINE)
        changed = {"同意": AGREED, "驳回": REFUSED}.get(label)
        if changed is None:
            return _answer(f"{label}了", None)
        await self._patch(self.mine, changed)
        return _answer(f"BB1001 {changed.tag}", changed)

    async def send(self, open_id: str, content: Card | str) -> None:
        kind, value = ("text", {"text": content}) if isinstance(content, str) else ("interactive", drawn(content))
        body = {"receive_id": open_id, "msg_type": kind, "content": json.dumps(value)}
        assert await self._call("POST", "im/v1/messages?receive_id_type=open_id", body) == 200

    async def send_raw(self, open_id: str, card: dict[str, Any]) -> int:
        """The platform's status: it may refuse."""
        body = {"receive_id": open_id, "msg_type": "interactive", "content": json.dumps(card)}
        return await self._call("POST", "im/v1/messages?receive_id_type=open_id", body)

    async def _patch(self, message_id: str, card: Card) -> None:
        content = json.dumps(drawn(card))
        assert await self._call("PATCH", f"im/v1/messages/{message_id}", {"content": content}) == 200

    async def _call(self, method: str, path: str, body: dict[str, Any]) -> int:
        token, _ = self.feishu.tokens.issue(self.feishu.app_id, self.feishu.app_secret)
        url, headers = f"{self.feishu.base_url}/open-apis/{path}", {"Authorization": f"Bearer {token}"}
        async with self.session.request(method, url, json=body, headers=headers) as response:
            return response.status


def _answer(toast: str, card: Card | None) -> web.Response:
    answer: dict[str, Any] = {"toast": {"type": "success", "content": toast}}
    if card is not None:
        answer["card"] = {"type": "raw", "data": drawn(card)}
    return web.json_response(answer)


@dataclass
class Hall:
    """Rehearsal by hand: ``plan`` holds what is due and what then happens."""

    at: datetime = START
    plan: list[tuple[Due, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    restarts: int = 0
    away: bool = False

    def now(self) -> datetime:
        return self.at

    def house(self) -> House:
        days = WorkCalendar.of(seed_days(), "09:00-18:00", CHINA)
        return House("示例集团", CHINA, days, QuietHours())

    def promise(self, hours: float, what: str, act: Callable[[], Awaitable[None]]) -> None:
        self.plan.append((Due(START + timedelta(hours=hours), what, "BB1001", "工作时间满一半"), act))

    async def due(self) -> Sequence[Due]:
        return sorted((due for due, _ in self.plan if due.at > self.at), key=lambda due: due.at)

    async def advance(self, to: datetime) -> int:
        happening = [(due, act) for due, act in self.plan if self.at < due.at <= to]
        self.at = to
        for _, act in happening:
            await act()
        return len(happening)

    async def restart(self) -> None:
        self.restarts += 1
        self.at = START
        self.plan.clear()

    def without_database(self, away: bool) -> None:
        self.away = away


def suggest(_channel: str, _open_id: str, text: str) -> list[Suggestion]:
    known = (
        Suggestion("报备 …", "报备 杭州云栖湾酒店管理有限公司 中央空调 120万 6月底签", "登记一位客户"),
        Suggestion("帮助", "帮助", "我现在能做什么"),
        Suggestion("我的报备", "我的报备", "看保护期"),
    )
    return [one for one in known if text in one.insert]
