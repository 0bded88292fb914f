"""The smart bot over its long connection: what it hears, what it may say, when and how often."""

import asyncio
import base64
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.wecom.emulator import ClientRefused, WeComEmulator
from tests.wecom_emulator.stage import Api, Clock, Socket, group_card, notice


async def test_a_command_in_a_group_and_its_answer(wecom: WeComEmulator, socket: Socket) -> None:
    push = await wecom.say("LiJing", "/任务 12 完成", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    body = callback["body"]
    assert callback["cmd"] == "aibot_msg_callback"
    assert (body["chatid"], body["chattype"], body["from"]) == ("wrTeam", "group", {"userid": "lijing"})
    assert (body["msgtype"], body["text"]) == ("text", {"content": "@渠道助手 /任务 12 完成"})
    assert (push.body["msgid"], push.req_id) == (body["msgid"], callback["headers"]["req_id"])
    assert await socket.say(callback, "**已登记** 任务 12", finish=False) == 0
    assert await socket.say(callback, "**已完成** 任务 12") == 0
    [_asked, answered] = wecom.messages("wrTeam")
    assert (answered.text, len(answered.history)) == ("已完成 任务 12", 2)
    assert await socket.say(callback, "再来") == 846608, "a finished stream is over"


async def test_what_does_not_mention_the_bot_is_not_heard(wecom: WeComEmulator, socket: Socket) -> None:
    unheard = [
        await wecom.say("zhaomin", "中午吃什么", chat="wrTeam"),
        await wecom.file("zhaomin", "报价.xlsx", b"PK....", chat="wrTeam"),
        await wecom.picture("zhaomin", b"\xff\xd8\xff...", chat="wrTeam"),
    ]
    assert [push.attempts for push in unheard] == [0, 0, 0]
    assert len(wecom.messages("wrTeam")) == 3
    with pytest.raises(ClientRefused):
        await wecom.say("wangxiaoyan", "@渠道助手", chat="wrTeam", mention_bot=True)


async def test_files_come_encrypted_for_five_minutes(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    chat = wecom.single_chat("zhaomin")
    await wecom.file("zhaomin", "报价单.xlsx", b"PK-the-file", chat=chat)
    await wecom.picture("zhaomin", b"\xff\xd8\xff-the-picture", chat=chat)
    await wecom.voice("zhaomin", chat=chat, words="登记云帆")
    file, picture, voice = [(await socket.heard())["body"] for _ in range(3)]
    assert (voice["voice"], voice["chattype"], "chatid" in voice) == ({"content": "登记云帆"}, "single", False)
    assert [len(one["aeskey"]) for one in (file["file"], picture["image"])] == [44, 43], "with and without ="
    async with aiohttp.ClientSession() as session:
        async with session.get(file["file"]["url"]) as response:
            cipher = await response.read()
            assert response.headers["Content-Disposition"].endswith("%E6%8A%A5%E4%BB%B7%E5%8D%95.xlsx")
        key = base64.b64decode(file["file"]["aeskey"])
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(cipher) + decryptor.finalize()
        assert (padded[: -padded[-1]], len(padded) % 32) == (b"PK-the-file", 0)
        clock.seconds += 301
        async with session.get(file["file"]["url"]) as response:
            assert response.status == 403


async def test_each_members_card_turns_into_their_own(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.say("zhaomin", "/政策", chat="wrTeam", mention_bot=True)
    await socket.heard()
    assert await socket.card("wrTeam", group_card()) == 0
    message = wecom.messages("wrTeam")[-1]
    pressing = asyncio.create_task(wecom.press("LiJing", message.message_id, "我已阅读"))
    callback = await socket.heard()
    event = callback["body"]["event"]
    assert event == {
        "eventtype": "template_card_event",
        "template_card_event": {"card_type": "button_interaction", "event_key": "ack", "task_id": "policy-88_g1"},
    }
    done = notice("已确认", task_id="policy-88_g1")
    body = {"response_type": "update_template_card", "userids": ["lijing"], "template_card": done}
    req_id = callback["headers"]["req_id"]
    assert await socket.code("aibot_respond_update_msg", body, req_id) == 0
    assert (await pressing).card_changed
    assert (message.seen_by("LiJing").text, message.buttons) == ("已确认", ["我已阅读"])
    assert message.seen_by("zhaomin").buttons == ["我已阅读"]
    assert await socket.code("aibot_respond_update_msg", body, req_id) == 846605, "one answer to a click"


async def test_a_click_must_be_answered_within_five_seconds(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    wecom.smart_bot.talk.answer_seconds = 0.05
    await wecom.say("zhaomin", "/政策", chat="wrTeam", mention_bot=True)
    said = await socket.heard()
    await socket.card("wrTeam", group_card())
    click = await wecom.press("zhaomin", wecom.messages("wrTeam")[-1].message_id, "我已阅读")
    assert not click.card_changed
    callback = await socket.heard()
    body = {"response_type": "update_template_card", "template_card": notice("好", task_id="policy-88_g1")}
    another = {**body, "template_card": notice("好", task_id="policy-89")}
    req_id = callback["headers"]["req_id"]
    assert await socket.code("aibot_respond_update_msg", another, req_id) == 42014
    assert await socket.code("aibot_respond_update_msg", body, said["headers"]["req_id"]) == 846605
    assert await socket.say(callback, "好") == 846605, "no stream on an event"
    clock.seconds += 5.1
    assert await socket.code("aibot_respond_update_msg", body, req_id) == 846605


PUSHES: dict[str, tuple[dict[str, Any], int]] = {
    "markdown": ({"msgtype": "markdown", "markdown": {"content": "任务 12 已逾期"}}, 0),
    "text": ({"msgtype": "text", "text": {"content": "好"}}, 40008),
    "stream": ({"msgtype": "stream", "stream": {"id": "s", "content": "好"}}, 40008),
    "markdown over 20480 bytes": ({"msgtype": "markdown", "markdown": {"content": "好" * 6827}}, 40058),
    "an unknown file": ({"msgtype": "file", "file": {"media_id": "x"}}, 40007),
    "an app's button": (
        {
            "msgtype": "template_card",
            "template_card": {
                **group_card(),
                "button_list": [{"type": 1, "text": "看", "url": "https://example.com"}],
            },
        },
        40058,
    ),
    "two bodies": ({"msgtype": "markdown", "markdown": {"content": "好"}, "text": {"content": "好"}}, 40058),
}


@pytest.mark.parametrize(("body", "code"), PUSHES.values(), ids=PUSHES)
async def test_pushes(wecom: WeComEmulator, socket: Socket, body: dict[str, Any], code: int) -> None:
    await wecom.say("zhaomin", "@渠道助手", chat="wrTeam", mention_bot=True)
    assert await socket.code("aibot_send_msg", {"chatid": "wrTeam", "chat_type": 2, **body}) == code


async def test_pushes_go_only_where_somebody_spoke(wecom: WeComEmulator, socket: Socket) -> None:
    body = {"msgtype": "markdown", "markdown": {"content": "好"}}

    async def push(chat: str, chat_type: int = 0) -> int:
        return await socket.code("aibot_send_msg", {"chatid": chat, "chat_type": chat_type, **body})

    assert [await push("wrTeam"), await push("zhaomin"), await push("wrNone")] == [93001, 93001, 93006]
    await wecom.say("zhaomin", "帮助", chat=wecom.single_chat("zhaomin"))
    assert [await push("ZhaoMin", 1), await push("zhaomin", 2), await push("zhaomin")] == [0, 93006, 0]


async def test_thirty_a_minute_in_a_conversation(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    codes = [await socket.say(callback, "好" * n, finish=False) for n in range(1, 32)]
    assert codes == [0] * 30 + [45009], "frames of a stream count, too"
    clock.seconds += 60
    assert await socket.card("wrTeam", group_card()) == 0
    assert await socket.card("wrTeam", group_card()) == 42014


async def test_windows_of_an_answer(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    assert await socket.say(callback, "一", finish=False) == 0
    clock.seconds += 361
    assert await socket.say(callback, "二") == 846608
    assert await socket.say(callback, "三", stream="s2") == 0
    clock.pass_(hours=24, seconds=1)
    assert await socket.say(callback, "四", stream="s3") == 846605


async def test_a_late_answer_by_the_callbacks_url(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    first, second = [(await socket.heard())["body"]["response_url"] for _ in range(2)]
    async with aiohttp.ClientSession() as session:

        async def answer(url: str) -> int:
            body = {"msgtype": "markdown", "markdown": {"content": "好"}}
            data = '{"msgtype":"markdown","markdown":{"content":"好"}}'.encode() if body else b""
            async with session.post(url, data=data) as response:
                return int((await response.json())["errcode"])

        assert await answer(first) == 0
        assert await answer(first) != 0
        clock.pass_(hours=1, seconds=1)
        assert await answer(second) != 0


async def test_the_first_entry_of_a_day_may_be_welcomed(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    await wecom.smart_bot.talk.enter(wecom.world.user("zhaomin"))
    callback = await socket.heard()
    assert callback["body"]["event"] == {"eventtype": "enter_chat"}
    body = {"msgtype": "text", "text": {"content": "您好"}}
    req_id = callback["headers"]["req_id"]
    assert [await socket.code("aibot_respond_welcome_msg", body, req_id) for _ in range(2)] == [0, 846605]
    assert (await wecom.smart_bot.talk.enter(wecom.world.user("zhaomin"))).attempts == 0
    clock.pass_(days=1)
    assert (await wecom.smart_bot.talk.enter(wecom.world.user("zhaomin"))).delivered


async def test_userids_are_encrypted_unless_a_super_admin_made_the_bot(
    wecom: WeComEmulator, socket: Socket, api: Api
) -> None:
    wecom.smart_bot.callbacks.made_by_super_admin = False
    await wecom.say("LiJing", "帮助", chat="wrTeam", mention_bot=True)
    encrypted = (await socket.heard())["body"]["from"]["userid"]
    answer = await api.post("batch/openuserid_to_userid", {"open_userid_list": [encrypted, "wo1"]})
    assert answer["userid_list"] == [{"open_userid": encrypted, "userid": "LiJing"}]
    assert answer["invalid_open_userid_list"] == ["wo1"]
