"""The demo in one process: the sample organisation talks to a running bot, time jumps, and it begins anew in place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from adapters.playground.demo import START, Demo
from bot.app import App
from bot.errors import OperatorError


@asynccontextmanager
async def playing() -> AsyncIterator[tuple[Demo, ClientSession]]:
    demo = Demo(0, App)
    await demo.start()
    try:
        async with ClientSession(demo.address) as browser:
            yield demo, browser
    finally:
        await demo.stop()


async def test_the_page_and_the_bot_are_at_one_address() -> None:
    async with playing() as (_, browser):
        page = await browser.get("/")
        ready = await (await browser.get("/health/ready")).json()
        assert (page.status, page.content_type) == (200, "text/html")
        assert ready["database"] is True
        assert ready["warnings"] == []
        assert {name: state["up"] for name, state in ready["channels"].items()} == {
            "wecom": True,
            "dingtalk": True,
            "feishu": True,
        }


async def test_people_of_the_sample_are_answered() -> None:
    async with playing() as (demo, _):
        feishu = demo.messenger("feishu")
        await feishu.say("ou_wanglei", "我是谁")
        answers = await feishu.until(lambda: feishu.messages(feishu.p2p_chat("ou_wanglei"))[1:])
        assert "杭州启明" in answers[0].text


@pytest.mark.parametrize(
    ("channel", "who", "typed", "words"),
    [
        ("feishu", "ou_wanglei", "", {"报备"}),
        ("wecom", "zhaomin", "报", {"报备"}),
        ("dingtalk", "lijing", "同", {"同意"}),
        ("feishu", "ou_wanglei", "同", set()),
        ("wecom", "stranger", "", {"帮助", "绑定"}),
    ],
)
async def test_suggestions_are_what_this_person_may_say(channel: str, who: str, typed: str, words: set[str]) -> None:
    async with playing() as (demo, _):
        found = await demo.suggest(channel, who, typed)
        assert {each.insert.split()[0] for each in found} >= words
        assert len(found) <= 3 or typed
        assert bool(found) == bool(words)


async def test_time_runs_and_jumps_but_never_back() -> None:
    async with playing() as (demo, _):
        assert START <= demo.now() < START + timedelta(minutes=5)
        await demo.advance(START + timedelta(days=2))
        assert demo.now() >= START + timedelta(days=2)
        await demo.advance(START)
        assert demo.now() >= START + timedelta(days=2)


async def test_beginning_anew_keeps_the_address_and_forgets_the_rest() -> None:
    async with playing() as (demo, browser):
        address, feishu = demo.address, demo.messenger("feishu")
        await demo.advance(START + timedelta(days=2))
        await feishu.say("ou_wanglei", "帮助")
        async with asyncio.timeout(8), browser.ws_connect("/playground/live") as socket:
            await socket.receive()
            await socket.send_str(json.dumps({"op": "restart", "id": 1}))
            while not socket.closed:
                await socket.receive()

        async def back() -> dict[str, object]:
            while True:
                try:
                    async with browser.ws_connect("/playground/live") as socket:
                        return dict(json.loads((await socket.receive()).data))
                except OSError:
                    await asyncio.sleep(0)

        async with asyncio.timeout(10):
            state = await back()
        assert state["messages"] == []
        assert demo.address == address
        assert demo.now() < START + timedelta(days=1)
        assert demo.messenger("feishu") is not feishu


async def test_a_taken_port_leaves_nothing_open() -> None:
    async with playing() as (demo, _):
        second = Demo(int(demo.address.rpartition(":")[2]), App)
        with pytest.raises(OperatorError, match=r"server\.port：无法监听"):
            await second.start()
