"""The page's server over the real emulator: what browsers are told, what people do through them, the clock."""

import asyncio

import aiohttp
import pytest
from yarl import URL

from adapters.feishu.emulator import FeishuEmulator
from tests.playground.browser import browsing
from tests.playground.script import LI, WANG, Hall, Script, drawn
from tests.playground.script import PREVIEW as CARD

pytestmark = pytest.mark.asyncio(loop_scope="module")

WANG_SEAT, LI_SEAT = f"feishu:{WANG}", f"feishu:{LI}"


async def test_whoever_comes_is_told_everything(address: str) -> None:
    async with browsing(address) as browser:
        state = browser.state
        people = {person["name"]: person for person in state["people"]}
        assert state["bot"] == "渠道通"
        assert state["clock"]["now"] == "2026-03-02T09:00:00+08:00"
        assert people["王磊"] | {"accounts": []} == {
            "name": "王磊",
            "role": "代理商业务员 · 杭州启明",
            "group": "代理商",
            "accounts": [],
        }
        assert people["周强"]["role"] == "大区总监 · 华东"
        assert people["陌生人"]["accounts"][0]["key"] == "feishu:ou_stranger"


async def test_what_is_said_and_answered_reaches_every_browser(address: str) -> None:
    async with browsing(address) as one, browsing(address) as other:
        assert (await one.ask("say", seat=WANG_SEAT, text="你好"))["refused"] == ""
        await other.until(lambda: len(other.of(WANG_SEAT)) == 2)
        said, answer = other.of(WANG_SEAT)
        assert (said["sender"], said["content"]) == (WANG, {"text": "你好"})
        assert (answer["sender"], answer["content"], answer["read"]) == ("", {"text": "你好"}, False)


async def test_a_press_brings_the_toast_and_changes_both_cards(address: str) -> None:
    async with browsing(address) as browser:
        await browser.ask("say", seat=WANG_SEAT, text="报备 云栖湾")
        preview = await browser.until(lambda: browser.card(WANG_SEAT, "请核对报备"))
        done = await browser.ask("press", seat=WANG_SEAT, message=preview["key"], label="提交")
        assert done["toast"] == ["success", "BB1001 已提交"]
        review = await browser.until(lambda: browser.card(LI_SEAT, "新报备 BB1001"))
        await browser.ask("press", seat=LI_SEAT, message=review["key"], label="同意")
        await browser.until(lambda: browser.messages[preview["key"]]["version"] == 3)
        mine, hers = browser.messages[preview["key"]], browser.messages[review["key"]]
        assert mine["content"]["header"]["text_tag_list"][0]["text"]["content"] == "已通过"
        assert hers["content"]["header"]["template"] == "green"
        events = [event for told in browser.told for event in told.get("events", ())]
        last = max(events, key=lambda event: (event["order"], sum(mark["changed"] for mark in event["marks"])))
        assert (last["who"], last["what"], last["place"]) == ("李静", "在飞书按「同意」", "飞书")
        assert [(mark["messenger"], mark["changed"]) for mark in last["marks"]] == [("飞书", 2)]


async def test_a_form_arrives_filled_in(address: str, script: Script) -> None:
    async with browsing(address) as browser:
        await browser.ask("say", seat=WANG_SEAT, text="报备 云栖湾")
        preview = await browser.until(lambda: browser.card(WANG_SEAT, "请核对报备"))
        await browser.ask("press", seat=WANG_SEAT, message=preview["key"], label="提交")
        review = await browser.until(lambda: browser.card(LI_SEAT, "新报备 BB1001"))
        await browser.ask("press", seat=LI_SEAT, message=review["key"], label="驳回", form={"reason": "价格超出授权"})
        assert script.heard[-1] == {"pressed": "驳回", "form": {"reason": "价格超出授权"}}


@pytest.mark.parametrize(
    ("op", "more", "refused"),
    [
        ("say", {"seat": "feishu:ou_nobody", "text": "在吗"}, "没有这个人"),
        ("say", {"seat": "wecom:zhaomin", "text": "在吗"}, "没有这个人"),
        ("say", {"seat": WANG_SEAT, "text": "  \n"}, "没有可以发送的内容"),
        ("say", {"seat": WANG_SEAT, "text": "长" * 60_000}, "内容太长，飞书单条文本最多 150 KB"),
        ("press", {"seat": WANG_SEAT, "message": "om_none", "label": "提交"}, "这条消息已经不在了"),
        ("suggest", {"seat": "feishu:ou_nobody", "text": "报"}, "没有这个人"),
        ("advance", {"seconds": 0}, "时间只能向前；要回到开头请用 重来"),
        ("advance", {"to": "2026-03-02T08:59:00+08:00"}, "时间只能向前；要回到开头请用 重来"),
    ],
)
async def test_what_cannot_be_done_is_said(address: str, op: str, more: dict[str, str], refused: str) -> None:
    async with browsing(address) as browser:
        assert (await browser.ask(op, **more))["refused"] == refused


