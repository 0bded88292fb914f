"""The ends of connections, and what goes wrong with pushes."""

import asyncio
import json

import pytest

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import ALL, CARDS, Api, Client, Clock, ack, sets, taken


@pytest.mark.parametrize("message_id", [True, False])
async def test_disconnect_ends_the_pushes_then_the_connection(
    dingtalk: DingTalkEmulator, api: Api, client: Client, message_id: bool
) -> None:
    dingtalk.stream.grace_seconds = 0.05
    [old] = dingtalk.connections
    await dingtalk.stream.disconnect(message_id=message_id)
    assert (await dingtalk.say("zhao", "丢了")).error == "no connection"
    new = await api.connect()
    await dingtalk.until(lambda: any(not one.leaving for one in dingtalk.connections))
    assert (await dingtalk.say("zhao", "到了")).delivered
    await dingtalk.until(lambda: old not in dingtalk.connections)
    assert await client.ended() == 1000
    [frame] = client.frames
    assert (frame["headers"]["topic"], "messageId" in frame["headers"]) == ("disconnect", message_id)
    assert new.heard()[0]["text"] == {"content": "到了"}
    assert not dingtalk.stream.odd_frames
    await new.close()


async def test_a_disconnect_in_the_middle_of_a_turn_still_takes_the_acknowledgement(
    dingtalk: DingTalkEmulator, api: Api
) -> None:
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    saying = asyncio.create_task(dingtalk.say("zhao", "帮助"))
    await dingtalk.until(lambda: dingtalk.pushes and dingtalk.pushes[0].headers)
    await dingtalk.stream.disconnect()
    await client.send(ack({"headers": dingtalk.pushes[0].headers}, {"response": None}))
    assert (await saying).delivered
    await client.close()


async def test_a_clean_close_and_a_cut(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    await dingtalk.stream.close()
    await dingtalk.until(lambda: not dingtalk.connections)
    assert await client.ended() == 1000
    again = await api.connect()
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.stream.cut()
    await dingtalk.until(lambda: not dingtalk.connections)
    assert await again.ended() == 1006


async def test_a_half_dead_connection_swallows_everything(dingtalk: DingTalkEmulator, client: Client) -> None:
    dingtalk.stream.ping_seconds = dingtalk.pusher.deadline_seconds = 0.02
    dingtalk.stream.stall()
    push = await dingtalk.say("zhao", "帮助")
    assert (push.error, push.due is None) == ("timeout", False), "written, and never answered"
    assert not client.frames
    await client.socket.ping()
    assert not client.socket.closed
    [connection] = dingtalk.connections
    assert connection.stalled
    dingtalk.stream.stall(False)
    dingtalk.pusher.deadline_seconds = 3.0
    assert (await dingtalk.say("zhao", "又活了")).delivered


@pytest.mark.parametrize("garbage", ["not json", "{}", '{"type":"NEW","headers":{"topic":"x"},"data":"{}"}'])
async def test_garbage_can_be_sent(dingtalk: DingTalkEmulator, api: Api, garbage: str) -> None:
    body = {"clientId": dingtalk.client_id, "clientSecret": dingtalk.client_secret, "subscriptions": ALL}
    _status, opened = await api.call("POST", "/v1.0/gateway/connections/open", body)
    socket = await api.session.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}")
    await dingtalk.until(lambda: dingtalk.connections)
    await dingtalk.stream.send_raw(garbage)
    assert (await socket.receive()).data == garbage
    await socket.close()


# Faults of pushes


async def test_duplicates_have_the_same_id(dingtalk: DingTalkEmulator, client: Client) -> None:
    dingtalk.faults.duplicate_pushes = True
    await dingtalk.say("zhao", "帮助")
    await dingtalk.raw("chat_disband", {})
    assert client.heard()[0]["msgId"] == client.heard()[1]["msgId"]
    assert len({frame["headers"]["messageId"] for frame in client.frames}) == 4
    assert client.frames[2]["headers"]["eventId"] == client.frames[3]["headers"]["eventId"]


async def test_reordering(dingtalk: DingTalkEmulator, client: Client) -> None:
    dingtalk.faults.reorder_next()
    held = await dingtalk.say("zhao", "一")
    assert held.attempts == 0
    await dingtalk.say("zhao", "二")
    assert [heard["text"]["content"] for heard in client.heard()] == ["二", "一"]


async def test_a_message_over_the_months_quota_has_no_content(
    dingtalk: DingTalkEmulator, api: Api, client: Client, clock: Clock
) -> None:
    message_id = await api.card("li")
    dingtalk.quota.pushes_per_month = 1
    await dingtalk.say("zhao", "够")
    push = await dingtalk.say("zhao", "不够")
    assert push.delivered
    heard = client.heard()[1]
    assert (heard["errorCode"], heard["msgtype"], heard["senderStaffId"]) == ("20001", "text", "zhao")
    assert not {"text", "content"} & heard.keys()
    assert (await dingtalk.raw("chat_disband", {})).error == "quota"
    assert (await dingtalk.press("li", message_id, "同意")).error
    clock.business = clock.business.replace(month=4, day=1)
    await dingtalk.say("zhao", "新的一月")
    assert client.heard()[2]["text"] == {"content": "新的一月"}


async def test_what_is_pushed_is_counted(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    await dingtalk.say("zhao", "帮助")
    await dingtalk.raw("user_add_org", {"userId": ["zhao"]})
    await dingtalk.press("li", await api.card("li"), "同意")
    assert (dingtalk.quota.pushes, dingtalk.quota.api) == (2, 1)
    assert json.loads(client.frames[1]["data"]) == {"userId": ["zhao"]}


async def test_a_duplicated_click(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("li"))
    dingtalk.faults.duplicate_pushes = True
    times = iter(("一", "二"))
    client.answer = lambda frame: sets(status=next(times))(frame)
    assert (await dingtalk.press("li", message.message_id, "同意")).card_changed
    assert client.heard(CARDS)[0] == client.heard(CARDS)[1]
    assert message.text.endswith("一"), "the client takes the first answer"


async def test_a_half_dead_connection_is_never_closed_by_the_platform(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.stream.ping_seconds = 0.01
    client = await api.connect()
    [connection] = await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.stream.stall()
    await dingtalk.until(lambda: len(connection.pings) > 3)
    assert dingtalk.connections == [connection]
    dingtalk.stream.cut()
    await client.close()


async def test_one_of_two_deliveries_is_enough(dingtalk: DingTalkEmulator, api: Api) -> None:
    client = await api.connect(answer=lambda frame: taken(frame) if len(client.frames) == 1 else None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.faults.duplicate_pushes, dingtalk.pusher.deadline_seconds = True, 0.02
    push = await dingtalk.raw("chat_disband", {})
    assert (push.attempts, push.delivered, push.due) == (2, True, None)
    await client.close()


async def test_other_system_frames(dingtalk: DingTalkEmulator, client: Client) -> None:
    await dingtalk.stream.system("KEEPALIVE", {})
    assert (await dingtalk.say("zhao", "帮助")).delivered
    assert client.frames[0]["headers"]["topic"] == "KEEPALIVE"
