"""What people send, and how the bot hears of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from adapters.dingtalk.emulator import ClientRefused, DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, Client, Clock


async def test_words_go_out_and_come_back(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    push = await dingtalk.say("zhao", "帮助")
    assert (push.status, push.delivered) == (200, True)
    [heard] = client.heard()
    assert (heard["text"], heard["senderStaffId"], heard["conversationType"]) == ({"content": "帮助"}, "zhao", "1")
    assert not {"conversationTitle", "isInAtList", "atUsers"} & heard.keys()
    status, answer = await api.send("zhao", {"content": "您好"})
    assert (status, len(answer["processQueryKey"])) == (200, 24)
    assert [message.text for message in dingtalk.messages(dingtalk.p2p_chat("zhao"))] == ["帮助", "您好"]


async def test_a_group_is_heard_only_with_the_robot_s_name(dingtalk: DingTalkEmulator, client: Client) -> None:
    assert (await dingtalk.say("zhao", "大家好", chat_id="cidTeam==")).attempts == 0
    await dingtalk.say("zhao", "报备 华东医药", chat_id="cidTeam==", mention_bot=True, mentions=["li", "zhou"])
    [heard] = client.heard()
    assert heard["text"] == {"content": " @周强 @李静 报备 华东医药"}
    assert (heard["conversationType"], heard["conversationTitle"], heard["isInAtList"]) == ("2", "华东渠道群", True)
    robot, li, zhou = heard["atUsers"]
    assert robot == {"dingtalkId": heard["chatbotUserId"]}
    assert li["staffId"] == "li"
    assert zhou.keys() == {"dingtalkId"}


async def test_somebody_of_another_company_has_no_staff_id(dingtalk: DingTalkEmulator, client: Client) -> None:
    await dingtalk.say("zhou", "你好", chat_id="cidTeam==", mention_bot=True)
    [heard] = client.heard()
    assert "senderStaffId" not in heard
    assert (heard["senderCorpId"], heard["chatbotCorpId"]) == ("dingother", dingtalk.corp_id)
    assert heard["senderId"].startswith("$:LWCP_v1:$")


async def test_kinds_of_content(dingtalk: DingTalkEmulator, client: Client) -> None:
    await dingtalk.rich_text("zhao", ["现场照片", b"\x89PNG"])
    await dingtalk.file("zhao", "报价单.xlsx", b"PK")
    await dingtalk.audio("zhao", b"#!AMR", 3200, recognition="进入投标阶段")
    await dingtalk.video("zhao", b"mp4")
    await dingtalk.location("zhao")
    rich, file, audio, video, unknown = (heard["content"] for heard in client.heard())
    assert [part.get("text") or part["type"] for part in rich["richText"]] == ["现场照片", "picture"]
    assert (file["fileName"], audio["recognition"], audio["duration"]) == ("报价单.xlsx", "进入投标阶段", 3200)
    assert video["videoType"] == "mp4"
    assert unknown == {"unknownMsgType": "location"}
    kinds = ["richText", "file", "audio", "video", "unknownMsgType"]
    assert [heard["msgtype"] for heard in client.heard()] == kinds


async def test_groups_never_deliver_voice_and_files(dingtalk: DingTalkEmulator, client: Client) -> None:
    pushes = [
        await dingtalk.audio("zhao", b"#!AMR", chat_id="cidTeam=="),
        await dingtalk.file("zhao", "a.pdf", b"%PDF", chat_id="cidTeam=="),
        await dingtalk.video("zhao", b"mp4", chat_id="cidTeam=="),
        await dingtalk.image("zhao", b"\x89PNG", chat_id="cidTeam=="),
    ]
    assert [push.attempts for push in pushes] == [0, 0, 0, 1]


async def test_a_quoted_message(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    await api.send("zhao", {"content": "请补充预计金额"})
    [asked] = dingtalk.messages(dingtalk.p2p_chat("zhao"))
    await dingtalk.say("zhao", "30万", reply_to=asked.message_id)
    await dingtalk.say("zhao", "算了", reply_to=dingtalk.messages(dingtalk.p2p_chat("zhao"))[-1].message_id)
    (answer, mine) = client.heard()
    text = answer["text"]
    assert (text["content"], text["isReplyMsg"], text["repliedMsg"]["msgId"]) == ("30万", True, asked.message_id)
    assert (answer["originalMsgId"], answer["originalProcessQueryKey"]) == (asked.message_id, asked.process_query_key)
    assert "originalProcessQueryKey" not in mine, "a person's words have none"


async def test_odd_shapes(dingtalk: DingTalkEmulator, client: Client, clock: Clock) -> None:
    dingtalk.faults.odd_shapes = True
    await dingtalk.audio("zhao", b"#!AMR", 3200)
    [heard] = client.heard()
    assert (heard["createAt"], heard["content"]["duration"]) == (str(int(clock.now().timestamp() * 1000)), "3200")
    assert "somethingNew" in heard


async def test_who_may_not_write(dingtalk: DingTalkEmulator) -> None:
    with pytest.raises(ClientRefused):
        await dingtalk.say(dingtalk.add_user("new", "何川").user_id, "好", chat_id="cidTeam==", mention_bot=True)
    dingtalk.world.users["li"].resigned = True
    with pytest.raises(ClientRefused):
        await dingtalk.say("li", "好")
    dingtalk.world.users["zhao"].available = False
    assert (await dingtalk.say("zhao", "好")).attempts == 0, "outside the app's range the robot hears nothing"


async def test_who_leaves_the_company_is_told_of_at_once(dingtalk: DingTalkEmulator, api: Api) -> None:
    """One event for all of them, and the month's quota does not count it."""
    push = await dingtalk.leaves("li", "zhao")
    assert (push.event_type, push.body["userId"], push.attempts) == ("user_leave_org", ["li", "zhao"], 1)
    assert (len(str(push.body["timeStamp"])), dingtalk.quota.pushes) == (13, 0)
    with pytest.raises(ClientRefused):
        await dingtalk.say("li", "好")
    _, answer = await api.send("zhao", {"content": "您好"})
    assert answer["invalidStaffIdList"] == ["zhao"]


