"""HTTP mode against what a platform, a network and an attacker may post to it."""

import asyncio
import gzip
import json
from datetime import timedelta
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from adapters.dingtalk.adapter import DingtalkAdapter
from adapters.dingtalk.card import variables
from adapters.dingtalk.config import configured
from adapters.dingtalk.crypto import card_signature, message_signature
from bot.config import Dingtalk
from bot.errors import OperatorError, Unavailable
from bot.messages import Answer, AnyInbound, Press, Say, Toast
from bot.ports import Gone, Receipt, Taken
from tests.dingtalk.conftest import Channel
from tests.dingtalk.fake import says
from tests.dingtalk.samples import CLICK, MESSAGE, SINGLE, click, row, without
from tests.dingtalk.stage import NOW, PATH, Count, card_signed, config, signed
from tests.feishu.card_samples import DECIDED
from tests.feishu.stage import Counts, Desk, serve

BODY = json.dumps(MESSAGE, ensure_ascii=False).encode()
PRESSED = json.dumps(CLICK).encode()


def test_the_documentations_vector() -> None:
    assert message_signature("1577262236757", "this is a secret") == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="
    assert card_signature("1577262236757", "this is a secret") != message_signature("1577262236757", "this is a secret")


async def test_a_message_is_taken_and_answered_with_nothing(channel: Channel, desk: Desk, counts: Counts) -> None:
    assert await channel.post(BODY, signed()) == (200, b'{"msgtype":"empty"}')
    assert [said.text for said in desk.inbounds if isinstance(said, Say)] == ["报备 华东医药 预算30万"]
    assert counts == {"taken": 1}


HEADERS = signed()


@pytest.mark.parametrize(
    ("body", "headers", "cause"),
    [
        pytest.param(BODY, {}, "unsigned", id="no signature"),
        pytest.param(BODY, {"timestamp": HEADERS["timestamp"]}, "unsigned", id="a timestamp alone"),
        pytest.param(BODY, {"sign": HEADERS["sign"]}, "bad_signature", id="a signature alone"),
        pytest.param(BODY, HEADERS | {"sign": "AAAA"}, "bad_signature", id="wrong"),
        pytest.param(BODY, HEADERS | {"sign": "签名"}, "bad_signature", id="no ascii"),
        pytest.param(BODY, HEADERS | {"timestamp": "1790000002001"}, "bad_signature", id="of another instant"),
        pytest.param(BODY, HEADERS | {"timestamp": "１７９００００００２０００"}, "bad_signature", id="wide digits"),
        pytest.param(BODY, signed(secret="another"), "bad_signature", id="another app's"),
        pytest.param(BODY, signed(secret=""), "bad_signature", id="with an empty secret"),
        pytest.param(BODY, card_signed(secret="Zk3v-demo-client-secret"), "bad_signature", id="a message as a card"),
        pytest.param(PRESSED, card_signed(secret=""), "bad_signature", id="a card with an empty secret"),
        pytest.param(PRESSED, {"x-ddpaas-signature": ""}, "unsigned", id="a card without a signature"),
        pytest.param(PRESSED, {"x-ddpaas-signature": "AAAA"}, "bad_signature", id="a card without an instant"),
        pytest.param(b"[" * 100_000, {}, "unsigned", id="nothing is parsed before"),
    ],
)
async def test_nobody_else_gets_in(
    channel: Channel, desk: Desk, counts: Counts, body: bytes, headers: dict[str, str], cause: str
) -> None:
    assert await channel.post(body, headers) == (401, b"")
    assert desk.inbounds == []
    assert counts == {cause: 1}


