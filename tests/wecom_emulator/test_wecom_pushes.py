"""What members do becomes callbacks: their shape, their retries, what the answer may do, and how they go wrong."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from adapters.wecom.emulation import crypto, xml
from adapters.wecom.emulator import ClientRefused, WeComEmulator
from tests.wecom_emulator.stage import Api, Bot, Clock, button_card, notice, says

TOKEN, KEY = "Hq7mTok3nDevRef", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def opened(got: tuple[Any, bytes]) -> tuple[dict[str, Any], str]:
    """The plaintext's fields, and the receiveid."""
    query, raw = got
    [encrypted] = xml.read(raw.decode())["Encrypt"]
    assert crypto.sign(TOKEN, query["timestamp"], query["nonce"], encrypted) == query["msg_signature"]
    plain, receive_id = crypto.decrypt(encrypted, KEY)
    return {name: value[0] for name, value in xml.read(plain).items()}, receive_id


def sealed(wecom: WeComEmulator, reply: str) -> Any:
    """The bot answers with a passive reply."""
    _query, raw = wecom.pusher.envelope(reply)
    [encrypted] = xml.read(raw.decode())["Encrypt"]
    signature = crypto.sign(TOKEN, "1772413200", "n1", encrypted)
    fields = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": 1772413200, "Nonce": "n1"}
    return lambda _request, _raw: web.Response(text=xml.write(fields), content_type="text/xml")


def reply(kind: str, inside: str, to: str = "zhaomin") -> str:
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>ww5f3a9c1e7b2d4860</FromUserName>"
        f"<CreateTime>1772413200</CreateTime><MsgType>{kind}</MsgType>{inside}</xml>"
    )


async def test_a_text_as_it_stands_on_the_page(wecom: WeComEmulator, bot: Bot) -> None:
    push = await wecom.say("wangxiaoyan", "/任务 12 完成")
    query, raw = bot.got[0]
    assert push.plain == (
        "<xml><ToUserName><![CDATA[ww5f3a9c1e7b2d4860]]></ToUserName><FromUserName><![CDATA[WangXiaoYan]]>"
        "</FromUserName><CreateTime>1772413200</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[/任务 12 完成]]></Content><MsgId>{push.body['MsgId']}</MsgId><AgentID>1000007</AgentID></xml>"
    )
    assert raw.decode().startswith(
        "<xml><ToUserName><![CDATA[ww5f3a9c1e7b2d4860]]></ToUserName><AgentID><![CDATA[1000007]]></AgentID><Encrypt><![CDATA["
    )
    assert set(query) == {"msg_signature", "timestamp", "nonce"}
    assert (push.event_type, push.status, push.attempts, push.delivered) == ("text", 200, 1, True)


async def test_every_kind(wecom: WeComEmulator, bot: Bot) -> None:
    await wecom.picture("zhaomin", b"\xff\xd8\xff...")
    await wecom.voice("zhaomin")
    await wecom.video("zhaomin", b"0000ftyp")
    await wecom.location("zhaomin", 30.2741, 120.1551, "西湖")
    await wecom.link("zhaomin", "新闻", "https://example.com/n")
    await wecom.event("zhaomin", "subscribe")
    await wecom.enter("zhaomin")
    await wecom.menu("zhaomin", "MENU_MY_DEALS")
    await wecom.position("zhaomin", 30.2741, 120.1551)
    await wecom.raw({"ToUserName": wecom.corp_id, "FromUserName": "sys", "MsgType": "event", "Event": "inactive_alert"})
    fields = [opened(got)[0] for got in bot.got]
    kinds = [one["MsgType"] if one["MsgType"] != "event" else one["Event"] for one in fields]
    assert kinds == [
        "image", "voice", "video", "location", "link", "subscribe", "enter_agent", "click", "LOCATION", "inactive_alert",
    ]  # fmt: skip
    image, voice, video, place = fields[:4]
    assert (image["MediaId"][:2], image["PicUrl"][:7], voice["Format"]) == ("3M", "http://", "amr")
    assert video.keys() >= {"MediaId", "ThumbMediaId"}
    assert (place["Location_X"], place["Location_Y"], place["AppType"]) == ("30.2741", "120.1551", "wxwork")
    assert (fields[5]["EventKey"], fields[7]["EventKey"], fields[8]["Precision"]) == ("", "MENU_MY_DEALS", "40.0")
    assert ["MsgId" in one for one in fields] == [True] * 5 + [False] * 5
    shown = [message.text for message in wecom.messages(wecom.app_chat("zhaomin"))]
    assert shown == ["[图片]", "[语音]", "[视频]", "[位置] 西湖", "[链接] 新闻"]


