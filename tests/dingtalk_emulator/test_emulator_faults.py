"""What goes wrong with calls on demand, rates, the month's quota, files and HTTP mode."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from adapters.dingtalk.emulation.wire import card_sign, sign
from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, Bot, Clock, card, reason

TEXT = {"content": "好"}


def sent(dingtalk: DingTalkEmulator) -> int:
    return len(dingtalk.world.messages)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("rate_limit_next", 403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"),
        ("minute_limit_next", 403, "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi"),
        ("too_fast_next", 400, "send.too.fast"),
    ],
)
async def test_refusals_on_demand(dingtalk: DingTalkEmulator, api: Api, fault: str, status: int, code: str) -> None:
    getattr(dingtalk.faults, fault)(2)
    assert (await api.call("POST", "/v1.0/oauth2/accessToken", {}))[0] == 400, "a token uses none up"
    for _ in range(2):
        refused, answer = await api.send("zhao", TEXT)
        assert (refused, answer["code"]) == (status, code)
    assert (await api.send("zhao", TEXT))[0] == 200
    assert (sent(dingtalk), dingtalk.faults.pending()) == (1, {})


@pytest.mark.parametrize(
    ("fault", "pages", "taken"),
    [
        ("html_next", [(200, "html"), (200, "html")], 0),
        ("server_error_next", [(502, "html"), (500, "system.error")], 0),
        ("ban_next", [(403, "html"), (200, "x5")], 0),
        ("gateway_timeout_next", [(504, "html"), (504, "html")], 1),
    ],
)
async def test_pages_of_gateways(
    dingtalk: DingTalkEmulator, api: Api, fault: str, pages: list[tuple[int, str]], taken: int
) -> None:
    getattr(dingtalk.faults, fault)(2)
    body = {"robotCode": dingtalk.client_id, "userIds": ["zhao"], "msgKey": "sampleText", "msgParam": json.dumps(TEXT)}
    headers = {"x-acs-dingtalk-access-token": api.token}
    for status, word in pages:
        url = dingtalk.base_url + "/v1.0/robot/oToMessages/batchSend"
        async with api.session.post(url, json=body, headers=headers) as response:
            assert (response.status, word in await response.text()) == (status, True)
    assert sent(dingtalk) == taken


async def test_lost_receipts_and_resets(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.faults.reset_before_next()
    with pytest.raises(aiohttp.ClientError):
        await api.deliver("li")
    assert not dingtalk.world.cards
    dingtalk.faults.lose_receipts_next()
    with pytest.raises(aiohttp.ClientError):
        await api.deliver("li")
    assert (await api.deliver("li"))[1]["code"] == "param.cardAlreadyExist", "the first try got through"
    assert sent(dingtalk) == 1


async def test_a_slow_and_a_hanging_platform(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.faults.slow_seconds = 0.05
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await api.send("zhao", TEXT)
    await dingtalk.until(lambda: sent(dingtalk))
    dingtalk.faults.slow_seconds, dingtalk.faults.hang = 0.0, True
    held = asyncio.create_task(api.send("zhao", TEXT))
    await dingtalk.until(lambda: dingtalk.faults.struck["hang"])
    dingtalk.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await held
    assert sent(dingtalk) == 1


async def test_flow_control(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.faults.flow_control_next()
    answer = (await api.send(["zhao", "li"], TEXT))[1]
    assert (answer["flowControlledStaffIdList"], sent(dingtalk)) == (["zhao"], 1)


async def test_twenty_a_second_and_twenty_a_minute_for_a_group(
    dingtalk: DingTalkEmulator, api: Api, clock: Clock
) -> None:
    codes = [(await api.send("zhao", TEXT))[1].get("code", "ok") for _ in range(21)]
    assert codes == ["ok"] * 20 + ["Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"]
    clock.seconds += 1
    assert {(await api.send("cidTeam==", TEXT))[0] for _ in range(20)} == {200}
    clock.seconds += 1
    assert (await api.send("cidTeam==", TEXT))[1]["code"] == "send.too.fast"
    refused = (await api.deliver("cidTeam=="))[1]["result"]["deliverResults"][0]
    assert (refused["success"], refused["errorMsg"]) == (False, "send.too.fast")
    clock.seconds += 60
    assert (await api.send("cidTeam==", TEXT))[0] == 200


async def test_the_months_calls(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    dingtalk.quota.api_per_month = 1
    assert (await api.send("zhao", TEXT))[0] == 200
    status, answer = await api.send("zhao", TEXT)
    assert (status, answer["code"]) == (403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
    await api.log_in()
    ask = {"userid": "zhao"}
    assert (await api.call("POST", "/topapi/v2/user/get", ask, access_token=api.token))[1]["errcode"] == 0
    assert (await upload(api, "image", "a.png", b"\x89PNG"))["errcode"] == 90020
    clock.business = clock.business.replace(month=4, day=1)
    assert (await api.send("zhao", TEXT))[0] == 200


# Files


async def upload(api: Api, kind: str, name: str, data: bytes) -> Any:
    form = aiohttp.FormData()
    form.add_field("type", kind)
    form.add_field("media", io.BytesIO(data), filename=name)
    url = f"{api.dingtalk.base_url}/media/upload"
    async with api.session.post(url, data=form, params={"access_token": api.token}) as response:
        assert response.status == 200
        return await response.json()


@pytest.mark.parametrize(
    ("kind", "name", "size", "errcode"),
    [
        ("image", "a.png", 10, 0),
        ("file", "a.xlsx", 10, 0),
        ("voice", "a.amr", 2 * 1024 * 1024 + 1, 40006),
        ("file", "a.txt", 10, 40004),
        ("image", "a.png", 0, 40006),
        ("sticker", "a.png", 10, 40035),
    ],
)
async def test_uploads(dingtalk: DingTalkEmulator, api: Api, kind: str, name: str, size: int, errcode: int) -> None:
    answer = await upload(api, kind, name, b"x" * size)
    assert answer["errcode"] == errcode
    if not errcode:
        assert (await api.send("zhao", {"photoURL": answer["media_id"]}, "sampleImageMsg"))[0] == 200


async def test_downloads_by_a_code(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    push = await dingtalk.file("zhao", "报价单.xlsx", b"PK\x03\x04")
    code = push.body["content"]["downloadCode"]
    body = {"downloadCode": code, "robotCode": dingtalk.client_id}

    async def ask(**change: str) -> tuple[int, Any]:
        return await api.call("POST", "/v1.0/robot/messageFiles/download", {**body, **change})

    _status, answer = await ask()
    async with api.session.get(answer["downloadUrl"]) as response:
        assert await response.read() == b"PK\x03\x04"
    assert (await ask(downloadCode="no"))[1]["code"] == "invalidParameter.robotCode.downloadCode"
    assert (await ask(robotCode="other"))[1]["code"] == "invalidParameter.robotCode.auth"
    assert (await ask(robotCode=""))[1]["code"] == "invalidParameter.robotCode.empty"
    clock.pass_(minutes=11)
    async with api.session.get(answer["downloadUrl"]) as response:
        assert response.status == 403
    clock.pass_(hours=2)
    assert (await ask())[1]["code"] == "invalidParameter.robotCode.downloadCode"


# HTTP mode


async def test_robot_messages_are_signed(dingtalk: DingTalkEmulator, bot: Bot, clock: Clock) -> None:
    push = await dingtalk.say("zhao", "帮助")
    [(headers, body)] = bot.got
    stamp = str(int(clock.now().timestamp() * 1000))
    assert (headers["timestamp"], headers["sign"]) == (stamp, sign(stamp, dingtalk.client_secret))
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert (body["text"], body["msgId"]) == ({"content": "帮助"}, push.event_id)
    assert push.delivered


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ({"msgtype": "text", "text": {"content": "您好"}}, ["您好"]),
        ({"msgtype": "markdown", "markdown": {"title": "t", "text": "**您好**"}}, ["您好"]),
        ({"msgtype": "empty"}, []),
        ({}, []),
        ({"msgtype": "image"}, []),
    ],
)
async def test_the_answer_may_be_a_message(dingtalk: DingTalkEmulator, bot: Bot, answer: Any, texts: list[str]) -> None:
    bot.answer = answer
    push = await dingtalk.say("zhao", "帮助")
    assert [message.text for message in dingtalk.messages(dingtalk.p2p_chat("zhao"))[1:]] == texts
    assert bool(push.error) == (answer == {"msgtype": "image"})


async def test_http_pushes_never_come_again(dingtalk: DingTalkEmulator, bot: Bot) -> None:
    bot.status = 503
    push = await dingtalk.say("zhao", "帮助")
    assert (push.status, push.due, push.given_up) == (503, None, True)
    dingtalk.callback_url = "http://127.0.0.1:9/"
    assert (await dingtalk.say("zhao", "帮助")).error == "ClientConnectorError"
    assert not (await dingtalk.raw("chat_disband", {})).attempts, "events by HTTP are not built"


async def test_card_callbacks_go_where_their_key_was_registered(dingtalk: DingTalkEmulator, api: Api, bot: Bot) -> None:
    http = {"callbackType": "HTTP", "callbackRouteKey": "approvals"}
    await api.deliver("li", **http)
    [message] = dingtalk.messages(dingtalk.p2p_chat("li"))
    assert (await dingtalk.press("li", message.message_id, "同意")).error, "nobody registered the key"
    register = {"callbackRouteKey": "approvals", "callbackUrl": dingtalk.callback_url, "apiSecret": "card-secret"}
    assert (await api.call("POST", "/v1.0/card/callbacks/register", register))[0] == 200
    assert (await api.call("POST", "/v1.0/card/callbacks/register", register))[0] == 400
    assert (await api.call("POST", "/v1.0/card/callbacks/register", register | {"forceUpdate": True}))[0] == 200
    options = {"updateCardDataByKey": True}
    bot.answer = {"cardUpdateOptions": options, "cardData": {"cardParamMap": {"status": "已同意"}}}
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.card_changed, message.buttons) == (True, [])
    [(headers, body)] = bot.got
    stamp = headers["x-ddpaas-signature-timestamp"]
    assert headers["x-ddpaas-signature"] == card_sign(stamp, "card-secret")
    assert body.keys() == {"type", "outTrackId", "corpId", "userId", "content"}


async def test_a_form_over_http(dingtalk: DingTalkEmulator, api: Api, bot: Bot) -> None:
    register = {"callbackRouteKey": "k", "callbackUrl": dingtalk.callback_url, "apiSecret": "s"}
    await api.call("POST", "/v1.0/card/callbacks/register", register)
    await api.deliver("li", callbackType="HTTP", callbackRouteKey="k", cardData={"cardParamMap": card(**reason())})
    [message] = dingtalk.messages(dingtalk.p2p_chat("li"))
    bot.status = 500
    assert (await dingtalk.press("li", message.message_id, "驳回", {"reason": "价格"})).status == 500
    assert json.loads(bot.got[0][1]["content"])["cardPrivateData"]["params"]["form"] == {"reason": "价格"}
