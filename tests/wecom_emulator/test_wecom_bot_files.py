"""What the smart bot uploads, and messages that are more than text."""

import base64
import hashlib
from typing import Any

import pytest

from adapters.wecom.emulator import ClientRefused, WeComEmulator
from tests.wecom_emulator.stage import Clock, Socket, notice

DATA = b"PK" + bytes(600_000)
HALF = 512 * 1024


def announced(**change: Any) -> dict[str, Any]:
    md5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    return {
        "type": "file", "filename": "报价.xlsx", "total_size": len(DATA), "total_chunks": 2, "md5": md5, **change,
    }  # fmt: skip


async def upload(socket: Socket, parts: list[bytes], **change: Any) -> dict[str, Any]:
    """The ack of finish."""
    upload_id = (await socket.call("aibot_upload_media_init", announced(**change)))["body"]["upload_id"]
    for index, part in enumerate(parts):
        chunk = {"upload_id": upload_id, "chunk_index": index, "base64_data": base64.b64encode(part).decode()}
        assert await socket.code("aibot_upload_media_chunk", chunk) == 0
    return await socket.call("aibot_upload_media_finish", {"upload_id": upload_id})


async def test_a_file_is_uploaded_in_chunks(wecom: WeComEmulator, socket: Socket) -> None:
    media_id = (await upload(socket, [DATA[:HALF], DATA[HALF:]]))["body"]["media_id"]
    await wecom.say("zhaomin", "报价", chat=wecom.single_chat("zhaomin"))
    body = {"chatid": "zhaomin", "chat_type": 1, "msgtype": "file", "file": {"media_id": media_id}}
    assert await socket.code("aibot_send_msg", body) == 0
    assert wecom.messages(wecom.single_chat("zhaomin"))[-1].text == "[文件] 报价.xlsx"


async def test_uploads_that_are_refused(socket: Socket, wecom: WeComEmulator, clock: Clock) -> None:
    assert (await upload(socket, [DATA[:HALF]]))["errcode"] == 40058, "a chunk is missing"
    assert (await upload(socket, [DATA[:HALF], DATA[HALF:]], md5="0" * 32))["errcode"] == 40058
    assert await socket.code("aibot_upload_media_init", announced(type="sticker")) == 40004
    assert await socket.code("aibot_upload_media_init", announced(type="image", total_size=11 * 1024 * 1024)) == 40006
    assert await socket.code("aibot_upload_media_init", announced(total_chunks=101)) == 40058
    upload_id = (await socket.call("aibot_upload_media_init", announced()))["body"]["upload_id"]
    beyond = {"upload_id": upload_id, "chunk_index": 2, "base64_data": "AAAA"}
    assert await socket.code("aibot_upload_media_chunk", beyond) == 40058, "counted from 0"
    clock.seconds += 1801
    assert await socket.code("aibot_upload_media_chunk", {**beyond, "chunk_index": 0}) == 40058
    codes = [await socket.code("aibot_upload_media_init", announced()) for _ in range(31)]
    assert codes == [0] * 30 + [45009]


async def test_a_quote_and_a_picture_with_words(wecom: WeComEmulator, socket: Socket) -> None:
    first = await wecom.say("zhaomin", "云帆 30 万", chat="wrTeam", mention_bot=True)
    await wecom.say("LiJing", "这条登记一下", chat="wrTeam", mention_bot=True, quote=first.message_id)
    await wecom.mixed("zhaomin", "看图", [b"\xff\xd8\xff..."], chat="wrTeam", mention_bot=True)
    _first, quoting, mixed = [(await socket.heard())["body"] for _ in range(3)]
    assert quoting["quote"] == {"msgtype": "text", "text": {"content": "@渠道助手 云帆 30 万"}}
    words, picture = mixed["mixed"]["msg_item"]
    assert words == {"msgtype": "text", "text": {"content": "@渠道助手 看图"}}
    assert picture["image"].keys() == {"url", "aeskey"}
    assert wecom.messages("wrTeam")[-1].text == "@渠道助手 看图\n[图片]"


async def test_three_answers_being_written_are_the_most(wecom: WeComEmulator, socket: Socket, clock: Clock) -> None:
    for _ in range(3):
        await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
        assert await socket.say(await socket.heard(), "稍等", finish=False) == 0
    with pytest.raises(ClientRefused):
        await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    assert (await wecom.say("LiJing", "帮助", chat="wrTeam", mention_bot=True)).delivered
    clock.seconds += 361
    assert (await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)).delivered


async def test_a_jump_asks_and_an_answer_is_judged(wecom: WeComEmulator, socket: Socket) -> None:
    await wecom.say("zhaomin", "帮助", chat="wrTeam", mention_bot=True)
    callback = await socket.heard()
    assert (
        await socket.card("wrTeam", notice(jump_list=[{"type": 3, "title": "我的报备", "question": "/报备 我的"}])) == 0
    )
    card = wecom.messages("wrTeam")[-1]
    assert card.buttons == ["我的报备"]
    await wecom.press("LiJing", card.message_id, "我的报备")
    assert (await socket.heard())["body"]["text"] == {"content": "@渠道助手 /报备 我的"}
    stream = {"id": "s1", "finish": True, "content": "好", "feedback": {"id": "f1"}}
    body = {"msgtype": "stream", "stream": stream}
    assert await socket.code("aibot_respond_msg", body, callback["headers"]["req_id"]) == 0
    answer = wecom.messages("wrTeam")[-1]
    await wecom.smart_bot.talk.feedback(wecom.world.user("zhaomin"), answer, 2, "不准")
    event = await socket.heard()
    assert event["body"]["event"]["feedback_event"]["id"] == "f1"
    assert await socket.say(event, "好") == 846605, "nothing can be answered to it"


async def test_events_without_a_person_and_what_nobody_is_told(wecom: WeComEmulator) -> None:
    change = await wecom.system(
        "change_contact", {"ChangeType": "update_user", "UserID": "lizheng", "NewUserID": "li.zheng"}
    )
    assert (change.body["FromUserName"], "AgentID" in change.body, change.delivered) == ("sys", False, True)
    said = await wecom.say("zhaomin", "帮助")
    wecom.read("lijing", [said.message_id])
    assert list(wecom.message(said.message_id).readers) == ["LiJing"]
    assert len(wecom.pushes) == 2


async def test_a_members_conversations(wecom: WeComEmulator) -> None:
    assert [chat.chat_type for chat in wecom.conversations("LIJING")] == ["app", "group"]
    await wecom.say("lijing", "帮助", chat=wecom.single_chat("lijing"))
    kinds = {chat.chat_type: chat.members for chat in wecom.conversations("lijing")}
    assert kinds == {"app": ["LiJing"], "single": ["LiJing"], "group": ["zhaomin", "LiJing"]}
