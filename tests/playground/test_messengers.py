"""The page's server over three messengers: groups, what cannot be sent, what a platform repeats."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.playground.bare import LI, LIN, ZHAO, Bare, bare, template
from tests.playground.browser import Browser, browsing

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATS = {"wecom": f"wecom:{ZHAO}", "dingtalk": f"dingtalk:{LI}", "feishu": f"feishu:{LIN}"}
GROUPS = {"wecom": "wrYongcheng", "dingtalk": "cidZhejiang", "feishu": "oc_huadong"}
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "您好"},
    "card_action": {"type": 1, "url": "https://e.org"},
}


def problems(browser: Browser) -> list[str]:
    return [event["problem"] for told in browser.told for event in told.get("events", ())]


@pytest_asyncio.fixture(loop_scope="module")
async def platforms() -> AsyncIterator[Bare]:
    async with bare() as platforms:
        yield platforms


async def test_everybody_has_their_messenger_and_its_conversations(platforms: Bare) -> None:
    async with browsing(platforms.address) as browser:
        accounts = {one["key"]: one for person in browser.state["people"] for one in person["accounts"]}
        found = {
            key: (accounts[key]["skin"], [chat["name"] for chat in accounts[key]["chats"]]) for key in SEATS.values()
        }
        assert found == {
            "wecom:zhaomin": ("wecom", ["单聊", "甬诚项目群"]),
            "dingtalk:lijing": ("dingtalk", ["单聊", "浙江代理商群"]),
            "feishu:ou_linlan": ("feishu", ["单聊", "华东渠道管理群"]),
        }
        strangers = next(person for person in browser.state["people"] if person["name"] == "陌生人")
        assert [one["skin"] for one in strangers["accounts"]] == ["wecom", "dingtalk", "feishu"]


@pytest.mark.parametrize("channel", ["wecom", "dingtalk", "feishu"])
async def test_a_groups_message_stands_in_every_members_window(platforms: Bare, channel: str) -> None:
    async with browsing(platforms.address) as browser:
        done = await browser.ask("say", seat=SEATS[channel], chat=GROUPS[channel], text="大家好")
        assert "没有 @ 机器人" in done["note"]
        rooms = platforms.messengers[channel].rooms(SEATS[channel].partition(":")[2])
        members = len(next(room for room in rooms if room.id == GROUPS[channel]).members)
        seen = await browser.until(lambda: len(browser.messages) == members and list(browser.messages.values()))
        assert len({one["key"] for one in seen}) == members
        assert len({(one["id"], one["order"], one["by"]) for one in seen}) == 1
        assert [one["seat"] for one in seen if one["read"]] == [SEATS[channel]]


@pytest.mark.parametrize(
    ("op", "more", "refused"),
    [
        ("say", {"seat": SEATS["wecom"], "chat": "oc_huadong", "text": "在吗"}, "没有这个会话"),
        ("say", {"seat": SEATS["wecom"], "text": "长" * 5000}, "内容太长，企业微信单条消息最多 4000 字"),
        ("say", {"seat": SEATS["dingtalk"], "text": "长" * 7000}, "内容太长，钉钉单条消息最多 6000 字"),
        ("attach", {"seat": SEATS["wecom"], "kind": "sticker"}, "企业微信在这里不能发表情给机器人"),
        (
            "attach",
            {"seat": SEATS["wecom"], "chat": GROUPS["wecom"], "kind": "audio"},
            "企业微信在这里不能发语音给机器人",
        ),
        ("press", {"seat": SEATS["dingtalk"], "message": "none", "label": "同意"}, "这条消息已经不在了"),
    ],
)
async def test_what_a_client_does_not_let_happen(platforms: Bare, op: str, more: dict[str, str], refused: str) -> None:
    async with browsing(platforms.address) as browser:
        assert (await browser.ask(op, **more))["refused"] == refused


@pytest.mark.parametrize(
    ("more", "note"),
    [
        (
            {"seat": SEATS["dingtalk"], "chat": GROUPS["dingtalk"], "kind": "audio", "words": "你好"},
            "钉钉不把群里的语音",
        ),
        ({"seat": SEATS["dingtalk"], "kind": "audio", "words": "你好"}, ""),
        ({"seat": SEATS["wecom"], "kind": "location"}, ""),
    ],
)
async def test_what_a_platform_makes_of_it(platforms: Bare, more: dict[str, str], note: str) -> None:
    async with browsing(platforms.address) as browser:
        done = await browser.ask("attach", **more)
        assert (done["refused"], done["note"].startswith(note), bool(done["note"])) == ("", True, bool(note))


async def test_nobody_presses_in_somebody_elses_window(platforms: Bare) -> None:
    async with browsing(platforms.address) as browser:
        await platforms.card(template(buttons=[{"id": "b", "text": "同意", "color": "blue"}]))
        card = await browser.until(lambda: browser.of(SEATS["dingtalk"]) and browser.of(SEATS["dingtalk"])[0])
        stranger = await browser.ask("press", seat="dingtalk:stranger", message=card["id"], label="同意")
        assert stranger["refused"] == "这条消息已经不在了"
        assert platforms.dingtalk.pushes == []


async def test_what_a_platform_refused_or_lost_is_told_of(platforms: Bare) -> None:
    wrong: dict[str, Any] = NOTICE | {"quote_area": {"colour": 1}}
    async with browsing(platforms.address) as browser:
        with pytest.raises(AssertionError, match="40058"):
            await platforms.template_card(wrong)
        await browser.until(lambda: browser.of(SEATS["wecom"]))
        platforms.wecom.faults.set_next("drop", 1)
        await platforms.template_card(NOTICE)
        refused, lost = await browser.until(lambda: browser.of(SEATS["wecom"])[1:] and browser.of(SEATS["wecom"]))
        assert (refused["kind"], refused["fault"]["code"]) == ("refused", 40058)
        assert "没有送达" in lost["fault"]["words"]


@pytest.mark.parametrize(("channel", "after"), [("wecom", 5), ("feishu", 15)])
async def test_what_the_bot_did_not_take_comes_again_at_its_time(platforms: Bare, channel: str, after: int) -> None:
    emulator: Any = platforms.messengers[channel].emulator
    emulator.callback_url, reachable = "http://127.0.0.1:9/", emulator.callback_url
    async with browsing(platforms.address) as browser:
        await browser.ask("say", seat=SEATS[channel], text="在吗")
        await browser.until(lambda: any("会再投" in problem for problem in problems(browser)))
        push = emulator.pushes[-1]
        due = platforms.hall.now() + timedelta(seconds=after)
        assert (push.attempts, push.due) == (1, due)
        emulator.callback_url = reachable
        await browser.ask("advance", seconds=3600)
        assert (push.attempts, push.delivered) == (2, True)
