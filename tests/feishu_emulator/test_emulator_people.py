"""People write, press and read; the bot hears of it, and its answers change what they see."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from adapters.feishu.emulator import ClientRefused, FeishuEmulator, Toast
from tests.feishu_emulator.stage import Api, Bot, Clock, button, card, says, text

DONE = card({"tag": "markdown", "content": "由 <at id=ou_zhao></at> **同意**"})
PNG = b"\x89PNG\r\n\x1a\n..."


def raw(data: Any) -> dict[str, Any]:
    return {"card": {"type": "raw", "data": data}}


async def test_a_stranger_of_another_company_writes_in_an_external_group(feishu: FeishuEmulator) -> None:
    push = await feishu.say("ou_zhou", "报备", chat_id="oc_outside", mention_bot=True)
    event, header = push.body["event"], push.body["header"]
    assert (header["tenant_key"], event["sender"]["tenant_key"]) == (feishu.tenant_key, "tkother000000001")
    assert (header["create_time"], event["message"]["create_time"]) == ("1772413200000", "1772413200000")
    assert json.loads(event["message"]["content"]) == {"text": "@_user_1 报备"}
    assert feishu.message(push.message_id).text == "@渠道助手 报备"
    assert (push.status, push.attempts) == (200, 1)


async def test_in_groups_the_bot_hears_what_mentions_it(feishu: FeishuEmulator, bot: Bot) -> None:
    unheard = await feishu.say("ou_zhao", "中午吃什么", chat_id="oc_team")
    assert (unheard.status, unheard.attempts, bot.got) == (None, 0, [])
    feishu.people.hears_everything = True
    assert (await feishu.say("ou_zhao", "吃面", chat_id="oc_team")).delivered
    await feishu.bot_removed("oc_team", "ou_li")
    assert not (await feishu.say("ou_zhao", "@渠道助手", chat_id="oc_team", mention_bot=True)).delivered


async def test_every_kind_of_message(feishu: FeishuEmulator, api: Api) -> None:
    await feishu.post(
        "ou_zhao", "标题", [[{"tag": "text", "text": "第一行"}], [{"tag": "a", "text": "看", "href": "https://a.b"}]]
    )
    await feishu.image("ou_zhao", PNG)
    await feishu.file("ou_zhao", "报价单.xlsx", b"PK")
    await feishu.audio("ou_zhao", b"Ogg", duration=2100)
    await feishu.sticker("ou_zhao")
    messages = feishu.messages(feishu.p2p_chat("ou_zhao"))
    assert [message.text for message in messages] == [
        "标题\n第一行\n看",
        "[图片]",
        "[文件] 报价单.xlsx",
        "[语音]",
        "[表情]",
    ]
    contents = [json.loads(push.body["event"]["message"]["content"]) for push in feishu.pushes]
    assert contents[0]["title"] == "标题", "a received post has no language level"
    assert contents[3]["duration"] == 2100
    path = f"{feishu.base_url}/open-apis/im/v1/messages/{messages[2].message_id}/resources/{contents[2]['file_key']}"
    async with api.session.get(path, params={"type": "file"}, headers={"Authorization": f"Bearer {api.token}"}) as got:
        assert (await got.read(), 'filename="报价单.xlsx"' in got.headers["Content-Disposition"]) == (b"PK", True)


async def test_a_read_message_is_reported_in_a_single_chat(feishu: FeishuEmulator, api: Api) -> None:
    message_id = (await api.send("ou_zhao", {"text": "好"}))[1]["data"]["message_id"]
    own = (await feishu.say("ou_zhao", "帮助")).message_id
    push = await feishu.read("ou_zhao", [message_id, own])
    assert push is not None
    assert push.body["event"]["message_id_list"] == [message_id]


async def test_half_a_surrogate_travels_as_an_escape(feishu: FeishuEmulator) -> None:
    push = await feishu.say("ou_zhao", "坏\ud800字")
    assert push.delivered
    assert push.body["event"]["message"]["content"] == '{"text":"坏\\ud800字"}'


async def test_a_click_brings_toast_and_card(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    bot.answer = says({"toast": {"type": "success", "content": "已同意"}, **raw(DONE)})
    click = await feishu.press("ou_zhao", message_id, "同意")
    assert (click.toast, click.card_changed, click.error_code) == (Toast("success", "已同意"), True, None)
    assert feishu.message(message_id).text == "报备审批\n由 @赵敏 同意"
    assert feishu.message(message_id).mentions == ["ou_zhao"]


BIG = card({"tag": "markdown", "content": "x" * 31_000})
ANSWERS: dict[str, tuple[Any, int, int]] = {
    "500": ({}, 500, 200671),
    "302": ({}, 302, 200671),
    "a list": ([], 200, 200672),
    "an unknown part": ({"cards": {}}, 200, 200672),
    "a toast of a fifth type": ({"toast": {"type": "ok", "content": "好"}}, 200, 200672),
    "a toast without words": ({"toast": {"type": "info"}}, 200, 200672),
    "a card as text": ({"card": {"type": "raw", "data": "{}"}}, 200, 200672),
    "a template": ({"card": {"type": "template", "data": {"schema": "2.0"}}}, 200, 200673),
    "an invalid card": (raw(card({"tag": "note"})), 200, 200673),
    "a card over 30 KB": (raw(BIG), 200, 200673),
    "a card of 1.0": (raw({"elements": []}), 200, 200830),
}


@pytest.mark.parametrize(("answer", "status", "code"), ANSWERS.values(), ids=ANSWERS)
async def test_bad_answers(feishu: FeishuEmulator, api: Api, bot: Bot, answer: Any, status: int, code: int) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    bot.answer = says(answer, status)
    click = await feishu.press("ou_zhao", message_id, "同意")
    assert (click.error_code, click.status, click.card_changed) == (code, status, False)
    assert feishu.message(message_id).buttons == ["同意"]
    assert not feishu.failed_pushes, "callbacks are never repeated"


async def test_an_answer_that_is_no_json(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    bot.answer = lambda _headers, _raw: web.Response(text="ok")
    assert (await feishu.press("ou_zhao", message_id, "同意")).error_code == 200672


async def test_no_bot_no_answer(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    here, never = feishu.callback_url, asyncio.Event()

    async def silent(_headers: dict[str, str], _raw: bytes) -> web.StreamResponse:
        await never.wait()
        return web.json_response({})

    bot.answer, feishu.pusher.deadline_seconds = silent, 0.05
    assert (await feishu.press("ou_zhao", message_id, "同意")).error_code == 200341
    never.set()
    feishu.callback_url = ""
    assert (await feishu.press("ou_zhao", message_id, "同意")).error_code == 200340
    feishu.callback_url = here.replace("/callback", "").rsplit(":", 1)[0] + ":1/callback"
    assert (await feishu.press("ou_zhao", message_id, "同意")).error_code == 200342


async def test_a_card_is_locked_while_its_click_is_answered(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    refused: list[Any] = []

    async def patch_first(_headers: dict[str, str], _raw: bytes) -> web.StreamResponse:
        refused.append(await api.patch(message_id, card()))
        token = feishu.pushes[-1].body["event"]["token"]
        refused.append(await api.call("POST", "interactive/v1/card/update", {"token": token, "card": DONE}))
        return web.json_response(raw(DONE))

    bot.answer = patch_first
    click = await feishu.press("ou_zhao", message_id, "同意")
    assert [status for status, _answer in refused] == [400, 400]
    assert refused[0][1]["code"] == 230099
    assert "ErrCode: 11310; ErrMsg: card action is lock" in refused[0][1]["msg"]
    assert refused[1][1]["code"] == 300030
    assert click.card_changed
    assert (await api.patch(message_id, card(button("撤回"))))[0] == 200
    assert feishu.message(message_id).buttons == ["撤回"]


async def test_the_clicks_token_updates_twice_in_half_an_hour(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))

    async def update() -> int:
        token = feishu.pushes[-1].body["event"]["token"]
        return int((await api.call("POST", "interactive/v1/card/update", {"token": token, "card": DONE}))[1]["code"])

    await feishu.press("ou_zhao", message_id, "同意")
    assert [await update() for _ in range(3)] == [0, 0, 300040]
    assert feishu.message(message_id).content == DONE
    await api.patch(message_id, card(button("同意")))
    await feishu.press("ou_zhao", message_id, "同意")
    clock.pass_(minutes=30, seconds=1)
    assert await update() == 300030
    assert (await api.call("POST", "interactive/v1/card/update", {"token": "c-none"}))[1]["code"] == 300020


ASKED = {"title": text("确认？"), "text": text("不能撤回")}
LINK = {"type": "open_url", "default_url": "https://a.b"}
UNPRESSED: dict[str, Any] = {
    "a link": {**button("去"), "behaviors": [LINK]},
    "no to the confirm box": button("去", confirm=ASKED),
}


@pytest.mark.parametrize("pressed", UNPRESSED.values(), ids=UNPRESSED)
async def test_presses_the_client_keeps_to_itself(feishu: FeishuEmulator, api: Api, bot: Bot, pressed: Any) -> None:
    message_id = await api.card("ou_zhao", card(pressed))
    click = await feishu.press("ou_zhao", message_id, "去", confirm=False)
    assert (click.push, click.status, bot.got) == (None, None, [])


async def test_presses_the_client_refuses(feishu: FeishuEmulator, api: Api, bot: Bot, clock: Clock) -> None:
    message_id = await api.card(
        "ou_zhao", card(button("同意"), button("驳回", disabled=True), button("看"), button("看"))
    )
    for person, words in (("ou_li", "同意"), ("ou_zhao", "驳回"), ("ou_zhao", "看"), ("ou_zhao", "撤回")):
        with pytest.raises(ClientRefused):
            await feishu.press(person, message_id, words)
    assert (await feishu.press("ou_zhao", message_id, "看", which=1)).status == 200
    clock.pass_(days=14, seconds=1)
    with pytest.raises(ClientRefused, match="14 days"):
        await feishu.press("ou_zhao", message_id, "同意")
    assert len(bot.got) == 1


async def test_a_client_may_still_show_an_older_drawing(feishu: FeishuEmulator, api: Api) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    await api.patch(message_id, card(button("撤回")))
    with pytest.raises(ClientRefused, match="撤回"):
        await feishu.press("ou_zhao", message_id, "同意")
    click = await feishu.press("ou_zhao", message_id, "同意", drawing=0)
    assert click.push is not None
    assert click.push.body["event"]["action"]["value"] == {"b": "同意"}


async def test_options_outside_forms_call_back(feishu: FeishuEmulator, api: Api) -> None:
    options = [{"text": text("跟进中"), "value": "doing"}, {"text": text("已赢单"), "value": "won"}]
    behaviors = [{"type": "callback", "value": {"id": "P-7"}}]
    message_id = await api.card("ou_zhao", card({"tag": "select_static", "options": options, "behaviors": behaviors}))
    click = await feishu.press("ou_zhao", message_id, "已赢单")
    assert click.push is not None
    action = click.push.body["event"]["action"]
    assert (action["tag"], action["option"], action["value"]) == ("select_static", "won", {"id": "P-7"})


async def test_until_says_what_there_was_instead(feishu: FeishuEmulator, api: Api) -> None:
    await api.card("ou_zhao", card(button("同意")))
    await api.send("ou_zhao", {"text": ""})
    with pytest.raises(TimeoutError, match=r"(?s)渠道助手 om_\w+ \(interactive\): 报备审批\n      同意.*230001"):
        await feishu.until(lambda: False, timeout=0.01)


async def test_until_wakes_on_a_change(feishu: FeishuEmulator, api: Api) -> None:
    changes: list[int] = []
    end = feishu.subscribe(lambda: changes.append(1))
    waiting = asyncio.create_task(feishu.until(lambda: feishu.messages(feishu.p2p_chat("ou_zhao"))))
    await api.send("ou_zhao", {"text": "好"})
    assert [message.text for message in await waiting] == ["好"]
    assert changes
    end()
    changes.clear()
    await api.send("ou_zhao", {"text": "好"})
    assert not changes