async def test_a_button_that_is_not_there_is_refused_like_the_client_would(address: str, script: Script) -> None:
    async with browsing(address) as browser:
        await script.send(WANG, CARD)
        card = await browser.until(lambda: browser.card(WANG_SEAT, "请核对报备"))
        done = await browser.ask("press", seat=WANG_SEAT, message=card["key"], label="同意")
        assert done["refused"] == "飞书客户端没有接受这次操作"


async def test_after_14_days_a_card_can_not_be_pressed(address: str, script: Script, hall: Hall) -> None:
    async with browsing(address) as browser:
        await script.send(WANG, CARD)
        card = await browser.until(lambda: browser.card(WANG_SEAT, "请核对报备"))
        await browser.ask("advance", seconds=15 * 86400)
        done = await browser.ask("press", seat=WANG_SEAT, message=card["key"], label="提交")
        assert done["refused"] == "卡片发出已满 14 天，飞书不再允许操作"


async def test_the_clients_own_error_when_the_bot_fails(address: str, script: Script) -> None:
    script.broken = True
    async with browsing(address) as browser:
        await script.send(WANG, CARD)
        card = await browser.until(lambda: browser.card(WANG_SEAT, "请核对报备"))
        done = await browser.ask("press", seat=WANG_SEAT, message=card["key"], label="提交")
        assert (done["code"], done["toast"]) == (200671, None)


async def test_reading_is_told_to_the_bot_once(address: str, script: Script) -> None:
    async with browsing(address) as browser:
        await script.send(WANG, "您好")
        message = (await browser.until(lambda: browser.of(WANG_SEAT)))[0]
        await browser.ask("read", seat=WANG_SEAT, messages=[message["key"]])
        await browser.ask("read", seat=WANG_SEAT, messages=[message["key"], "om_none"])
        await browser.until(lambda: browser.messages[message["key"]]["read"])
        assert script.heard == [{"read": [message["key"]]}]


async def test_nobody_reads_somebody_elses_messages(address: str, script: Script) -> None:
    async with browsing(address) as browser:
        await script.send(WANG, "您好")
        message = (await browser.until(lambda: browser.of(WANG_SEAT)))[0]
        await browser.ask("read", seat=LI_SEAT, messages=[message["key"]])
        assert script.heard == []


async def test_suggestions_for_what_is_typed(address: str) -> None:
    async with browsing(address) as browser:
        found = (await browser.ask("suggest", seat=WANG_SEAT, text="帮"))["suggestions"]
        assert found == [{"label": "帮助", "insert": "帮助", "hint": "我现在能做什么"}]


async def test_the_clock_stops_at_everything_due(address: str, hall: Hall, script: Script) -> None:
    hall.promise(4, "等待满 4 小时", lambda: script.send(LI, "BB1001 已等待 4 小时"))
    hall.promise(8, "超时升级", lambda: script.send(LI, "BB1001 已超时"))
    async with browsing(address) as browser:
        assert [due["at"][11:16] for due in browser.state["clock"]["due"]] == ["13:00", "17:00"]
        await browser.ask("advance", seconds=9 * 3600)
        await browser.until(lambda: len(browser.of(LI_SEAT)) == 2)
        assert [message["at"][11:16] for message in browser.of(LI_SEAT)] == ["13:00", "17:00"]
        jumps = await browser.until(lambda: [j for told in browser.told for j in told.get("jumps", ()) if j["end"]])
        assert (jumps[0]["start"][11:16], jumps[0]["end"][11:16]) == ("09:00", "18:00")
        assert jumps[0]["order"] < browser.of(LI_SEAT)[0]["order"]


async def test_a_walk_can_be_stopped(address: str, hall: Hall) -> None:
    for hour in range(1, 30):
        hall.promise(hour, "提醒", _nothing)
    async with browsing(address) as browser, browsing(address) as other:
        walk = asyncio.create_task(browser.ask("advance", seconds=30 * 3600))
        await other.until(lambda: any(told.get("walking") for told in other.told))
        await other.ask("stop")
        await walk
        assert hall.now() < hall.plan[-1][0].at


async def _nothing() -> None:
    pass


async def test_restarting_clears_the_windows_and_keeps_the_people(address: str, hall: Hall) -> None:
    async with browsing(address) as browser:
        await browser.ask("say", seat=WANG_SEAT, text="你好")
        await browser.until(lambda: len(browser.of(WANG_SEAT)) == 2)
        before = browser.state["run"]
        await browser.ask("restart")
        await browser.until(lambda: browser.state["run"] != before)
        assert (hall.restarts, browser.messages, browser.state["events"]) == (1, {}, [])
        assert "王磊" in [person["name"] for person in browser.state["people"]]


async def test_a_card_that_the_platform_would_refuse_carries_its_reason(address: str, feishu: FeishuEmulator) -> None:
    async with browsing(address) as browser:
        content = drawn(CARD)
        content["body"]["elements"].append({"tag": "note", "content": "1.0"})
        feishu.world.post(feishu.p2p_chat(WANG), "bot", "interactive", content)
        message = (await browser.until(lambda: browser.of(WANG_SEAT)))[0]
        assert message["fault"]["code"] == 200861
        assert "not support tag" in message["fault"]["words"]


