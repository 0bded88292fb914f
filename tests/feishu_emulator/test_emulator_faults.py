"""What goes wrong on demand, rates, and how events come again."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import Api, Bot, Clock, button, card, says

TEXT = {"text": "好"}
RECEIVED = "im.message.receive_v1"


def open_event(bot: Bot, number: int) -> dict[str, Any]:
    """Plain mode only: what the bot got."""
    return dict(json.loads(bot.got[number][1]))


@pytest.fixture
async def plain(feishu: FeishuEmulator, clock: Clock) -> FeishuEmulator:
    """Without an encrypt key pushes can be read off the wire."""
    emulator = FeishuEmulator(encrypt_key="", now=clock.now, callback_url=feishu.callback_url)
    emulator.add_user("ou_zhao", "赵敏")
    return emulator


# Calls


async def test_rate_limit_is_a_429_with_headers(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.rate_limit_next(2)
    for _ in range(2):
        body = {"receive_id": "ou_zhao", "msg_type": "text", "content": json.dumps(TEXT)}
        headers = {"Authorization": f"Bearer {api.token}"}
        url = feishu.base_url + "/open-apis/im/v1/messages"
        async with api.session.post(url, json=body, headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (429, 99991400)
            assert response.headers["x-ogw-ratelimit-limit"] == "1000"
            assert response.headers["x-ogw-ratelimit-reset"] == "1"
    assert (await api.send("ou_zhao", TEXT))[0] == 200
    assert (feishu.faults.pending(), feishu.faults.struck["rate_limit"]) == ({}, 2)


async def test_five_a_second_for_a_person_a_group_and_a_card(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    for to in ("ou_zhao", "oc_team"):
        codes = [(await api.send(to, TEXT))[1]["code"] for _ in range(6)]
        assert codes == [0] * 5 + [230020]
    clock.seconds += 1
    message_id = await api.card("ou_zhao", card())
    assert [(await api.patch(message_id, card()))[1]["code"] for _ in range(6)] == [0] * 5 + [230020]
    clock.seconds += 1
    assert (await api.patch(message_id, card()))[0] == 200


async def test_fifty_a_second_and_a_thousand_a_minute_for_an_api(
    feishu: FeishuEmulator, api: Api, clock: Clock
) -> None:
    feishu.limits.chat_per_second = 10_000
    assert {(await api.send("ou_zhao", TEXT))[0] for _ in range(50)} == {200}
    assert (await api.send("ou_zhao", TEXT))[0] == 429
    assert (await api.call("GET", "bot/v3/info"))[0] == 200, "each API has its own"
    feishu.limits.api_per_minute = 60
    clock.seconds += 2
    assert [(await api.send("ou_zhao", TEXT))[0] for _ in range(11)] == [200] * 10 + [429]
    clock.seconds += 58
    assert (await api.send("ou_zhao", TEXT))[0] == 200


async def test_chat_limit(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.chat_limit_next()
    assert [(await api.send("ou_zhao", TEXT))[1]["code"] for _ in range(2)] == [230020, 0]


async def test_a_lost_receipt_is_found_again_by_its_uuid(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.lose_receipts_next()
    with pytest.raises(aiohttp.ClientError):
        await api.send("ou_zhao", TEXT, uuid="row-1")
    [message] = feishu.messages(feishu.p2p_chat("ou_zhao"))
    _status, again = await api.send("ou_zhao", TEXT, uuid="row-1")
    assert again["data"]["message_id"] == message.message_id
    assert [call.status for call in feishu.calls[-2:]] == [None, 200]


async def test_a_connection_reset_before_took_nothing(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.reset_before_next()
    with pytest.raises(aiohttp.ClientError):
        await api.send("ou_zhao", TEXT)
    assert not feishu.world.messages


async def test_html_and_server_errors_took_nothing(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.html_next()
    with pytest.raises(aiohttp.ContentTypeError, match="200"):
        await api.send("ou_zhao", TEXT)
    feishu.faults.server_error_next(2)
    with pytest.raises(aiohttp.ContentTypeError, match="502"):
        await api.send("ou_zhao", TEXT)
    status, answer = await api.send("ou_zhao", TEXT)
    assert (status, answer["code"]) == (500, 2200)
    assert not feishu.world.messages


async def test_a_slow_send_is_in_flight(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.slow_seconds = 0.2
    first = asyncio.create_task(api.send("ou_zhao", TEXT, uuid="row-1"))
    await feishu.until(lambda: feishu.faults.struck["slow_seconds"])
    assert (await api.send("ou_zhao", TEXT, uuid="row-1"))[1]["code"] == 230049
    assert (await first)[0] == 200
    assert len(feishu.world.messages) == 1


async def test_a_send_goes_on_when_its_caller_gave_up(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.slow_seconds = 0.1
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await api.send("ou_zhao", TEXT)
    assert await feishu.until(lambda: feishu.messages(feishu.p2p_chat("ou_zhao")))


async def test_a_hanging_platform_takes_nothing(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.hang = True
    held = asyncio.create_task(api.send("ou_zhao", TEXT))
    await feishu.until(lambda: feishu.faults.struck["hang"])
    feishu.faults.hang = False
    with pytest.raises(aiohttp.ClientError):
        await held
    assert not feishu.world.messages
    assert (await api.send("ou_zhao", TEXT))[0] == 200


async def test_cards_that_cannot_change(feishu: FeishuEmulator, api: Api) -> None:
    message_id = await api.card("ou_zhao", card())
    feishu.faults.lock_cards_next(2)
    locked = [(await api.patch(message_id, card()))[1]["msg"] for _ in range(2)]
    assert sorted(code for msg in locked for code in ("11310", "200810") if f"ErrCode: {code};" in msg) == [
        "11310",
        "200810",
    ]
    feishu.faults.cards_immutable = True
    assert (await api.patch(message_id, card()))[1]["code"] == 230031
    feishu.faults.lock_cards_next(3)
    feishu.faults.clear()
    assert (await api.patch(message_id, card()))[0] == 200


async def test_a_token_request_uses_up_no_fault(feishu: FeishuEmulator, api: Api) -> None:
    feishu.faults.rate_limit_next()
    feishu.faults.revoke_tokens()
    assert (await api.send("ou_zhao", TEXT))[1]["code"] == 99991663
    credentials = {"app_id": feishu.app_id, "app_secret": feishu.app_secret}
    _status, answer = await api.call("POST", "auth/v3/tenant_access_token/internal", credentials)
    api.token = answer["tenant_access_token"]
    assert (await api.send("ou_zhao", TEXT))[0] == 429


def test_a_fault_is_armed_by_a_call_never_by_an_assignment(clock: Clock) -> None:
    faults = FeishuEmulator(now=clock.now).faults
    with pytest.raises(AttributeError):
        faults.reorder_next = True  # type: ignore[method-assign, assignment]


# Pushes


async def test_an_event_comes_again_after_15_s_5_min_1_h_6_h(feishu: FeishuEmulator, bot: Bot, clock: Clock) -> None:
    bot.answer = says({}, status=503)
    push = await feishu.say("ou_zhao", "帮助")
    for gap in (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)):
        assert push.due == clock.now() + gap
        clock.business += gap - timedelta(seconds=1)
        assert await feishu.redeliver_due() == []
        clock.pass_(seconds=1)
        assert await feishu.redeliver_due() == [push]
    assert (push.attempts, push.due, push.given_up, feishu.failed_pushes) == (5, None, True, [push])
    signatures = {headers["X-Lark-Signature"] for headers, _raw in bot.got}
    assert len(signatures) == 5, "each attempt is stamped and signed anew"


async def test_a_redelivery_that_is_taken_ends_it(feishu: FeishuEmulator, bot: Bot, clock: Clock) -> None:
    bot.answer = says({}, status=500)
    push = await feishu.say("ou_zhao", "帮助")
    bot.answer = says({})
    clock.pass_(seconds=15)
    await feishu.redeliver_due()
    assert (push.status, push.attempts, push.due, feishu.failed_pushes) == (200, 2, None, [])


@pytest.mark.parametrize("status", [201, 204, 302, 404])
async def test_only_200_is_taken(feishu: FeishuEmulator, bot: Bot, status: int) -> None:
    bot.answer = lambda _headers, _raw: web.Response(status=status, headers={"Location": feishu.callback_url})
    push = await feishu.say("ou_zhao", "帮助")
    assert (push.status, push.delivered, push.due is not None, len(bot.got)) == (status, False, True, 1)


async def test_duplicates_come_with_the_old_and_with_a_new_event_id(plain: FeishuEmulator, bot: Bot) -> None:
    plain.faults.duplicate_pushes = True
    await plain.say("ou_zhao", "一")
    await plain.say("ou_zhao", "二")
    await plain.menu("ou_zhao", "my_deals")
    await plain.menu("ou_zhao", "my_deals")
    await plain.stop()
    events = [open_event(bot, number) for number in range(8)]
    ids = [one["header"]["event_id"] for one in events]
    messages = [one["event"].get("message", {}).get("message_id") for one in events]
    assert (ids[0] == ids[1], messages[0] == messages[1]) == (True, True)
    assert (ids[2] == ids[3], messages[2] == messages[3]) == (False, True)
    assert (ids[4] == ids[5], ids[6] == ids[7]) == (True, True), "only messages may change their event_id"


async def test_the_second_of_two_comes_first(plain: FeishuEmulator, bot: Bot) -> None:
    plain.faults.reorder_next()
    first = await plain.say("ou_zhao", "一")
    assert (first.status, first.attempts) == (None, 0)
    second = await plain.say("ou_zhao", "二")
    await plain.stop()
    assert [open_event(bot, number)["header"]["event_id"] for number in (0, 1)] == [second.event_id, first.event_id]
    assert first.delivered


async def test_plain_pushes_are_unsigned(plain: FeishuEmulator, bot: Bot) -> None:
    await plain.say("ou_zhao", "一")
    await plain.stop()
    [(headers, raw)] = bot.got
    assert not [name for name in headers if name.startswith("X-Lark-")]
    assert json.loads(raw)["header"]["token"] == plain.verification_token


async def test_once_more_and_the_very_same_bytes(feishu: FeishuEmulator, bot: Bot) -> None:
    push = await feishu.say("ou_zhao", "帮助")
    await feishu.pusher.repeat(push)
    assert await feishu.pusher.replay(push) == 200
    (first, second, third) = bot.got
    assert first[1] != second[1], "encrypted anew"
    assert (second[1], second[0]["X-Lark-Signature"]) == (third[1], third[0]["X-Lark-Signature"])


async def test_a_lost_answer_leaves_the_card(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    bot.answer = says({"toast": {"type": "info", "content": "好"}, "card": {"type": "raw", "data": card()}})
    feishu.faults.lose_answers_next()
    lost = await feishu.press("ou_zhao", message_id, "同意")
    assert (lost.error_code, lost.toast, lost.card_changed) == (200341, None, False)
    assert (await feishu.press("ou_zhao", message_id, "同意")).card_changed


@pytest.mark.parametrize(
    "answer",
    [{}, {"challenge": "another"}, [], {"challenge": None}],
    ids=["none", "wrong", "a list", "null"],
)
async def test_a_wrong_challenge(feishu: FeishuEmulator, bot: Bot, answer: Any) -> None:
    bot.answer = says(answer)
    assert not await feishu.verify_url()


async def test_the_challenge_comes_without_a_signature(plain: FeishuEmulator, bot: Bot) -> None:
    bot.answer = lambda _headers, raw: web.json_response({"challenge": json.loads(raw)["challenge"]})
    assert await plain.verify_url()
    await plain.stop()
    assert open_event(bot, 0).keys() == {"challenge", "token", "type"}


async def test_the_challenge_is_encrypted_like_all(feishu: FeishuEmulator, bot: Bot) -> None:
    await feishu.verify_url()
    [(headers, raw)] = bot.got
    assert (list(json.loads(raw)), "X-Lark-Signature" in headers) == (["encrypt"], False)
