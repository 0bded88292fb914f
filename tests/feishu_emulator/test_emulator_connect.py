"""The emulated long connection: the page's vectors, and lark-oapi's own client, unchanged, as its judge."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.emulation import connect
from adapters.feishu.emulation.frames import CONTROL, DATA, Frame, decode, encode
from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import button, card

SERVICE = connect.SERVICE
CONFIG = b'{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":120}'
EVENT = (
    b'{"schema":"2.0","header":{"event_id":"ev-1","event_type":"im.message.receive_v1"},"event":{}}'  # as the page's
)
HEADERS = (("type", "event"), ("message_id", "mid-1"), ("sum", "1"), ("seq", "0"), ("trace_id", "tr-1"))
VECTORS = {
    "ping": (
        "0800100018f681801020002a0c0a0474797065120470696e67",
        Frame(0, 0, SERVICE, CONTROL, (("type", "ping"),)),
    ),
    "pong": (
        "0800100018f681801020002a0c0a04747970651204706f6e6742547b225265636f6e6e656374436f756e74223a2d312c22526563"
        "6f6e6e656374496e74657276616c223a3132302c225265636f6e6e6563744e6f6e6365223a33302c2250696e67496e7465727661"
        "6c223a3132307d",
        Frame(0, 0, SERVICE, CONTROL, (("type", "pong"),), CONFIG),
    ),
    "data": (
        "080710a94618f681801020012a0d0a047479706512056576656e742a130a0a6d6573736167655f696412056d69642d312a080a03"
        "73756d1201312a080a037365711201302a100a0874726163655f6964120474722d31425d7b22736368656d61223a22322e30222c"
        "22686561646572223a7b226576656e745f6964223a2265762d31222c226576656e745f74797065223a22696d2e6d657373616765"
        "2e726563656976655f7631227d2c226576656e74223a7b7d7d",
        Frame(7, 9001, SERVICE, DATA, HEADERS, EVENT),
    ),
    "ack": (
        "080710a94618f681801020012a0d0a047479706512056576656e742a130a0a6d6573736167655f696412056d69642d312a080a03"
        "73756d1201312a080a037365711201302a100a0874726163655f6964120474722d312a0c0a0662697a5f727412023132420d7b22"
        "636f6465223a203230307d",
        Frame(7, 9001, SERVICE, DATA, (*HEADERS, ("biz_rt", "12")), b'{"code": 200}'),
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_pages_vectors(name: str) -> None:
    raw, frame = VECTORS[name]
    assert encode(frame).hex() == raw
    assert decode(bytes.fromhex(raw)) == frame


@given(st.binary(max_size=60))
def test_what_is_no_frame_is_a_value_error(raw: bytes) -> None:
    try:
        decode(raw)
    except ValueError:
        return


# -- the official client ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lark() -> Any:
    """Imported in a thread: it keeps the event loop it finds."""

    def load() -> Any:
        import lark_oapi.ws.client

        if not lark_oapi.ws.client.loop.is_running():
            lark_oapi.ws.client.loop.close()
        return lark_oapi

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(load).result()


@asynccontextmanager
async def official_client(lark: Any, feishu: FeishuEmulator, **handlers: Callable[[Any], Any]) -> AsyncIterator[None]:
    """``lark_oapi.ws.Client`` on a loop of its own in a thread, where it has to be made as well; `handlers` for words
    and clicks. It has no stop: its loop is stopped."""
    builder = lark.EventDispatcherHandler.builder("", "")
    if words := handlers.get("words"):
        builder = builder.register_p2_im_message_receive_v1(words)
    if click := handlers.get("click"):
        builder = builder.register_p2_card_action_trigger(click)
    own = asyncio.new_event_loop()
    own.set_exception_handler(lambda *_: None)  # its tasks end in exceptions that nobody asks for

    def run() -> None:
        lark.ws.client.loop = own
        asyncio.set_event_loop(own)
        client = lark.ws.Client(
            feishu.app_id, feishu.app_secret, lark.LogLevel.CRITICAL, builder.build(), domain=feishu.base_url
        )
        with contextlib.suppress(RuntimeError):  # Event loop stopped before Future completed
            client.start()
        client._auto_reconnect = False
        own.run_until_complete(client._disconnect())
        left = asyncio.all_tasks(own)
        for task in left:
            task.cancel()
        own.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        own.close()

    running = asyncio.create_task(asyncio.to_thread(run))
    try:
        await feishu.connect.until_connected()
        assert feishu.connect.choose()
        yield
    finally:
        own.call_soon_threadsafe(own.stop)
        await running


async def test_the_official_client_takes_words_and_pings(lark: Any, feishu: FeishuEmulator) -> None:
    heard: list[str] = []
    async with official_client(lark, feishu, words=lambda data: heard.append(data.event.message.content)):
        push = await feishu.say("ou_zhao", "报备 杭州云栖湾酒店")
        assert push.delivered
        assert [json.loads(one) for one in heard] == [{"text": "报备 杭州云栖湾酒店"}]
        await feishu.until(lambda: feishu.connect.links[0].pings == 1)
    assert feishu.connect.complaints == []


@pytest.mark.parametrize("shuffled", [False, True])
async def test_the_official_client_puts_fragments_together(lark: Any, feishu: FeishuEmulator, shuffled: bool) -> None:
    heard: list[str] = []
    feishu.connect.fragment_bytes, feishu.connect.shuffled = 100, shuffled
    async with official_client(lark, feishu, words=lambda data: heard.append(data.event.message.content)):
        assert (await feishu.say("ou_zhao", "长" * 500)).delivered
    assert json.loads(heard[0]) == {"text": "长" * 500}
    assert feishu.connect.complaints == []


async def test_the_official_client_answers_clicks(lark: Any, feishu: FeishuEmulator) -> None:
    def click(data: Any) -> Any:
        from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse

        return P2CardActionTriggerResponse({"toast": {"type": "success", "content": f"{data.event.action.value['b']}"}})

    message = feishu.world.post(feishu.p2p_chat("ou_zhao"), "bot", "interactive", card(button("同意")))
    value = {"b": "已同意"}
    async with official_client(lark, feishu, click=click):
        clicked = await feishu.press_value("ou_zhao", message.message_id, value)
    assert clicked.toast is not None
    assert clicked.toast.content == "已同意"
    assert feishu.connect.complaints == []


async def test_the_official_clients_failure_is_a_push_to_be_repeated(lark: Any, feishu: FeishuEmulator) -> None:
    def fails(_: Any) -> None:
        raise KeyError

    async with official_client(lark, feishu, words=fails):
        push = await feishu.say("ou_zhao", "帮助")
        assert (push.status, push.due is not None) == (500, True)
    assert feishu.connect.complaints == []


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_the_official_client_comes_back_with_a_new_ticket(lark: Any, feishu: FeishuEmulator, how: str) -> None:
    feishu.connect.config = feishu.connect.config | {"ReconnectNonce": 0, "ReconnectInterval": 1}
    async with official_client(lark, feishu, words=lambda _: None):
        first = feishu.connect.links[0]
        if how == "abort":
            first.abort()
        else:
            await first.close()
        await feishu.until(lambda: feishu.connect.links and feishu.connect.links[0] is not first)
        assert (await feishu.say("ou_zhao", "帮助")).delivered
    assert feishu.connect.addresses == 2


# -- what the official client does not try -----------------------------------------------------------------------------


async def ask(feishu: FeishuEmulator, **changed: str) -> Any:
    body = {"AppID": feishu.app_id, "AppSecret": feishu.app_secret} | changed
    async with (
        aiohttp.ClientSession() as session,
        session.post(feishu.base_url + connect.ENDPOINT, json=body) as response,
    ):
        return await response.json()


async def test_wrong_credentials_get_no_address(feishu: FeishuEmulator) -> None:
    assert (await ask(feishu, AppSecret="wrong"))["code"] == connect.AUTH_FAILED


async def test_a_ticket_opens_one_connection(feishu: FeishuEmulator) -> None:
    url = (await ask(feishu))["data"]["URL"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            await feishu.connect.until_connected()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
    assert refused.value.headers is not None
    assert refused.value.headers["handshake-status"] == "514"


async def test_nobody_connected_is_nobody_to_push_to(feishu: FeishuEmulator) -> None:
    assert not feishu.connect.choose()
    feishu.connect.enabled = True
    push = await feishu.say("ou_zhao", "帮助")
    assert (push.status, push.error) == (None, "url")


async def test_who_does_not_acknowledge_in_time_is_pushed_to_again(feishu: FeishuEmulator) -> None:
    feishu.pusher.deadline_seconds = 0.1
    url = (await ask(feishu))["data"]["URL"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        await feishu.connect.until_connected()
        assert feishu.connect.choose()
        push = await feishu.say("ou_zhao", "帮助")
        assert (push.status, push.error, push.due is not None) == (None, "unanswered", True)