async def test_a_file_is_never_heard_of(wecom: WeComEmulator, bot: Bot) -> None:
    push = await wecom.file("zhaomin", "报价.xlsx", b"PK1234")
    assert (push.attempts, bot.got) == (0, [])
    assert wecom.message(push.message_id).text == "[文件] 报价.xlsx"


@pytest.mark.parametrize("status", [500, 503, 302, 204])
async def test_three_retries_and_no_more(wecom: WeComEmulator, bot: Bot, clock: Clock, status: int) -> None:
    bot.answer = says("", status)
    push = await wecom.say("zhaomin", "帮助")
    assert await wecom.redeliver_due() == []
    for attempts in (2, 3, 4):
        clock.pass_(seconds=5)
        assert (await wecom.redeliver_due(), push.attempts) == ([push], attempts)
    clock.pass_(days=1)
    assert (await wecom.redeliver_due(), push.given_up) == ([], True)
    plain = [opened(got)[0] for got in bot.got]
    assert all(one == plain[0] for one in plain), "the same message, MsgId included"
    assert len({raw for _query, raw in bot.got}) == 3, "once in the very same envelope"


async def test_five_seconds_for_an_answer(wecom: WeComEmulator, bot: Bot, clock: Clock) -> None:
    never = asyncio.Event()

    async def silent(_request: web.Request, _raw: bytes) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    assert wecom.pusher.deadline_seconds == 5.0
    bot.answer, wecom.pusher.deadline_seconds = silent, 0.05
    push = await wecom.say("zhaomin", "帮助")
    never.set()
    assert (push.status, push.error, wecom.failed_pushes) == (None, "timeout", [push])
    bot.answer = says("")
    clock.pass_(seconds=5)
    await wecom.redeliver_due()
    assert (push.delivered, wecom.failed_pushes) == (True, [])
    wecom.callback_url = wecom.callback_url.rsplit(":", 1)[0] + ":1/callback"
    assert (await wecom.say("zhaomin", "帮助")).error == "connect"


async def test_pushes_twice_lost_or_in_another_order(wecom: WeComEmulator, bot: Bot) -> None:
    wecom.faults.duplicate_pushes = True
    push = await wecom.say("zhaomin", "一")
    assert ([opened(got)[0]["Content"] for got in bot.got], push.attempts) == (["一", "一"], 2)
    wecom.faults.clear()
    wecom.faults.reorder_next()
    for words in ("二", "三"):
        await wecom.say("zhaomin", words)
    assert [opened(got)[0]["Content"] for got in bot.got[2:]] == ["三", "二"]
    wecom.faults.lose_pushes_next()
    assert (await wecom.say("zhaomin", "四")).attempts == 0
    await wecom.pusher.repeat(push)
    assert opened(bot.got[-1])[0]["Content"] == "一"


REPLIES: dict[str, tuple[str, list[str], str]] = {
    "text": (reply("text", "<Content>已收到</Content>"), ["已收到"], ""),
    "another member": (reply("text", "<Content>好</Content>", to="lijing"), [], "ToUserName is not who wrote"),
    "an unknown file": (reply("image", "<Image><MediaId>3M1</MediaId></Image>"), [], "40007"),
    "an unknown type": (reply("sticker", ""), [], "MsgType sticker"),
    "no text": (reply("text", ""), [], "<Content>"),
    "a card without a card": (reply("update_button", "<Button><ReplaceName>好</ReplaceName></Button>"), [], "no card"),
}


