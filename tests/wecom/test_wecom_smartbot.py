"""The smart bot's connection against a gateway that does as it likes: what the emulator, being correct, would not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from adapters.connection import Pulse
from adapters.http import open_session
from adapters.wecom import smartbot
from adapters.wecom.groups import Groups
from bot.messages import Answer as Changed
from bot.ports import Gone, Receipt, Rejected, Retry, Sending, Taken, Unknown
from tests.connections.gateway import QUICK
from tests.feishu.stage import Counts, Desk, serve
from tests.wecom.card_samples import AGREED, GROUP, SETTLED, row
from tests.wecom.stage import NOW, config
from tests.wecom.test_wecom_heard import click, message

JSON = dict[str, Any]
Answer = Callable[[JSON], JSON | None]


def ack(frame: JSON, code: int = 0) -> JSON:
    return {"headers": frame["headers"], "errcode": code, "errmsg": "ok" if code == 0 else "no"}


@dataclass
class Gateway:
    """Acknowledges everything, unless ``answers`` says otherwise for a command."""

    answers: dict[str, Answer] = field(default_factory=dict)
    heard: list[JSON] = field(default_factory=list)
    lines: list[web.WebSocketResponse] = field(default_factory=list)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self.lines.append(ws)
        async for said in ws:
            if said.type is WSMsgType.TEXT:
                frame = json.loads(said.data)
                self.heard.append(frame)
                answer = self.answers.get(frame["cmd"], ack)(frame)
                if answer is not None:
                    await ws.send_json(answer)
        return ws

    def commands(self) -> list[str]:
        return [frame["cmd"] for frame in self.heard]

    async def says(self, frame: object) -> None:
        await self.lines[-1].send_str(frame if isinstance(frame, str) else json.dumps(frame))


@dataclass
class Stage:
    gateway: Gateway
    groups: Groups
    desk: Desk
    counts: Counts

    async def until(self, predicate: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not predicate():  # noqa: ASYNC110 - nobody tells of changes
                await asyncio.sleep(0.001)

    def returned(self, times: int) -> bool:
        return len(self.gateway.lines) == times + 1 and self.groups.state.up

    async def up(self) -> None:
        self.groups.elected(True)
        await self.until(lambda: self.gateway.lines and self.groups.state.up)


@asynccontextmanager
async def stage(kicked_pause: float = 300.0, **answers: Answer) -> AsyncIterator[Stage]:
    gateway, desk, counts = Gateway(answers), Desk(), Counts()
    app = web.Application()
    app.router.add_get("/", gateway.connect)
    async with serve(app) as port:
        session: aiohttp.ClientSession = open_session()
        bot = {"smart_bot_id": "aibDEV", "smart_bot_secret": "s", "smart_bot_url": f"ws://127.0.0.1:{port}"}
        groups = Groups(config(**bot), lambda: session, lambda: NOW, counts.add, QUICK, kicked_pause)
        groups.listen(desk)
        yield Stage(gateway, groups, desk, counts)
        await groups.leave()
        await session.close()


def callback(body: JSON, cmd: str = "aibot_msg_callback") -> JSON:
    return {"cmd": cmd, "headers": {"req_id": "R1"}, "body": body}


async def test_only_who_is_elected_connects() -> None:
    async with stage() as it:
        await asyncio.sleep(0)
        assert it.gateway.lines == []
        assert it.groups.state.up
        await it.up()
        assert it.gateway.heard[0]["body"] == {"bot_id": "aibDEV", "secret": "s"}


ODD = (
    "null",
    '{"headers":{"req_id":1}}',
    '{"headers":{"req_id":"R"},"errcode":NaN}',
    '{"headers":{"req_id":"R"},"errcode":1e400}',
)


async def test_what_is_no_frame_is_counted_and_the_next_one_is_heard() -> None:
    async with stage() as it:
        await it.up()
        for frame in ("", "[]", '{"cmd":"x"}', callback({}), callback(message("event", {})), "[" * 50_000, *ODD):
            await it.gateway.says(frame)
        await it.gateway.says({"cmd": "aibot_new", "headers": {"req_id": "R0"}, "body": {}})
        await it.gateway.says({"headers": {"req_id": "nobody asked"}, "errcode": 0})
        await it.gateway.says(callback(message("text", {"content": "@助手 待办"})))
        await it.until(lambda: it.desk.inbounds)
        assert it.counts == {"malformed": 10, "ignored_unknown_type": 1, "taken": 1}
        assert len(it.gateway.lines) == 1


@pytest.mark.parametrize(
    ("code", "ended"), [(93006, Gone), (40008, Rejected), (45009, Retry), (42014, Rejected), (-1, Unknown)]
)
async def test_how_a_group_send_ends(code: int, ended: type[object]) -> None:
    async with stage(aibot_send_msg=lambda frame: ack(frame, code)) as it:
        await it.up()
        outcome = await it.groups.deliver(row("好", place=GROUP), b'{"chatid":"x"}')
        assert isinstance(outcome, ended)
        if isinstance(outcome, Retry):
            assert not outcome.whole_channel, "members' messages go another way"


async def test_a_send_without_an_acknowledgement_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smartbot, "ACK_SECONDS", 0.05)
    async with stage(aibot_send_msg=lambda _: None) as it:
        await it.up()
        assert isinstance(await it.groups.deliver(row("好", place=GROUP), b'{"chatid":"x"}'), Unknown)


async def test_a_click_nobody_acknowledges_leaves_its_edit_to_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smartbot, "ACK_SECONDS", 0.05)
    async with stage(aibot_respond_update_msg=lambda _: None) as it:
        await it.up()
        it.desk.taken = Taken(Changed(card=SETTLED), (7,))
        await it.gateway.says(callback(click("c1.1.m"), "aibot_event_callback"))
        await it.counts.until("unanswered")
        assert it.desk.answers == []
        it.gateway.answers.clear()
        edit = row(SETTLED, Sending.CLOSING, GROUP, "click R1 policy-88_r1")
        assert await it.groups.deliver(edit, b'{"response_type":"update_template_card"}') == Receipt("")


async def test_five_seconds_after_a_click_its_card_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smartbot, "CLICK_SECONDS", 0.0)
    async with stage() as it:
        await it.up()
        await it.gateway.says(callback(click("c1.1.m"), "aibot_event_callback"))
        await it.until(lambda: it.desk.inbounds)
        edit = row(SETTLED, Sending.CLOSING, GROUP, "click R1 policy-88_r1")
        assert isinstance(await it.groups.deliver(edit, b"{}"), Gone)
        assert "aibot_respond_update_msg" not in it.gateway.commands()


async def test_a_rival_is_left_alone_longer_and_longer_and_then_asked_again() -> None:
    kick = callback(
        {"msgid": "k", "msgtype": "event", "event": {"eventtype": "disconnected_event"}}, "aibot_event_callback"
    )
    async with stage(kicked_pause=0.05) as it:
        await it.up()
        for times in (1, 2, 3):
            await it.gateway.says(kick)
            await it.until(lambda: not it.groups.state.up)
            assert "别处建立了连接" in it.groups.state.why
            await it.until(partial(it.returned, times))
        it.groups.elected(False)
        await it.until(lambda: it.gateway.lines[-1].closed)
        assert len(it.gateway.lines) == 4


@pytest.mark.parametrize(("code", "said"), [(853000, "被拒绝"), (45009, "正在重新连接")])
async def test_who_is_not_let_in_says_why(code: int, said: str) -> None:
    async with stage(aibot_subscribe=lambda frame: ack(frame, code)) as it:
        it.groups.elected(True)
        await it.until(lambda: str(code) in it.groups.state.why)
        assert said in it.groups.state.why
        assert isinstance(await it.groups.deliver(row(AGREED, place=GROUP), b"{}"), Retry)


async def test_a_gateway_that_forgot_us_is_left_before_another_connection_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is one place: a second connection beside the first would kick it."""
    monkeypatch.setattr(smartbot.SmartBot, "pulse", Pulse(ping=0.0, says=0.01, silence=0.1))
    async with stage(ping=lambda _: None) as it:
        open_before: list[bool] = []

        def subscribed(frame: JSON) -> JSON:
            open_before.extend(not line.closed for line in it.gateway.lines[:-1])
            return ack(frame)

        it.gateway.answers["aibot_subscribe"] = subscribed
        await it.up()
        await it.until(lambda: len(open_before) >= 1)
        assert not any(open_before)


async def test_elections_that_follow_each_other_end_as_the_last_one() -> None:
    async with stage() as it:
        for sender in (True, False, True, False):
            it.groups.elected(sender)
        await it.until(lambda: not it.groups._tasks)
        assert all(line.closed for line in it.gateway.lines)
        it.groups.elected(True)
        await it.up()
