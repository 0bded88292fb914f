"""The Stream gateway: tickets, frames, acknowledgements, and everything that happens to connections."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import ALL, CARDS, MESSAGES, Api, Client, Clock, ack, taken

OPEN = "/v1.0/gateway/connections/open"


def credentials(dingtalk: DingTalkEmulator, **more: Any) -> dict[str, Any]:
    known = {"clientId": dingtalk.client_id, "clientSecret": dingtalk.client_secret, "subscriptions": ALL}
    return {**known, "ua": "dingtalk-sdk-python/v0.24.3-union", "localIp": "10.20.30.40", **more}


async def handshake(api: Api, opened: Any) -> int:
    """101, or the status of a refused handshake."""
    try:
        socket = await api.session.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}")
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status
    await socket.close()
    return 101


# Opening


async def test_a_ticket_opens_one_connection_for_90_seconds(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    status, opened = await api.call("POST", OPEN, credentials(dingtalk))
    assert (status, set(opened)) == (200, {"endpoint", "ticket"})
    assert opened["endpoint"].startswith("ws://127.0.0.1:")
    assert [await handshake(api, opened) for _ in range(2)] == [101, 401]
    _status, opened = await api.call("POST", OPEN, credentials(dingtalk))
    clock.seconds += 90
    assert await handshake(api, opened) == 401
    assert dingtalk.quota.api == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"clientSecret": "no"}, "invalidClientIdOrSecret"),
        ({"subscriptions": []}, "param.invalid"),
        ({"subscriptions": [{"type": "EVENT", "topic": "robot_msg_read"}]}, "param.invalid"),
        ({"subscriptions": [{"type": "CALLBACK", "topic": "*"}]}, "param.invalid"),
        ({"subscriptions": [{"topic": MESSAGES}]}, "param.invalid"),
        ({"accessToken": "x"}, "param.invalid"),
    ],
)
async def test_refused_registrations(dingtalk: DingTalkEmulator, api: Api, change: dict[str, Any], code: str) -> None:
    status, answer = await api.call("POST", OPEN, credentials(dingtalk, **change))
    assert (status, answer["code"]) == (400, code)


async def test_a_hot_loop_of_opens_is_refused(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    statuses = [(await api.call("POST", OPEN, credentials(dingtalk)))[0] for _ in range(21)]
    assert statuses == [200] * 20 + [403]


async def test_the_gateway_slow_refusing_and_a_black_hole(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.faults.gateway_refuse_next()
    async with api.session.post(dingtalk.base_url + OPEN, json=credentials(dingtalk)) as response:
        assert response.status == 503
    dingtalk.faults.gateway_slow_seconds = 0.05
    assert (await api.call("POST", OPEN, credentials(dingtalk)))[0] == 200
    assert dingtalk.faults.struck["gateway_slow_seconds"] == 1
    dingtalk.faults.gateway_hang = True
    held = asyncio.create_task(api.call("POST", OPEN, credentials(dingtalk)))
    await dingtalk.until(lambda: dingtalk.faults.struck["gateway_hang"])
    assert (await api.send("zhao", {"content": "好"}))[0] == 200, "only the gateway hangs"
    dingtalk.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await held


# Frames


async def test_the_shape_of_frames(dingtalk: DingTalkEmulator, client: Client) -> None:
    await dingtalk.say("zhao", "帮助")
    await dingtalk.raw("chat_disband", {"openConversationId": "cidTeam=="})
    message, event = client.frames
    assert (message["specVersion"], message["type"]) == ("1.0", "CALLBACK")
    assert message["headers"].keys() == {"appId", "connectionId", "contentType", "messageId", "time", "topic"}
    assert message["headers"]["topic"] == MESSAGES
    own = {"eventId", "eventType", "eventCorpId", "eventBornTime", "eventUnifiedAppId"}
    assert event["headers"].keys() - message["headers"].keys() == own
    assert (event["type"], event["headers"]["eventType"]) == ("EVENT", "chat_disband")
    assert all(isinstance(value, str) for frame in client.frames for value in frame["headers"].values())
    assert isinstance(message["data"], str)


async def test_pings_want_their_echo(dingtalk: DingTalkEmulator, client: Client) -> None:
    [connection] = dingtalk.connections
    await dingtalk.stream.ping()
    await dingtalk.until(lambda: connection.pongs == 1)
    await dingtalk.stream.ping()
    await dingtalk.until(lambda: connection.pongs == 2)
    assert sorted("specVersion" in frame for frame in client.frames) == [False, True]


async def test_two_pings_without_an_echo_end_the_connection(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.stream.ping_seconds = 0.02
    client = await api.connect(answer=lambda frame: None if frame["type"] == "SYSTEM" else taken(frame))
    await dingtalk.until(lambda: dingtalk.connections)
    await dingtalk.until(lambda: not dingtalk.connections)
    assert len(client.frames) == 2
    await client.close()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _frame: "hello",
        lambda _frame: "[]",
        lambda frame: ack(frame, {}) | {"code": "200"},
        lambda frame: ack(frame, {}) | {"data": {}},
        lambda frame: ack(frame, {}) | {"data": "{"},
        lambda frame: ack(frame, {}) | {"more": 1},
        lambda frame: {"code": 200, "headers": {}, "message": "", "data": "{}"},
        lambda frame: ack({"headers": {"messageId": "another"}}, {}),
    ],
)
async def test_what_is_no_acknowledgement(dingtalk: DingTalkEmulator, api: Api, wrong: Callable[[Any], Any]) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    saying = asyncio.create_task(dingtalk.say("zhao", "帮助"))
    await dingtalk.until(lambda: dingtalk.pushes and dingtalk.pushes[0].headers)
    frame = {"headers": {"messageId": dingtalk.pushes[0].headers["messageId"]}}
    await client.send(wrong(frame))
    await dingtalk.until(lambda: dingtalk.stream.odd_frames)
    assert dingtalk.pushes[0].status is None
    await client.send(ack(frame, {}))
    assert (await saying).status == 200
    await client.close()


async def test_an_acknowledgement_on_another_socket_does_not_count(dingtalk: DingTalkEmulator, api: Api) -> None:
    first = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    saying = asyncio.create_task(dingtalk.say("zhao", "帮助"))
    await dingtalk.until(lambda: dingtalk.pushes and dingtalk.pushes[0].headers)
    second = await api.connect()
    await second.send(ack({"headers": dingtalk.pushes[0].headers}, {}))
    await dingtalk.until(lambda: dingtalk.stream.odd_frames)
    await first.send(ack({"headers": dingtalk.pushes[0].headers}, {}))
    assert (await saying).status == 200
    await first.close()
    await second.close()


async def test_each_push_goes_to_one_connection_that_wants_it(dingtalk: DingTalkEmulator, api: Api) -> None:
    messages = [{"type": "CALLBACK", "topic": MESSAGES}]
    clients = [
        await api.connect(messages),
        await api.connect(messages),
        await api.connect([{"type": "CALLBACK", "topic": CARDS}]),
    ]
    await dingtalk.until(lambda: len(dingtalk.connections) == 3)
    for number in range(30):
        await dingtalk.say("zhao", f"第 {number} 句")
    counts = [len(client.heard()) for client in clients]
    assert counts[0] + counts[1] == 30
    assert min(counts[0], counts[1]) > 0
    assert counts[2] == 0
    for client in clients:
        await client.close()


# Coming again


async def test_an_unacknowledged_message_comes_again_after_a_minute(
    dingtalk: DingTalkEmulator, api: Api, clock: Clock
) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.deadline_seconds = 0.02
    push = await dingtalk.say("zhao", "帮助")
    assert (push.status, push.error, push.due) == (None, "timeout", clock.now() + timedelta(seconds=60))
    assert await dingtalk.redeliver_due() == []
    clock.pass_(seconds=60)
    assert await dingtalk.redeliver_due() == [push]
    first, again = client.frames
    assert client.heard()[0] == client.heard()[1]
    assert first["headers"]["messageId"] != again["headers"]["messageId"]
    assert (push.due, push.given_up, dingtalk.failed_pushes) == (None, True, [push])
    await client.close()


async def test_a_late_acknowledgement_keeps_a_message_from_coming_again(dingtalk: DingTalkEmulator, api: Api) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.deadline_seconds = 0.02
    push = await dingtalk.say("zhao", "帮助")
    assert dingtalk.failed_pushes == [push]
    await client.send(ack({"headers": push.headers}, {"response": None}))
    await dingtalk.until(lambda: push.delivered)
    assert dingtalk.failed_pushes == []
    assert push.due is None
    await client.close()


async def test_a_late_success_of_an_event_is_not_heard(dingtalk: DingTalkEmulator, api: Api) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.deadline_seconds = 0.02
    push = await dingtalk.raw("chat_disband", {})
    await client.send(ack({"headers": push.headers}, {"status": "SUCCESS"}))
    await client.send("flush")
    await dingtalk.until(lambda: dingtalk.stream.odd_frames == ["flush"])
    assert (push.status, push.delivered, push.due is None) == (None, False, False)
    await client.close()


async def test_a_refused_message_never_comes_again(dingtalk: DingTalkEmulator, api: Api) -> None:
    client = await api.connect(answer=lambda frame: ack(frame, {}, code=500))
    await dingtalk.until(lambda: dingtalk.connections)
    push = await dingtalk.say("zhao", "帮助")
    assert (push.status, push.delivered, push.due, push.given_up) == (500, False, None, True)
    await client.close()


async def test_without_a_connection_a_message_is_lost(dingtalk: DingTalkEmulator) -> None:
    push = await dingtalk.say("zhao", "帮助")
    assert (push.error, push.due, push.given_up) == ("no connection", None, True)


async def test_fire_and_forget_as_documented(dingtalk: DingTalkEmulator, api: Api) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.repeats_messages, dingtalk.pusher.deadline_seconds = False, 0.02
    assert (await dingtalk.say("zhao", "帮助")).due is None
    await client.close()


@pytest.mark.parametrize(
    ("answer", "code", "delivered"),
    [
        ({"status": "SUCCESS", "message": "ok"}, 200, True),
        ({"status": "LATER"}, 200, False),
        ({"status": "SUCCESS"}, 500, False),
        ({"openConversationId": "cidTeam=="}, 200, False),
    ],
)
async def test_events_come_three_times_until_success(
    dingtalk: DingTalkEmulator, api: Api, clock: Clock, answer: Any, code: int, delivered: bool
) -> None:
    client = await api.connect(answer=lambda frame: ack(frame, answer, code))
    await dingtalk.until(lambda: dingtalk.connections)
    push = await dingtalk.raw("chat_disband", {"openConversationId": "cidTeam=="})
    assert push.delivered == delivered
    for seconds in (10, 30):
        clock.pass_(seconds=seconds)
        await dingtalk.redeliver_due()
    ids = {frame["headers"]["eventId"] for frame in client.frames}
    assert (len(client.frames), len(ids)) == ((1, 1) if delivered else (3, 1))
    assert push.given_up != delivered
    await client.close()
