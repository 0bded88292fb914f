"""The life of the smart bot's connection: subscribing, being kicked, cut, frozen, and a gateway that does not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from adapters.wecom.emulator import WeComEmulator
from tests.wecom_emulator.stage import Socket


@asynccontextmanager
async def connected(wecom: WeComEmulator) -> AsyncIterator[Socket]:
    async with aiohttp.ClientSession() as session, session.ws_connect(wecom.smart_bot_url) as ws:
        yield Socket(ws)


async def test_wrong_credentials_leave_the_connection_open_and_useless(wecom: WeComEmulator) -> None:
    async with connected(wecom) as socket:
        assert await socket.subscribe(wecom.smart_bot_id, "wrong") == 853000
        assert await socket.code("ping") == 853000
        assert not wecom.smart_bot.connected
        assert await socket.subscribe(wecom.smart_bot_id, wecom.smart_bot_secret) == 0
        assert await socket.code("ping") == 0
        assert await socket.code("aibot_dance") == 40058


async def test_a_second_subscriber_kicks_the_first(wecom: WeComEmulator, socket: Socket) -> None:
    wecom.smart_bot.sockets.kick_delay_seconds = 0.01
    async with connected(wecom) as second:
        assert await second.subscribe(wecom.smart_bot_id, wecom.smart_bot_secret) == 0
        event = await socket.heard()
        assert event["body"]["event"] == {"eventtype": "disconnected_event"}
        assert (await socket.ws.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        assert (await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)).delivered
        assert (await second.heard())["body"]["msgtype"] == "text"


async def test_a_kicked_connection_gets_nothing_and_may_nothing(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.smart_bot.sockets.kick()
    await socket.heard()
    assert await socket.code("ping") == 853000
    push = await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    assert (push.delivered, push.error, push.given_up) == (False, "nobody is connected", True)


async def test_a_req_id_ends_with_its_connection(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    async with connected(wecom) as second:
        await second.subscribe(wecom.smart_bot_id, wecom.smart_bot_secret)
        assert await second.say(callback, "好") == 846605


@pytest.mark.parametrize("way", ["cut", "close"])
async def test_a_lost_connection(wecom: WeComEmulator, socket: Socket, way: str) -> None:
    if way == "cut":
        wecom.smart_bot.sockets.cut()
    else:
        await wecom.smart_bot.sockets.close_cleanly()
    assert (await socket.ws.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE)
    await wecom.until(lambda: not wecom.smart_bot.connected)


async def test_a_half_dead_connection_takes_pushes_and_answers_nothing(wecom: WeComEmulator, socket: Socket) -> None:
    wecom.smart_bot.sockets.freeze()
    await socket.frame("ping", None, "p1")
    assert (await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)).delivered, "so the platform believes"
    with pytest.raises(TimeoutError):
        await socket.ws.receive(timeout=0.05)


async def test_a_gateway_that_does_not_answer(wecom: WeComEmulator) -> None:
    wecom.faults.gateway_black_hole = True
    async with aiohttp.ClientSession() as session:
        waiting = asyncio.create_task(session.ws_connect(wecom.smart_bot_url))
        await wecom.until(lambda: wecom.faults.struck["gateway_black_hole"])
        assert not waiting.done()
        wecom.faults.gateway_black_hole = False
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await waiting
    wecom.faults.gateway_slow_seconds = 0.01
    async with connected(wecom) as socket:
        assert await socket.subscribe(wecom.smart_bot_id, wecom.smart_bot_secret) == 0


async def test_subscribing_is_rate_protected(wecom: WeComEmulator, socket: Socket) -> None:
    codes = [await socket.subscribe(wecom.smart_bot_id, "wrong") for _ in range(20)]
    assert codes == [853000] * 19 + [45009]


async def test_one_frame_of_an_answer_after_the_other(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    wecom.faults.slow_seconds = 0.05
    stream = {"msgtype": "stream", "stream": {"id": "s1", "finish": True, "content": "好"}}
    req_id = callback["headers"]["req_id"]
    for _ in range(2):
        await socket.frame("aibot_respond_msg", stream, req_id)
    codes = [(await socket.ws.receive_json(timeout=5))["errcode"] for _ in range(2)]
    assert codes == [45033, 0]


async def test_a_frame_that_was_taken_without_an_ack(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    wecom.faults.lose_receipts_next()
    stream = {"msgtype": "stream", "stream": {"id": "s1", "finish": True, "content": "好"}}
    await socket.frame("aibot_respond_msg", stream, callback["headers"]["req_id"])
    await wecom.until(lambda: not wecom.smart_bot.connected)
    assert wecom.messages("wrTeam")[-1].text == "好"
    assert wecom.calls[-1].answer == {}


async def test_pushes_come_twice_or_in_another_order(wecom: WeComEmulator, socket: Socket) -> None:
    wecom.faults.duplicate_pushes = True
    await wecom.say("zhaomin", "一", chat="wrTeam", mention_bot=True)
    first, again = await socket.heard(), await socket.heard()
    assert first["body"] == again["body"]
    assert first["headers"] != again["headers"]
    wecom.faults.duplicate_pushes = False
    wecom.faults.reorder_next()
    for words in ("二", "三"):
        await wecom.say("zhaomin", words, chat="wrTeam", mention_bot=True)
    order = [(await socket.heard())["body"]["text"]["content"][-1] for _ in range(2)]
    assert order == ["三", "二"]