@pytest.mark.parametrize(("answer", "shown", "error"), REPLIES.values(), ids=REPLIES)
async def test_passive_replies(wecom: WeComEmulator, bot: Bot, answer: str, shown: list[str], error: str) -> None:
    bot.answer = sealed(wecom, answer)
    push = await wecom.say("zhaomin", "帮助")
    assert [message.text for message in wecom.messages(wecom.app_chat("zhaomin"))[1:]] == shown
    assert (push.reply, error in push.error, bool(push.error)) == (answer, True, bool(error))
    assert push.due is None, "a reply that cannot be used is no reason for a retry"


@pytest.mark.parametrize("answer", ["ok", "success", "<xml></xml>", "<!DOCTYPE a [<!ENTITY b 'c'>]><xml/>"])
async def test_answers_that_are_no_reply(wecom: WeComEmulator, bot: Bot, answer: str) -> None:
    bot.answer = says(answer)
    push = await wecom.say("zhaomin", "帮助")
    assert (push.status, push.error[:6]) == (200, "reply:")


async def test_a_cards_click_takes_no_reply_but_its_menu_does(wecom: WeComEmulator, bot: Bot, api: Api) -> None:
    menu = {"action_list": [{"text": "不再提醒", "key": "mute"}]}
    await api.card("zhaomin", button_card("deal-1", action_menu=menu))
    [card] = wecom.messages(wecom.app_chat("zhaomin"))
    bot.answer = sealed(wecom, reply("update_button", "<Button><ReplaceName>已同意</ReplaceName></Button>"))
    click = await wecom.press("zhaomin", card.message_id, "同意")
    assert click.push is not None
    assert (click.card_changed, click.push.error) == (False, "reply: ignored for template_card_event")
    click = await wecom.press("zhaomin", card.message_id, "不再提醒")
    assert click.push is not None
    assert (click.card_changed, click.push.event_type) == (True, "template_card_menu_event")
    assert (click.push.body["EventKey"], "SelectedItems" in click.push.body) == ("mute", False)
    assert card.buttons == ["不再提醒"]
    inside = (
        "<TemplateCard><CardType>button_interaction</CardType><MainTitle><Title>报备 2031</Title></MainTitle>"
        "<HorizontalContentList><KeyName>代理商</KeyName><Value>华东一部</Value></HorizontalContentList>"
        "<HorizontalContentList><KeyName>详情</KeyName><Value>打开</Value><Type>1</Type><Url>https://example.com</Url>"
        "</HorizontalContentList><ButtonList><Text>同意</Text><Style>1</Style><Key>approve</Key></ButtonList>"
        "<ReplaceText>已同意</ReplaceText></TemplateCard>"
    )
    bot.answer = sealed(wecom, reply("update_template_card", inside))
    assert (await wecom.press("zhaomin", card.message_id, "不再提醒")).card_changed
    assert (card.text, card.buttons) == ("报备 2031\n代理商 华东一部\n详情 打开\n已同意", [])


async def test_clicks_the_client_keeps_or_refuses(wecom: WeComEmulator, bot: Bot, api: Api) -> None:
    await api.card("zhaomin", button_card())
    await api.send("zhaomin", "好")
    card, text = wecom.messages(wecom.app_chat("zhaomin"))
    assert (await wecom.press("zhaomin", card.message_id, "详情")).url == "https://example.com/d/2031"
    for person, message, label in (
        ("lijing", card, "同意"), ("zhaomin", card, "撤回"), ("zhaomin", text, "同意"),
    ):  # fmt: skip
        with pytest.raises(ClientRefused):
            await wecom.press(person, message.message_id, label)
    assert bot.got == []