# Session webhooks


async def post(api: Api, url: str, body: Any) -> Any:
    async with api.session.post(url, json=body) as response:
        assert response.status == 200
        return await response.json()


def said(msg_type: str, **content: Any) -> dict[str, Any]:
    return {"msgtype": msg_type, msg_type: content}


async def test_a_session_webhook_lives_90_minutes(
    dingtalk: DingTalkEmulator, api: Api, client: Client, clock: Clock
) -> None:
    await dingtalk.say("zhao", "帮助", chat_id="cidTeam==", mention_bot=True)
    [heard] = client.heard()
    assert heard["sessionWebhookExpiredTime"] - heard["createAt"] == 5_400_000
    at = {"atUserIds": ["zhao", "li"], "isAtAll": False}
    answer = await post(api, heard["sessionWebhook"], {**said("markdown", title="t", text="@zhao 已登记"), "at": at})
    assert answer == {"errcode": 0, "errmsg": "ok"}
    message = dingtalk.messages("cidTeam==")[-1]
    assert (message.text, message.mentions) == ("@zhao 已登记", ["zhao"]), "markdown needs the id in its text"
    assert (dingtalk.quota.api, dingtalk.quota.pushes) == (0, 2), "one push, one webhook"
    clock.pass_(minutes=90)
    assert (await post(api, heard["sessionWebhook"], said("text", content="迟了")))["errcode"] == 300001


@pytest.mark.parametrize(
    "body",
    [
        {"msgtype": "image"},
        {"msgtype": "text"},
        said("text", content=""),
        said("text", text="x"),
        {**said("text", content="x"), "extra": 1},
        said("actionCard", title="t", text="x"),
        said("actionCard", title="t", text="x", btns=[{"title": "a"}]),
    ],
)
async def test_refused_webhooks(dingtalk: DingTalkEmulator, api: Api, client: Client, body: Any) -> None:
    await dingtalk.say("zhao", "帮助")
    assert (await post(api, client.heard()[0]["sessionWebhook"], body))["errcode"] == 40035


async def test_pressing_a_link_that_speaks(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    url = "dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20SP2001"
    await api.send("zhao", {"title": "审批", "text": f"[同意]({url}) [详情](https://a.b)"}, "sampleMarkdown")
    [message] = dingtalk.messages(dingtalk.p2p_chat("zhao"))
    assert message.buttons == ["同意"]
    await dingtalk.press("zhao", message.message_id, "同意")
    assert client.heard()[0]["text"] == {"content": "同意 SP2001"}
    assert (await dingtalk.press("zhao", message.message_id, "详情")).push is None
    with pytest.raises(ClientRefused):
        await dingtalk.press("zhao", message.message_id, "驳回")


# Events of groups


async def test_groups_tell_of_people_and_of_cool_apps(dingtalk: DingTalkEmulator, client: Client) -> None:
    dingtalk.add_user("new", "何川")
    await dingtalk.people.joined("cidTeam==", ["new"], "zhao")
    await dingtalk.people.left("cidTeam==", ["new"], "zhao")
    assert await dingtalk.bot_added("cidTeam==", "zhao", cool_app=False) is None, "nobody tells"
    await dingtalk.bot_added("cidTeam==", "zhao")
    await dingtalk.people.disbanded("cidTeam==", "zhao")
    kinds = [frame["headers"]["eventType"] for frame in client.frames]
    assert kinds == ["chat_add_member", "chat_remove_member", "im_cool_app_install", "chat_disband"]
    assert json.loads(client.frames[0]["data"])["userId"] == ["new"]
    assert client.frames[0]["headers"]["eventCorpId"] == dingtalk.corp_id


async def test_events_come_only_if_ticked_and_subscribed(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.pusher.console_events.remove("robot_msg_read")
    assert (await dingtalk.raw("robot_msg_read", {})).attempts == 0
    client = await api.connect([{"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"}])
    await dingtalk.until(lambda: dingtalk.connections)
    push = await dingtalk.raw("chat_disband", {})
    assert (push.error, push.due) == ("no connection", dingtalk.now() + timedelta(seconds=10))
    await client.close()