async def test_without_a_secret_for_cards_none_are_taken(desk: Desk, counts: Counts) -> None:
    adapter = DingtalkAdapter(
        config(stream=False, card_template_id="", card_api_secret=""), lambda: NOW, Count(), counts.add
    )
    handler = adapter.callback(desk)
    assert handler
    app = web.Application()
    app.router.add_post(PATH, handler)
    async with serve(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        response = await session.post(PATH, data=PRESSED, headers=card_signed(secret=""))
        assert response.status == 401
    assert (desk.inbounds, dict(counts)) == ([], {"unsigned": 1})


@pytest.mark.parametrize(
    ("age", "message", "card"),
    [
        (timedelta(0), 200, 200),
        (timedelta(minutes=4), 200, 200),
        (timedelta(minutes=6), 200, 401),
        (timedelta(minutes=59), 200, 401),
        (timedelta(minutes=61), 401, 401),
        (timedelta(days=365), 401, 401),
        (timedelta(minutes=-4), 200, 200),
        (timedelta(minutes=-61), 401, 401),
    ],
)
async def test_how_old_a_push_may_be(channel: Channel, age: timedelta, message: int, card: int) -> None:
    at = (NOW - age).timestamp()
    assert (await channel.post(BODY, signed(at)))[0] == message
    assert (await channel.post(PRESSED, card_signed(at)))[0] == card


MALFORMED = [
    b"",
    b"[]",
    b"null",
    b"5",
    b"{}",
    b'{"msgId":',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    BODY[:-1] + b',"x":NaN}',
    BODY[:-1] + b',"x":1e400}',
    BODY[:-1] + b',"msgId":"again"}',
    b'{"msgId":"\xff"}',
    b"\xef\xbb\xbf" + BODY,
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_body_is_400(channel: Channel, desk: Desk, counts: Counts, body: bytes) -> None:
    assert await channel.post(body, signed()) == (400, b"")
    assert await channel.post(body, card_signed()) == (400, b"")
    assert desk.inbounds == []
    assert counts == {"malformed": 2}


async def test_half_an_emoji_is_no_reason_to_lose_a_message(channel: Channel, desk: Desk) -> None:
    body = json.dumps(MESSAGE | {"text": {"content": "云栖\ud83d湾"}}).encode()
    assert (await channel.post(body, signed()))[0] == 200
    (said,) = desk.inbounds
    assert isinstance(said, Say)
    assert said.text == "云栖\ufffd湾"


async def test_only_post(channel: Channel, counts: Counts) -> None:
    assert await channel.post(None, method="GET") == (405, b"")
    assert counts == {"wrong_method": 1}


async def test_a_large_body_is_413_however_it_comes(channel: Channel, counts: Counts) -> None:
    large = b"a" * (256 * 1024 + 1)

    async def in_chunks() -> Any:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    assert await channel.post(large, signed()) == (413, b"")
    assert await channel.post(in_chunks(), signed()) == (413, b"")
    bomb = gzip.compress(b"a" * 50_000_000)
    assert await channel.post(bomb, {"Content-Encoding": "gzip"}) == (413, b"")
    assert counts == {"too_large": 3}


async def test_a_body_that_does_not_come_is_408(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.http.READ_SECONDS", 0.02)
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_what_is_not_for_the_bot_is_200(channel: Channel, desk: Desk, counts: Counts) -> None:
    body = json.dumps(MESSAGE | {"senderId": MESSAGE["chatbotUserId"]}).encode()
    assert await channel.post(body, signed()) == (200, b'{"msgtype":"empty"}')
    assert (desk.inbounds, dict(counts)) == ([], {"ignored_from_a_bot": 1})


async def test_without_a_store_or_with_an_error_of_ours(
    channel: Channel, desk: Desk, counts: Counts, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[Exception] = [Unavailable("dsn postgresql://secret"), KeyError("secret")]

    def fails(_inbound: AnyInbound) -> None:
        raise errors.pop(0)

    desk.deed = fails
    assert await channel.post(BODY, signed()) == (503, b"")
    assert await channel.post(BODY, signed()) == (503, b"")
    assert counts == {"unavailable": 1, "error": 1}
    assert "a push to dingtalk failed" in caplog.text


async def test_a_thousand_repetitions_are_a_thousand_200s_of_one_key(channel: Channel, desk: Desk) -> None:
    ends = await asyncio.gather(*(channel.post(BODY, signed()) for _ in range(1000)))
    assert set(ends) == {(200, b'{"msgtype":"empty"}')}
    assert {said.key for said in desk.inbounds} == {"msgW3tq0Lk9sXb2vN1=="}


# -- clicks ----------------------------------------------------------------------------------------------------------

AGREED = Answer(Toast("已同意"), DECIDED)


async def test_a_click_is_answered_with_the_changed_variables(
    channel: Channel, desk: Desk, counts: Counts, meter: Count
) -> None:
    desk.taken = Taken(AGREED, (7,))
    status, text = await channel.post(PRESSED, card_signed())
    assert (status, json.loads(text)["cardData"]) == (200, {"cardParamMap": variables(DECIDED)})
    assert desk.answers == [desk.taken]
    assert (counts, meter) == ({"taken": 1}, {"click": 1})


async def test_a_click_that_changes_nothing_is_answered_with_nothing(channel: Channel, desk: Desk) -> None:
    desk.taken = Taken(Answer(Toast("您没有权限处理这份审批。")))
    assert await channel.post(PRESSED, card_signed()) == (200, b"{}")


async def test_who_clicked_is_the_platforms_word_whatever_the_params_say(channel: Channel, desk: Desk) -> None:
    forged = click({"params": {"id": "c9.1.m~", "userId": "boss", "corpId": "boss"}})
    await channel.post(json.dumps(forged), card_signed())
    (pressed,) = desk.inbounds
    assert isinstance(pressed, Press)
    assert (pressed.sender.user, pressed.button) == ("mgr0042", "c9.1.m")


async def test_the_same_click_twice_is_one_key_another_is_another(channel: Channel, desk: Desk) -> None:
    for body, headers in (
        (PRESSED, card_signed()),
        (PRESSED, card_signed()),
        (PRESSED, card_signed(NOW.timestamp() + 1)),
    ):
        await channel.post(body, headers)
    first, again, later = (pressed.key for pressed in desk.inbounds)
    assert first == again != later


async def test_an_answer_after_two_seconds_is_not_reported(
    channel: Channel, desk: Desk, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.dingtalk.edge.WINDOW_SECONDS", 0.0)
    desk.taken = Taken(AGREED, (7,))
    assert (await channel.post(PRESSED, card_signed()))[0] == 200
    assert desk.answers == []
    assert counts["unanswered"] == 1


async def test_an_answer_nobody_waits_for_is_not_reported(channel: Channel, desk: Desk, counts: Counts) -> None:
    taken, left = asyncio.Event(), asyncio.Event()

    async def slowly(_inbound: AnyInbound) -> None:
        taken.set()
        await left.wait()

    desk.deed = slowly
    desk.taken = Taken(AGREED, (7,))
    lines = [f"POST {PATH} HTTP/1.1", "Host: x", f"Content-Length: {len(PRESSED)}"]
    lines += [f"{name}: {value}" for name, value in card_signed().items()]
    _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + PRESSED)
    await taken.wait()
    writer.transport.abort()
    await channel.post(None, method="GET")  # once this is answered the server knows that the other has left
    left.set()
    await counts.until("unanswered")
    assert desk.answers == []


async def test_an_answer_that_cannot_be_recorded_was_given_all_the_same(
    channel: Channel, desk: Desk, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_store(_taken: Taken) -> None:
        raise Unavailable

    monkeypatch.setattr(desk, "answered", no_store)
    desk.taken = Taken(AGREED, (7,))
    assert (await channel.post(PRESSED, card_signed()))[0] == 200
    await counts.until("unrecorded_answer")


# -- over quota, and from outside -----------------------------------------------------------------------------------


async def test_messages_without_content_are_the_channels_trouble_until_one_has_some(
    channel: Channel, desk: Desk, counts: Counts, meter: Count
) -> None:
    empty = json.dumps(without(MESSAGE, "text") | {"errorCode": 20001, "errorMessage": "quota"}).encode()
    assert await channel.post(empty, signed()) == (200, b'{"msgtype":"empty"}')
    assert (desk.inbounds, dict(counts), meter) == ([], {"ignored_over_quota": 1}, {"over_quota": 1})
    assert not channel.adapter.state.up
    assert "推送额度已用完" in channel.adapter.state.why
    await channel.post(BODY, signed())
    assert "推送额度" not in channel.adapter.state.why


async def test_an_outsider_is_answered_at_the_address_they_came_with(channel: Channel) -> None:
    address = f"{channel.platform_url}/robot/sendBySession?session=1"
    stranger = without(MESSAGE, "senderStaffId") | {"sessionWebhook": address}
    await channel.post(json.dumps(stranger), signed())
    said = row("请先绑定", place=msgspec.structs.replace(SINGLE, chat=MESSAGE["senderId"]))
    adapter, platform = channel.adapter, channel.platform
    platform.answers = [says(200, {"errcode": 0, "errmsg": "ok"}), says(200, {"errcode": 300001, "errmsg": "expired"})]
    assert await adapter.deliver(said, adapter.render(said)) == Receipt("")
    assert isinstance(await adapter.deliver(said, adapter.render(said)), Gone)
    assert platform.calls[0] == (
        "POST",
        "/robot/sendBySession",
        "",
        {"msgtype": "text", "text": {"content": "请先绑定"}},
    )


# -- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": ""}, "channels.dingtalk.client_id 是空的"),
        ({"client_secret": ""}, "channels.dingtalk.client_secret 是空的"),
        ({"base_url": "api.dingtalk.com"}, "channels.dingtalk.base_url 要以 https:// 开头"),
        ({"legacy_base_url": ""}, "channels.dingtalk.legacy_base_url 要以 https:// 开头：（空）"),
        ({"stream": False, "card_api_secret": ""}, "channels.dingtalk.card_api_secret 是空的"),
    ],
)
def test_a_channel_that_could_not_be_served_safely_is_refused_in_one_line(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(OperatorError, match="^" + said.replace("（", ".").replace("）", ".")) as refused:
        config(**changed)
    assert "\n" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    assert "Zk3v" not in repr(config())
    assert "demo-card" not in repr(config())


def test_the_robot_has_the_apps_own_code_and_its_callback_the_channels_address() -> None:
    settings = Dingtalk.model_validate({"platform": "dingtalk", "client_id": "ding1", "client_secret": "s"})
    found = configured("two", settings, "https://bot.example.com/")
    assert (found.robot_code, found.stream, found.cards) == ("ding1", True, False)
    assert found.callback_url == "https://bot.example.com/channels/two/callback"