async def test_a_client_that_still_shows_the_old_card(wecom: WeComEmulator, api: Api) -> None:
    sent = await api.card("zhaomin", button_card())
    await api.update(sent["response_code"], template_card=notice("已同意"))
    [card] = wecom.messages(wecom.app_chat("zhaomin"))
    click = await wecom.press("zhaomin", card.message_id, "驳回", drawing=0)
    assert click.push is not None
    assert click.push.body["EventKey"] == "reject"
    forged = await wecom.press_value("lijing", card.message_id, "approve", task_id="deal-9999_v1")
    assert forged.push is not None
    assert (forged.push.body["FromUserName"], forged.push.body["TaskId"]) == ("LiJing", "deal-9999_v1")


async def test_the_member_of_a_downstream_corp(wecom: WeComEmulator, bot: Bot, api: Api) -> None:
    shared = await api.post(
        "corpgroup/corp/list_app_share_info", {"agentid": 1000007, "business_type": 1, "limit": 100}
    )
    assert shared["corp_list"] == [{"corpid": "wwDOWN1", "corp_name": "华东代理", "agentid": 1000012}]
    body = {"corpid": "wwDOWN1", "business_type": 1, "agentid": 1000012}
    token = (await api.post("corpgroup/corp/gettoken", body))["access_token"]
    there = "wwDOWN1/WangXiaoYan"
    for words in ("一", "二"):
        await wecom.say(there, words)
    seen = [opened(got) for got in bot.got]
    assert {fields["ToUserName"] for fields, _receiver in seen} == {"wwDOWN1"}
    assert {fields["AgentID"] for fields, _receiver in seen} == {"1000012"}
    assert {receiver for _fields, receiver in seen} == {wecom.corp_id, "wwDOWN1"}, "undocumented, so by turns"
    upstream, api.token = api.token, token
    assert (await api.send("wangxiaoyan", "好"))["errcode"] == 301002, "its own agentid"
    api.agent = 1000012
    sent = await api.card("wangxiaoyan|zhaomin", button_card())
    assert sent["invaliduser"] == "zhaomin"
    assert wecom.messages(wecom.app_chat("WangXiaoYan")) == []
    assert wecom.messages(wecom.app_chat(there))[-1].buttons == ["同意", "驳回", "详情"]
    api.token, api.agent = upstream, 1000007
    assert (await api.update(sent["response_code"], button={"replace_name": "好"}))["errcode"] != 0
    wecom.world.user(there).licensed = False
    api.token, api.agent = token, 1000012
    assert (await api.send("wangxiaoyan", "好"))["errcode"] == 701008
    assert (await api.post("corpgroup/corp/gettoken", body))["errcode"] == 48002


async def test_members(wecom: WeComEmulator, api: Api) -> None:
    wecom.world.user("zhaomin").mobile = "13900000000"
    assert (await api.post("user/getuserid", {"mobile": "13900000000"}))["userid"] == "zhaomin"
    assert (await api.post("user/getuserid", {"mobile": "13900000001"}))["errcode"] == 46004
    member = await api.get("user/get", userid="ZHAOMIN")
    assert (member["name"], "mobile" in member) == ("赵敏", False)
    assert (await api.get("user/get", userid="nobody"))["errcode"] == 60111
    assert (await api.get("getcallbackip"))["ip_list"] == ["127.0.0.1"]


async def test_what_a_forger_may_send(wecom: WeComEmulator, bot: Bot, clock: Clock) -> None:
    plain = "<xml><MsgType>text</MsgType></xml>"
    old = str(int((clock.now() - timedelta(days=1)).timestamp()))
    for forged in ({"token": "another"}, {"receive_id": "wwOTHER"}, {"timestamp": old}):
        query, raw = wecom.pusher.envelope(plain, **forged)
        assert (await wecom.pusher.post(raw, query))[0] == 200
    [_one, receiver] = opened(bot.got[1])
    assert (receiver, bot.got[2][0]["timestamp"]) == ("wwOTHER", old)
    with pytest.raises(AssertionError):
        opened(bot.got[0])
