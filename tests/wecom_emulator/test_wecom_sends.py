"""message/send: who gets it, what is refused, what is lost in silence; recall; tokens."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from adapters.wecom.emulator import WeComEmulator
from tests.wecom_emulator.stage import Api, Clock, button_card, notice

LONG = "好" * 683  # 2049 bytes


def texts(wecom: WeComEmulator, user: str) -> list[str]:
    return [message.text for message in wecom.messages(wecom.app_chat(user))]


async def test_some_get_it_and_some_are_named(wecom: WeComEmulator, api: Api) -> None:
    wecom.world.user("LiJing").parties = [4]
    wecom.world.user("wangxiaoyan").available = False
    wecom.add_user("guest", "访客").licensed = False
    answer = await api.send("ZHAOMIN|Nobody|WangXiaoYan|guest", "好", toparty="4|9", totag="3")
    assert answer == {
        "errcode": 0,
        "errmsg": "ok",
        "invaliduser": "nobody|wangxiaoyan",
        "invalidparty": "9",
        "invalidtag": "3",
        "unlicenseduser": "guest",
        "msgid": answer["msgid"],
    }
    assert (texts(wecom, "zhaomin"), texts(wecom, "lijing"), texts(wecom, "guest")) == (["好"], ["好"], [])
    assert (await api.send("@all", "大家好"))["errcode"] == 0
    assert (texts(wecom, "zhaomin"), texts(wecom, "wangxiaoyan")) == (["好", "大家好"], [])


TO = {"touser": "zhaomin"}
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "nobody": ({"touser": ""}, 82001),
    "all wrong": ({"touser": "a|b"}, 81013),
    "1001 users": ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
    "101 parties": ({"toparty": "|".join(map(str, range(101)))}, 82002),
    "101 tags": ({"totag": "|".join(map(str, range(101)))}, 82003),
    "users as a list": ({"touser": ["zhaomin"]}, 40058),
    "no agent": ({**TO, "agentid": "1000007"}, 40056),
    "another agent": ({**TO, "agentid": 1000012}, 301002),
    "no type": ({**TO, "msgtype": None}, 40008),
    "an unknown type": ({**TO, "msgtype": "poll", "poll": {}}, 40008),
    "an unknown field": ({**TO, "priority": 1}, 40058),
    "an empty text": ({**TO, "text": {"content": ""}}, 44004),
    "an unknown field of a text": ({**TO, "text": {"content": "好", "mentioned_list": []}}, 40058),
    "safe 2": ({**TO, "safe": 2}, 40058),
    "a check over 4 hours": ({**TO, "duplicate_check_interval": 14401}, 40058),
    "markdown over 2048 bytes": ({**TO, "msgtype": "markdown", "markdown": {"content": LONG}}, 45002),
    "a textcard without title": (
        {**TO, "msgtype": "textcard", "textcard": {"description": "b", "url": "http://a"}},
        41016,
    ),
    "a textcard without text": ({**TO, "msgtype": "textcard", "textcard": {"title": "b", "url": "http://a"}}, 41033),
    "a textcard's bare url": (
        {**TO, "msgtype": "textcard", "textcard": {"title": "a", "description": "b", "url": "a.b"}},
        40058,
    ),
    "a long textcard": (
        {**TO, "msgtype": "textcard", "textcard": {"title": "a" * 129, "description": "b", "url": "http://a"}},
        45002,
    ),
    "nine articles": (
        {**TO, "msgtype": "news", "news": {"articles": [{"title": "a", "url": "http://a.b"}] * 9}},
        45008,
    ),
    "an unknown file": ({**TO, "msgtype": "file", "file": {"media_id": "3Mx"}}, 40007),
    "a card without title": (
        {**TO, "msgtype": "template_card", "template_card": {**button_card(), "main_title": {}}},
        40063,
    ),
}


@pytest.mark.parametrize(("change", "code"), REFUSED.values(), ids=REFUSED)
async def test_refusals(wecom: WeComEmulator, api: Api, change: dict[str, Any], code: int) -> None:
    body = {"msgtype": "text", "agentid": 1000007, "text": {"content": "好"}, **change}
    if body["msgtype"] != "text":
        del body["text"]
    answer = await api.post("message/send", body)
    assert (answer["errcode"], "from ip: 127.0.0.1, more info at" in answer["errmsg"]) == (code, True)
    assert not wecom.world.messages
    assert wecom.calls[-1].code == code


BODIES = {"an escape": (rb'{"touser":"\u4e00"}', 40033), "no json": (b"{", 47001), "a list": (b"[]", 47001)}


@pytest.mark.parametrize(("raw", "code"), BODIES.values(), ids=BODIES)
async def test_bodies(api: Api, raw: bytes, code: int) -> None:
    assert (await api.post("message/send", raw))["errcode"] == code


async def test_a_backslash_before_u_is_no_escape(wecom: WeComEmulator, api: Api) -> None:
    await api.send("zhaomin", "C:\\users")
    assert texts(wecom, "zhaomin") == ["C:\\users"]


async def test_what_is_shown(wecom: WeComEmulator, api: Api) -> None:
    await api.send("zhaomin", LONG)
    await api.send("zhaomin", '通过\n<a href="https://example.com/d">查看</a>')
    await api.send(
        "zhaomin", {"content": '# 通过\n> **云帆** <font color="info">30 万</font> [看](https://b.c)'}, "markdown"
    )
    card = {"title": "报备", "description": '<div class="gray">今天</div>', "url": "https://b.c", "btntxt": "看"}
    await api.send("zhaomin", card, "textcard")
    await api.card("zhaomin", notice("您好 $userName=LIJING$" + "一" * 40), enable_id_trans=1)
    long, text, markdown, textcard, named = wecom.messages(wecom.app_chat("zhaomin"))
    assert long.text == "好" * 682, "2048 bytes, and no half character"
    assert (text.text, text.links[0].url) == ("通过\n查看", "https://example.com/d")
    assert markdown.text == "通过\n云帆 30 万 看"
    assert (textcard.text, textcard.links[0].text) == ("报备\n今天", "看")
    assert named.text.endswith("…")


async def test_identical_requests_are_suppressed_for_a_while(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    check: dict[str, Any] = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    first, second = [await api.card("zhaomin", button_card(), **check) for _ in range(2)]
    assert (len(texts(wecom, "zhaomin")), "response_code" in second) == (1, False)
    assert first["msgid"] != second["msgid"]
    assert [drop.reason for drop in wecom.drops] == ["identical within the interval"]
    await api.send("zhaomin", "好", **check)
    await api.send("zhaomin", "好 2", **check)
    clock.pass_(minutes=10)
    await api.send("zhaomin", "好", **check)
    assert texts(wecom, "zhaomin")[1:] == ["好", "好 2", "好"]


async def test_a_refused_request_is_not_remembered(wecom: WeComEmulator, api: Api) -> None:
    wecom.limits.person_times_per_day = 1
    await api.send("zhaomin", "好")
    assert (await api.send("zhaomin", button_card(), "template_card", enable_duplicate_check=1))["errcode"] == 45009
    wecom.limits.person_times_per_day = 2
    assert (await api.send("zhaomin", button_card(), "template_card", enable_duplicate_check=1))["errcode"] == 0
    assert len(texts(wecom, "zhaomin")) == 2


async def test_over_thirty_a_minute_is_lost_without_a_word(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    assert {(await api.send("zhaomin|lijing", f"{n}"))["errcode"] for n in range(30)} == {0}
    answer = await api.send("zhaomin|wangxiaoyan", "第 31 条")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "")
    assert ("第 31 条" in texts(wecom, "zhaomin"), texts(wecom, "wangxiaoyan")) == (False, ["第 31 条"])
    assert [(drop.user, drop.reason, drop.msgid) for drop in wecom.drops] == [
        ("zhaomin", "over 30 a minute", answer["msgid"])
    ]
    clock.seconds += 60
    await api.send("zhaomin", "一分钟后")
    assert texts(wecom, "zhaomin")[-1] == "一分钟后"
    wecom.limits.member_per_hour = 31
    await api.send("zhaomin", "一小时内的第 32 条")
    assert wecom.drops[-1].reason == "over 31 an hour"


async def test_an_api_over_its_minute_is_blocked_for_one(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    wecom.limits.api_per_minute = 2
    codes = []
    for wait in (0, 0, 30, 31, 28, 1):
        clock.seconds += wait
        codes.append((await api.send("zhaomin", f"{clock.seconds}"))["errcode"])
    assert codes == [0, 0, 45009, 45009, 45009, 0], "a minute from the first call too many"


async def test_task_ids_are_never_used_twice(api: Api) -> None:
    await api.card("zhaomin", button_card("deal-1"))
    for task_id in ("deal-1", "deal 1", "a" * 129, ""):
        assert (await api.send("zhaomin", button_card(task_id), "template_card"))["errcode"] == 42014


async def test_interactive_cards_need_a_callback(wecom: WeComEmulator, api: Api) -> None:
    wecom.callback_url = ""
    assert (await api.send("zhaomin", button_card(), "template_card"))["errcode"] == 43012
    assert "response_code" not in await api.card("zhaomin", notice())


async def test_recall_within_a_day(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    first, second = await api.card("zhaomin|lijing", button_card()), await api.send("zhaomin", "好")
    assert (await api.post("message/recall", {"msgid": first["msgid"]}))["errcode"] == 0
    assert [message.recalled for message in wecom.messages(wecom.app_chat("LiJing"))] == [True]
    assert texts(wecom, "zhaomin") == ["", "好"]
    assert (await api.post("message/recall", {"msgid": first["msgid"]}))["errcode"] != 0
    assert (await api.update(first["response_code"], button={"replace_name": "好"}))["errcode"] != 0
    clock.pass_(hours=24, seconds=1)
    assert (await api.post("message/recall", {"msgid": second["msgid"]}))["errcode"] != 0


async def test_tokens(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    async def code(**query: str) -> int:
        return int((await api.get("gettoken", **query))["errcode"])

    wanted = {"corpid": wecom.corp_id, "corpsecret": wecom.secret}
    clock.seconds += 100
    again = await api.get("gettoken", **wanted)
    assert (again["access_token"], again["expires_in"]) == (api.token, 7100)
    assert await code(**{**wanted, "corpsecret": "wrong"}) == 40001
    assert await code(**{**wanted, "corpid": "wrong"}) == 40013
    clock.seconds += 7100
    assert (await api.send("zhaomin", "好"))["errcode"] == 42001
    assert (await api.get("gettoken", **wanted))["access_token"] != api.token
    wecom.faults.revoke_tokens()
    assert (await api.send("zhaomin", "好"))["errcode"] == 40014
    api.token = ""
    assert (await api.send("zhaomin", "好"))["errcode"] == 41001
    assert {await code(**wanted) for _ in range(300)} == {0, 45009}
    logged = json.dumps([call.query for call in wecom.calls])
    assert wecom.secret not in logged


async def test_a_platform_that_hangs_or_is_slow(wecom: WeComEmulator, api: Api) -> None:
    wecom.faults.hang = True
    held = asyncio.create_task(api.send("zhaomin", "没有"))
    await wecom.until(lambda: wecom.faults.struck["hang"])
    wecom.faults.hang = False
    with pytest.raises(aiohttp.ClientError):
        await held
    wecom.faults.slow_seconds = 0.05
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await api.send("zhaomin", "迟到")
    assert await wecom.until(lambda: texts(wecom, "zhaomin")) == ["迟到"]


async def test_a_platform_that_was_away_comes_back(wecom: WeComEmulator, api: Api) -> None:
    port = int(wecom.base_url.rpartition(":")[2])
    await wecom.stop()
    with pytest.raises(aiohttp.ClientError):
        await api.send("zhaomin", "好")
    await wecom.start(port=port)
    assert (await api.send("zhaomin", "好"))["errcode"] == 0, "with the same members and tokens"
    assert (await wecom.say("zhaomin", "帮助")).delivered


async def test_faults_of_calls(wecom: WeComEmulator, api: Api) -> None:
    faults = wecom.faults
    faults.rate_limit_next()
    faults.busy_next()
    faults.concurrent_next()
    assert [(await api.send("zhaomin", "好"))["errcode"] for _ in range(4)] == [45009, -1, 45033, 0]
    faults.untrusted_ip = "203.0.113.7"
    answer = await api.send("zhaomin", "好")
    assert (answer["errcode"], "from ip: 203.0.113.7" in answer["errmsg"]) == (60020, True)
    faults.clear()
    faults.unreachable.add("zhaomin")
    assert (await api.send("zhaomin|lijing", "好"))["invaliduser"] == "zhaomin"
    faults.clear()
    faults.lose_receipts_next()
    with pytest.raises(aiohttp.ClientError):
        await api.send("zhaomin", "收到了吗")
    assert texts(wecom, "zhaomin")[-1] == "收到了吗"
    faults.reset_before_next()
    with pytest.raises(aiohttp.ClientError):
        await api.send("zhaomin", "没有")
    faults.html_next()
    with pytest.raises(aiohttp.ContentTypeError):
        await api.send("zhaomin", "没有")
    faults.drop_next()
    assert (await api.send("zhaomin", "没有"))["errcode"] == 0
    assert texts(wecom, "zhaomin")[-1] == "收到了吗"
    card = await api.card("zhaomin", button_card())
    faults.cards_immutable = True
    assert (await api.update(card["response_code"], button={"replace_name": "好"}))["errcode"] != 0


async def test_a_file_goes_both_ways(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    upload = await api.upload("file", "报价.xlsx", b"PK1234")
    assert (upload["type"], upload["created_at"]) == ("file", "1772413200")
    assert (await api.send("zhaomin", {"media_id": upload["media_id"]}, "file"))["errcode"] == 0
    assert (await api.send("zhaomin", {"media_id": upload["media_id"]}, "image"))["errcode"] == 40007
    assert texts(wecom, "zhaomin") == ["[文件] 报价.xlsx"]
    quoted = await api.upload("file", "报价.xlsx", b"PK1234", quote_fields=True)
    await api.send("zhaomin", {"media_id": quoted["media_id"]}, "file")
    assert texts(wecom, "zhaomin")[-1] == "[文件] %E6%8A%A5%E4%BB%B7.xlsx"
    picture = await wecom.picture("zhaomin", b"\xff\xd8\xff-picture")
    query = {"access_token": api.token, "media_id": picture.body["MediaId"]}
    async with api.session.get(f"{wecom.base_url}/cgi-bin/media/get", params=query) as response:
        assert await response.read() == b"\xff\xd8\xff-picture"
        assert "attachment; filename=" in response.headers["Content-Disposition"]
    clock.pass_(days=3, seconds=1)
    assert (await api.get("media/get", media_id=picture.body["MediaId"]))["errcode"] == 40007
    assert (await api.send("zhaomin", {"media_id": upload["media_id"]}, "file"))["errcode"] == 40007


UPLOADS = {
    "five bytes": ("file", b"12345", 40006),
    "an image over 10 MB": ("image", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), 40006),
    "an image that is none": ("image", b"GIF89a....", 40005),
    "an unknown type": ("sticker", b"123456", 40004),
}


@pytest.mark.parametrize(("kind", "data", "code"), UPLOADS.values(), ids=UPLOADS)
async def test_uploads_that_are_refused(api: Api, kind: str, data: bytes, code: int) -> None:
    assert (await api.upload(kind, "a.bin", data))["errcode"] == code