async def test_a_card_that_was_refused_at_the_door_is_told_of(address: str, script: Script) -> None:
    async with browsing(address) as browser:
        content = drawn(CARD) | {"elements": []}
        assert await script.send_raw(WANG, content) == 400
        message = (await browser.until(lambda: browser.of(WANG_SEAT)))[0]
        assert (message["kind"], message["fault"]["code"]) == ("refused", 200621)
        assert "unknown property: elements" in message["fault"]["words"]
    async with browsing(address) as later:
        assert [one["kind"] for one in later.of(WANG_SEAT)] == ["refused"]


@pytest.mark.parametrize(
    ("kind", "path", "content"),
    [("image", "image?name=a.png", "image_key"), ("file", "file?name=%E7%BA%AA%E8%A6%81.pdf", "file_name")],
)
async def test_pictures_and_files_are_sent(address: str, kind: str, path: str, content: str) -> None:
    async with browsing(address) as browser, aiohttp.ClientSession() as session:
        async with session.post(f"{address}playground/send/{WANG_SEAT}/p2p/{path}", data=b"\x89PNG data") as response:
            assert await response.json() == {}
        sent, answer = await browser.until(lambda: browser.of(WANG_SEAT)[1:] and browser.of(WANG_SEAT))
        assert (sent["kind"], content in sent["content"]) == (kind, True)
        assert answer["content"]["text"].startswith("收到")
        if kind == "image":
            key = sent["content"]["image_key"]
            async with session.get(f"{address}playground/media/feishu/{key}") as picture:
                assert await picture.read() == b"\x89PNG data"


@pytest.mark.parametrize(
    ("seat", "data", "refused"),
    [("feishu:ou_nobody", b"x", "没有这个人"), (WANG_SEAT, b"", "没有可以发送的内容")],
)
async def test_what_cannot_be_sent(address: str, seat: str, data: bytes, refused: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}playground/send/{seat}/p2p/file?name=a", data=data) as response,
    ):
        assert await response.json() == {"refused": refused}


@pytest.mark.parametrize(("kind", "shown"), [("audio", "duration"), ("sticker", "file_key")])
async def test_voice_and_stickers(address: str, kind: str, shown: str) -> None:
    async with browsing(address) as browser:
        await browser.ask("attach", seat=WANG_SEAT, kind=kind)
        sent = (await browser.until(lambda: browser.of(WANG_SEAT)))[0]
        assert (sent["kind"], shown in sent["content"]) == (kind, True)


async def test_other_sites_do_not_get_in(address: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with browsing(address, Origin="https://example.org"):
            pass
    assert refused.value.status == 403
    address += f"playground/send/{WANG_SEAT}/p2p/file?name=a"
    async with (
        aiohttp.ClientSession(headers={"Origin": "https://example.org"}) as session,
        session.post(address, data=b"x") as response,
    ):
        assert response.status == 403


@pytest.mark.parametrize(
    ("path", "kind"), [("", "html"), ("playground/js/main.js", "javascript"), ("playground/css/tokens.css", "css")]
)
async def test_files_of_the_page(address: str, path: str, kind: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(address + path) as response:
        assert (response.status, response.content_type.rpartition("/")[2]) == (200, kind)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")


@pytest.mark.parametrize(
    "path",
    ["playground/%2e%2e/page.py", "playground/..%2fpage.py", "playground/js", "playground/media/feishu/img_none"],
)
async def test_nothing_but_files_of_the_page(address: str, path: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(URL(address + path, encoded=True)) as response,
    ):
        assert response.status == 404


@pytest.mark.parametrize(
    ("text", "at", "refused"),
    [
        ("下周五 17:00", "2026-03-13T17:00:00+08:00", ""),
        ("明天", "2026-03-03T09:00:00+08:00", ""),
        ("2026-03-07 10:30", "2026-03-07T10:30:00+08:00", ""),
        ("今天 8:30", "", "时间只能向前"),
        ("昨天 9点", "", "已经过去"),
        ("5点", "", "上午"),
        ("随便", "", "没有读出时刻"),
    ],
)
async def test_an_instant_in_words(address: str, text: str, at: str, refused: str) -> None:
    async with browsing(address) as browser:
        done = await browser.ask("moment", text=text)
        assert done["at"] == at
        assert refused in done["refused"]


async def test_the_week_and_the_kind_of_time_are_told(address: str, hall: Hall, script: Script) -> None:
    hall.promise(4, "等待满 4 小时", lambda: script.send(LI, "BB1001 已等待 4 小时"))
    async with browsing(address) as browser:
        clock = browser.state["clock"]
        assert clock["mode"] == "工作时间"
        assert [(day["works"], day["due"]) for day in clock["week"]] == [(True, 1)] + 4 * [(True, 0)] + 2 * [(False, 0)]
        await browser.ask("advance", seconds=13 * 3600)
        await browser.until(
            lambda: [one for one in browser.told if one["type"] == "clock" and one["mode"] == "安静时段"]
        )
        assert browser.told[-1]["week"][0]["ran"] == 1
