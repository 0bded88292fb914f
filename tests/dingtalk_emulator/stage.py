"""The other side of the emulator in these tests: two clocks, a small Stream client and an HTTP bot, calls of the APIs, cards."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from adapters.dingtalk.emulator import DingTalkEmulator

MESSAGES, CARDS = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
ALL = [
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": MESSAGES},
    {"type": "CALLBACK", "topic": CARDS},
]
BY_KEY = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
Answering = Callable[[dict[str, Any]], Any]


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


def taken(frame: dict[str, Any]) -> Any:
    """The answer of a bot that takes everything and changes nothing."""
    if frame["type"] == "SYSTEM":
        return json.loads(frame["data"])
    return {"status": "SUCCESS", "message": "ok"} if frame["type"] == "EVENT" else {"response": {}}


def sets(**params: str) -> Answering:
    """The bot answers a click with these variables."""
    return lambda _frame: {"response": {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": params}}}


def ack(frame: dict[str, Any], data: Any, code: int = 200) -> dict[str, Any]:
    headers = {"contentType": "application/json", "messageId": frame["headers"].get("messageId", "")}
    return {"code": code, "headers": headers, "message": "OK", "data": json.dumps(data)}


@dataclass
class Client:
    """A bot at the Stream gateway: keeps every frame and acknowledges it with what `answer` says; None: not at all."""

    session: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse
    answer: Answering = taken
    frames: list[dict[str, Any]] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None

    async def read(self) -> None:
        """Every frame is answered in a task of its own, as the SDK does it."""
        async with asyncio.TaskGroup() as tasks:
            async for message in self.socket:
                frame = json.loads(message.data)
                self.frames.append(frame)
                tasks.create_task(self._acknowledge(frame))

    async def _acknowledge(self, frame: dict[str, Any]) -> None:
        answer = self.answer(frame)
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer is not None and not self.socket.closed:
            await self.send(answer if "code" in answer else ack(frame, answer))

    async def send(self, frame: Any) -> None:
        await self.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    def heard(self, topic: str = MESSAGES) -> list[Any]:
        """The data of every frame of a topic."""
        return [json.loads(frame["data"]) for frame in self.frames if frame["headers"]["topic"] == topic]

    async def ended(self) -> int | None:
        """How the platform closed the connection."""
        if self.reading is not None:
            await asyncio.wait([self.reading])
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        if self.reading is not None:
            await asyncio.gather(self.reading, return_exceptions=True)


class Api:
    """Both API families as a bot calls them, over real HTTP."""

    def __init__(self, session: aiohttp.ClientSession, dingtalk: DingTalkEmulator) -> None:
        self.session, self.dingtalk, self.token = session, dingtalk, ""

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        """HTTP status and the JSON of the answer."""
        headers = {"x-acs-dingtalk-access-token": self.token} if self.token else {}
        url = self.dingtalk.base_url + path
        async with self.session.request(method, url, json=body, params=query, headers=headers) as response:
            return response.status, await response.json()

    async def log_in(self) -> None:
        credentials = {"appKey": self.dingtalk.client_id, "appSecret": self.dingtalk.client_secret}
        _status, answer = await self.call("POST", "/v1.0/oauth2/accessToken", credentials)
        self.token = answer["accessToken"]

    async def send(self, to: str | list[str], param: Any, msg_key: str = "sampleText", **more: Any) -> tuple[int, Any]:
        """To a group (cid…) or to people."""
        body: dict[str, Any] = {"robotCode": self.dingtalk.client_id, "msgKey": msg_key, "msgParam": param, **more}
        if not isinstance(param, str):
            body["msgParam"] = json.dumps(param)
        if isinstance(to, str) and to.startswith("cid"):
            return await self.call("POST", "/v1.0/robot/groupMessages/send", body | {"openConversationId": to})
        users = [to] if isinstance(to, str) else to
        return await self.call("POST", "/v1.0/robot/oToMessages/batchSend", body | {"userIds": users})

    async def deliver(self, *to: str, track: str = "card-1", **more: Any) -> tuple[int, Any]:
        """createAndDeliver of a small card; `more` changes the body."""
        body: dict[str, Any] = {
            "cardTemplateId": self.dingtalk.card_template_id,
            "outTrackId": track,
            "callbackType": "STREAM",
            "cardData": {"cardParamMap": card()},
            "openSpaceId": "dtv1.card//" + ";".join(space(one) for one in to),
            "imGroupOpenSpaceModel": {"supportForward": False},
            "imGroupOpenDeliverModel": {"robotCode": self.dingtalk.client_id},
            "imRobotOpenSpaceModel": {"supportForward": False},
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": self.dingtalk.client_id},
        }
        return await self.call("POST", "/v1.0/card/instances/createAndDeliver", {**body, **more})

    async def card(self, to: str, track: str = "card-1", **params: str) -> str:
        """Sends a card; its message's id."""
        status, answer = await self.deliver(to, track=track, cardData={"cardParamMap": card(**params)})
        assert status == 200, answer
        assert answer["result"]["deliverResults"][0]["success"], answer
        return self.dingtalk.world.cards[track].message_ids[0]

    async def update(self, track: str, by_key: bool = True, **params: str) -> tuple[int, Any]:
        body: dict[str, Any] = {"outTrackId": track, "cardData": {"cardParamMap": params}}
        if by_key:
            body["cardUpdateOptions"] = BY_KEY
        return await self.call("PUT", "/v1.0/card/instances", body)

    async def connect(self, subscriptions: Any = ALL, answer: Answering = taken) -> Client:
        body = {"clientId": self.dingtalk.client_id, "clientSecret": self.dingtalk.client_secret}
        _status, opened = await self.call(
            "POST", "/v1.0/gateway/connections/open", {**body, "subscriptions": subscriptions}
        )
        socket = await self.session.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}")
        client = Client(self.session, socket, answer)
        client.reading = asyncio.create_task(client.read())
        return client


def space(to: str) -> str:
    return f"IM_GROUP.{to}" if to.startswith("cid") else f"IM_ROBOT.{to}"


def card(**params: str) -> dict[str, str]:
    """All variables of the template, small."""
    buttons = json.dumps([{"id": "k1", "text": "同意", "color": "blue"}, {"id": "k2", "text": "转交", "color": "gray"}])
    empty = dict.fromkeys(("submit1_id", "submit1_text", "submit2_id", "submit2_text", "status"), "")
    own = {"title": "报备审批", "tone": "warning", "body": "**新报备** BB1001", "fields": "[]", "buttons": buttons}
    return {**own, **empty, "form": '{"fields":[]}', **params}


def reason(**more: Any) -> dict[str, str]:
    """The variables of a form that asks for a reason."""
    asked = {"name": "reason", "label": "理由", "type": "TEXT_AREA", "required": True, **more}
    return {"form": json.dumps({"fields": [asked]}), "submit1_id": "k9", "submit1_text": "驳回"}


@dataclass
class Bot:
    """The callback URL of HTTP mode: keeps every push, answers what `answer` says."""

    answer: Any = field(default_factory=dict)
    status: int = 200
    got: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.json()))
        return web.json_response(self.answer, status=self.status)
