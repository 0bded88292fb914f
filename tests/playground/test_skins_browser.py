"""WeCom's and DingTalk's cards in a real browser, each drawn from nothing but its payload."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.playground.bare import LI, ZHAO, Bare, bare, template
from tests.playground.eyes import IN_A_BROWSER
from tests.playground.eyes import looking as looking_anywhere

pytestmark = IN_A_BROWSER

NOTICE: dict[str, Any] = {"card_type": "text_notice", "card_action": {"type": 1, "url": "https://example.org/"}}
BUTTONS: dict[str, Any] = {"card_type": "button_interaction", "main_title": {"title": "新报备 BB1001"}}


def button(text: str, style: int = 2) -> dict[str, Any]:
    return {"text": text, "style": style, "key": f"key-{text}"}


@pytest_asyncio.fixture(loop_scope="module")
async def platforms() -> AsyncIterator[Bare]:
    async with bare() as platforms:
        yield platforms


def looking(browser: Browser, platforms: Bare, width: int = 1280) -> Any:
    return looking_anywhere(browser, platforms.address, width)


async def rows_of(buttons: Locator) -> list[list[int]]:
    """The buttons' widths, row by row; all measured at once, a card that arrives is moving."""
    places = await buttons.evaluate_all("all => all.map((one) => [one.offsetTop, one.offsetWidth])")
    tops = sorted({top for top, _ in places})
    return [[width for at, width in places if at == top] for top in tops]


# -- WeCom -------------------------------------------------------------------------------------------------------------


async def test_every_block_of_a_notice(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(
            NOTICE
            | {
                "source": {"desc": "已通过", "desc_color": 3},
                "main_title": {"title": "我的报备", "desc": "本月"},
                "emphasis_content": {"title": "7 / 40", "desc": "在保名额"},
                "quote_area": {"type": 0, "title": "引用", "quote_text": "云栖湾"},
                "sub_title_text": "回「下一页」看余下 4 条",
                "horizontal_content_list": [
                    {"keyname": "客户", "value": "星港物业"},
                    {"keyname": "合同", "value": "打开", "type": 1, "url": "https://example.org/ht"},
                ],
                "jump_list": [{"type": 1, "title": "在看板打开", "url": "https://example.org/b"}],
            }
        )
        card = eyes.card("赵敏", "我的报备")
        await expect(card.locator(".source.c3")).to_have_text("已通过")
        await expect(card.locator(".emphasis b")).to_have_text("7 / 40")
        await expect(card.locator(".quote")).to_have_text("引用云栖湾")
        await expect(card.locator(".sub")).to_have_text("回「下一页」看余下 4 条")
        await expect(card.get_by_role("term")).to_have_text(["客户", "合同"])
        await expect(card.get_by_role("link", name="打开")).to_have_attribute("href", "https://example.org/ht")
        await expect(card.get_by_role("button", name="在看板打开")).to_be_visible()


async def test_buttons_stand_two_to_a_row_and_an_odd_last_one_alone(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        for rows in ([1], [2], [2, 1], [2, 2, 1], [2, 2, 2]):
            await platforms.template_card(BUTTONS | {"button_list": [button(f"第{n}个") for n in range(sum(rows))]})
            buttons = eyes.window("赵敏").locator(".wcard").last.locator(".wbutton")
            await expect(buttons).to_have_count(sum(rows))
            found = await rows_of(buttons)
            assert [len(row) for row in found] == rows
            full = [sum(row) + 8 * (len(row) - 1) for row in found]  # each row fills the card, gaps of 8
            assert max(full) - min(full) <= 1


async def test_what_is_too_long_is_cut_where_a_phone_cuts_it(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        facts = [{"keyname": "一二三四五六", "value": "值" * 40}]
        title = {"title": "题" * 40, "desc": "述" * 50}
        await platforms.template_card(NOTICE | {"main_title": title, "horizontal_content_list": facts})
        card = eyes.window("赵敏").locator(".wcard")
        await expect(card.get_by_role("heading")).to_have_text("题" * 36 + "…")
        await expect(card.locator(".desc")).to_have_text("述" * 44 + "…")
        await expect(card.get_by_role("term")).to_have_text("一二三四五…")
        await expect(card.get_by_role("definition")).to_have_text("值" * 30 + "…")


async def test_a_choice_is_made_on_a_sheet_and_goes_with_the_button(browser: Browser, platforms: Bare) -> None:
    options = [{"id": "wk", "text": "未选"}, {"id": "ac", "text": "中央空调"}, {"id": "hp", "text": "热泵"}]
    asked = {"question_key": "line", "title": "产品线", "option_list": options, "selected_id": "wk"}
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(BUTTONS | {"button_selection": asked, "button_list": [button("下一步", 1)]})
        row = eyes.window("赵敏").get_by_role("button", name="产品线")
        await expect(row).to_contain_text("未选")
        await row.click()
        sheet = eyes.window("赵敏").get_by_role("dialog", name="产品线")
        await expect(sheet.get_by_role("radio", checked=True)).to_be_focused()
        await eyes.page.keyboard.press("Escape")
        await expect(row).to_be_focused()
        await row.click()
        await sheet.get_by_role("radio", name="热泵").click()
        await expect(row).to_contain_text("热泵")
        await eyes.presses("赵敏", "下一步")
        await platforms.wecom.until(lambda: platforms.wecom.pushes)
        assert "<OptionId><![CDATA[hp]]></OptionId>" in platforms.wecom.pushes[-1].plain


async def test_several_lists_need_an_answer_each(browser: Browser, platforms: Bare) -> None:
    lists = [
        {"question_key": key, "title": key, "option_list": [{"id": "1", "text": "甲"}, {"id": "2", "text": "乙"}]}
        for key in ("产品线", "阶段")
    ]
    card = BUTTONS | {"card_type": "multiple_interaction", "select_list": lists}
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(card | {"submit_button": {"text": "下一步", "key": "k"}})
        submit = eyes.window("赵敏").get_by_role("button", name="下一步")
        await expect(submit).to_be_disabled()
        for key in ("产品线", "阶段"):
            await eyes.window("赵敏").get_by_role("button", name=key).click()
            await eyes.window("赵敏").get_by_role("radio", name="乙").click()
        await expect(submit).to_be_enabled()


async def test_replaced_buttons_are_one_grey_one(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(BUTTONS | {"button_list": [button("提交", 1), button("取消")]})
        await expect(eyes.window("赵敏").locator(".wbutton")).to_have_count(2)
        message = platforms.wecom.messages(platforms.wecom.app_chat(ZHAO))[-1]
        message.change(type(message.face(ZHAO))(message.content, "已提交"), platforms.hall.now())
        platforms.wecom.world.changed()
        await expect(eyes.window("赵敏").get_by_role("button", name="已提交")).to_be_disabled()
        await expect(eyes.window("赵敏").locator(".wbutton")).to_have_count(1)


async def test_a_click_that_comes_to_nothing_shows_nothing_but_our_note(browser: Browser, platforms: Bare) -> None:
    platforms.wecom.callback_url = "http://127.0.0.1:9/"
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(BUTTONS | {"button_list": [button("提交", 1)]})
        await eyes.presses("赵敏", "提交")
        await expect(eyes.page.locator("#strip")).to_contain_text("真机上什么也不显示")
        await expect(eyes.window("赵敏").get_by_role("button", name="提交", exact=True)).to_be_enabled()
        await expect(eyes.window("赵敏").locator(".note")).to_contain_text("企业微信没有等到回应")
        assert await eyes.page.locator(".toast").count() == 0


async def test_after_72_hours_our_note_says_so(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        await platforms.template_card(BUTTONS | {"button_list": [button("提交", 1)]})
        await expect(eyes.window("赵敏").locator(".wbutton")).to_have_count(1)
        platforms.hall.at += timedelta(hours=73)
        platforms.wecom.world.changed()
        await expect(eyes.window("赵敏").locator(".stuck")).to_contain_text("已满 72 小时，企业微信不再允许修改")


async def test_a_card_that_wecom_would_refuse_is_a_box(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        chat = platforms.wecom.app_chat(ZHAO)
        platforms.wecom.world.post(chat, "bot", "template_card", BUTTONS | {"button_list": []})
        await expect(eyes.window("赵敏").locator(".refused-card")).to_contain_text("企业微信不会接受：40058")


async def test_words_of_the_app_are_text_and_links_only(browser: Browser, platforms: Bare) -> None:
    words = '<b>粗</b> <a href="https://example.org/x">看板</a> <a href="javascript:alert(1)">坏</a>'
    async with looking(browser, platforms) as eyes:
        platforms.wecom.world.post(platforms.wecom.app_chat(ZHAO), "bot", "text", {"content": words})
        bubble = eyes.window("赵敏").locator(".bubble")
        await expect(bubble).to_have_text("<b>粗</b> 看板 坏")
        await expect(bubble.get_by_role("link")).to_have_text(["看板"])


async def test_an_entry_of_the_menu_says_its_command(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        await eyes.window("赵敏").get_by_role("button", name="待办", exact=True).first.click()
        await expect(eyes.window("赵敏").locator(".message.own")).to_contain_text(
            "待办"
        )  # and what the pointer stands over
        await eyes.window("赵敏").get_by_role("button", name="报备", exact=True).click()
        await eyes.page.get_by_role("dialog").get_by_role("button", name="报备", exact=True).click()
        await expect(eyes.field("赵敏")).to_have_value("报备 ")


# -- DingTalk ----------------------------------------------------------------------------------------------------------


async def test_title_state_and_facts(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        for tone in ("neutral", "info", "success", "warning", "danger"):
            await platforms.card(template(tone=tone, body="**注意** 两条<br>1. 甲<br>2. 乙"))
            card = eyes.window("李静").locator(".dcard", has=eyes.page.locator(f".tone.dtone-{tone}"))
            await expect(card.get_by_role("heading")).to_have_text("新报备 BB1001")
            await expect(card.locator(".tone")).to_have_text("待审批")
            await expect(card.get_by_role("term")).to_have_text("客户")
            await expect(card.locator(".md b")).to_have_text("注意")
            await expect(card.locator(".md ol li")).to_have_text(["甲", "乙"])


async def test_the_decision_shares_a_row(browser: Browser, platforms: Bare) -> None:
    colours = ("blue", "red", "gray", "gray", "gray")
    async with looking(browser, platforms) as eyes:
        for rows in ([1], [2], [2, 1], [2, 3]):
            buttons = [{"id": f"b{n}", "text": f"第{n}个", "color": colours[n]} for n in range(sum(rows))]
            await platforms.card(template(buttons=buttons))
            drawn = eyes.window("李静").locator(".dcard").last.locator(".dbutton")
            await expect(drawn).to_have_count(sum(rows))
            assert [len(row) for row in await rows_of(drawn)] == rows


LINES = [{"value": "ac", "text": "中央空调"}, {"value": "hp", "text": "热泵"}]
EXTRAS = [{"value": "x", "text": "样机"}, {"value": "y", "text": "培训"}]
FORM = {
    "fields": [
        {"name": "text", "label": "客户全称", "type": "TEXT", "required": True},
        {"name": "area", "label": "说明", "type": "TEXT_AREA"},
        {"name": "number", "label": "台数", "type": "NUMBER"},
        {"name": "date", "label": "预计签约", "type": "DATE", "defaultValue": "2026-06-30"},
        {"name": "line", "label": "产品线", "type": "SELECT", "options": LINES},
        {"name": "more", "label": "附加", "type": "MULTI_CHECKBOX_GROUP", "options": EXTRAS},
    ]
}


DECISION = {"fields": [{"name": "reason", "label": "驳回理由", "type": "TEXT_AREA", "required": True}]}
GREY, BLUE = "rgb(242, 243, 245)", "rgb(0, 95, 255)"


@pytest.mark.parametrize(
    ("tone", "buttons", "submit", "drawn"),
    [
        ("warning", {"同意": "blue", "转交": "gray"}, "驳回", {"同意": BLUE, "驳回": GREY, "转交": GREY}),
        ("info", {"取消": "gray"}, "下一步", {"下一步": BLUE, "取消": GREY}),
    ],
    ids=["a decision", "an entry"],
)
async def test_what_decides_is_blue_and_stands_first(
    browser: Browser, platforms: Bare, tone: str, buttons: dict[str, str], submit: str, drawn: dict[str, str]
) -> None:
    listed = [{"id": f"b{n}", "text": text, "color": look} for n, (text, look) in enumerate(buttons.items())]
    async with looking(browser, platforms) as eyes:
        await platforms.card(template(tone=tone, buttons=listed, form=DECISION, submit1_id="s1", submit1_text=submit))
        window = eyes.window("李静")
        shown = window.locator(".dcard .dbutton")
        await expect(shown).to_have_text(list(drawn))
        for number, colour in enumerate(drawn.values()):
            await expect(shown.nth(number)).to_have_css("background-color", colour)
        await window.get_by_label("驳回理由").fill("资料不全")
        await eyes.presses("李静", submit)
        await platforms.dingtalk.until(lambda: platforms.dingtalk.pushes)
        assert platforms.heard() == {"id": "s1", "form": {"reason": "资料不全"}}


async def test_a_form_is_checked_in_the_client_and_handed_in(browser: Browser, platforms: Bare) -> None:
    async with looking(browser, platforms) as eyes:
        await platforms.card(template(form=FORM, submit1_id="s1", submit1_text="提交"))
        window = eyes.window("李静")
        await eyes.presses("李静", "提交")
        await expect(window.get_by_role("alert").filter(visible=True)).to_have_text("请填写客户全称")
        await expect(window.get_by_label("客户全称")).to_be_focused()
        assert platforms.dingtalk.pushes == []
        await window.get_by_label("客户全称").fill("云栖湾")
        await window.get_by_label("产品线").click()
        await window.get_by_role("option", name="热泵").click()
        await window.get_by_role("checkbox", name="培训").check()
        await eyes.presses("李静", "提交")
        await platforms.dingtalk.until(lambda: platforms.dingtalk.pushes)
        heard = platforms.heard()
        assert (heard["id"], heard["form"]["text"], heard["form"]["date"]) == ("s1", "云栖湾", "2026-06-30")
        assert heard["form"]["line"] == {"index": 1, "value": "hp"}
        assert heard["form"]["more"] == {"index": [1], "value": ["y"]}


async def test_a_status_stands_in_place_of_the_buttons(browser: Browser, platforms: Bare) -> None:
    buttons = [{"id": "b", "text": "同意", "color": "blue"}]
    async with looking(browser, platforms) as eyes:
        await platforms.card(template(buttons=buttons, tone="success", status="已同意 李静 13:05"))
        card = eyes.window("李静").locator(".dcard")
        await expect(card.locator(".dstatus.success")).to_have_text("已同意 李静 13:05")
        await expect(card.get_by_role("button")).to_have_count(0)


async def test_the_clients_own_failure_is_its_dark_toast(browser: Browser, platforms: Bare) -> None:
    platforms.dingtalk.cards.callback_routes.clear()
    async with looking(browser, platforms) as eyes:
        await platforms.card(template(buttons=[{"id": "b", "text": "同意", "color": "blue"}]))
        await eyes.presses("李静", "同意")
        await expect(eyes.window("李静").locator(".toast.error")).to_have_text("操作失败，请稍后重试")


async def test_variables_the_template_cannot_draw(browser: Browser, platforms: Bare) -> None:
    wrong = {"tone green": {"tone": "green"}, "body": {"body": "长" * 400}, "buttons is no JSON": {"buttons": "x"}}
    async with looking(browser, platforms) as eyes:
        await platforms.card(template())
        await expect(eyes.window("李静").locator(".dcard")).to_be_visible()
        card = platforms.dingtalk.messages(platforms.dingtalk.p2p_chat(LI))[-1].card
        assert card is not None
        for why, variables in wrong.items():
            card.public = template(**variables)
            platforms.dingtalk.cards.redraw(card)
            await expect(eyes.window("李静").locator(".refused-card")).to_contain_text(why)


async def test_without_a_template_a_link_says_its_command(browser: Browser, platforms: Bare) -> None:
    says = "dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20SP2001"
    text = f"### 新报备 BB1001  \n  客户:云栖湾  \n  [同意]({says}) <u>不画</u>"
    async with looking(browser, platforms) as eyes:
        chat = platforms.dingtalk.p2p_chat(LI)
        platforms.dingtalk.world.post(chat, "bot", "sampleMarkdown", {"title": "新报备", "text": text})
        await expect(eyes.window("李静").get_by_role("heading", name="新报备 BB1001")).to_be_visible()
        await expect(eyes.window("李静").locator(".bubble")).to_contain_text("<u>不画</u>")
        await eyes.presses("李静", "同意")
        await expect(eyes.window("李静").locator(".message.own")).to_contain_text("同意 SP2001")


# -- all three ---------------------------------------------------------------------------------------------------------


async def test_each_messenger_looks_like_itself(browser: Browser, platforms: Bare) -> None:
    """The distances and colours a daily user knows it by (README 3.2)."""
    known = {
        "赵敏": ("rgb(239, 241, 244)", 48.0, "6px"),
        "李静": ("rgb(241, 242, 243)", 52.0, "8px"),
        "林岚": ("rgb(255, 255, 255)", 56.0, "50%"),
    }
    async with looking(browser, platforms) as eyes:
        for name, (ground, bar, face) in known.items():
            await eyes.says(name, "在吗")
            frame = eyes.window(name).locator(".frame")
            await expect(frame).to_have_css("background-color", ground)
            box = await frame.locator(".titlebar").bounding_box()
            assert box is not None
            assert box["height"] == bar
            await expect(frame.locator(".message.own .avatar")).to_have_css("border-radius", face)


async def test_what_can_be_sent(browser: Browser, platforms: Bare) -> None:
    kinds = {"赵敏": "图片 文件 语音 位置", "李静": "图片 文件 语音 位置 表情", "林岚": "图片 文件 语音 表情"}
    async with looking(browser, platforms) as eyes:
        for name, more in kinds.items():
            await eyes.window(name).get_by_role("button", name="更多消息").click()
            entries = eyes.page.get_by_role("dialog").get_by_role("button")
            await expect(entries).to_have_text([re.compile(one) for one in more.split()])
            await eyes.page.keyboard.press("Escape")


async def test_what_people_read_in_a_group(browser: Browser, platforms: Bare) -> None:
    seats = "feishu:ou_linlan/oc_huadong,feishu:ou_zhouqiang/p2p"
    async with looking_anywhere(browser, platforms.address, seats=seats) as eyes:
        await eyes.says("林岚", "请看一下")
        await expect(eyes.window("林岚").locator(".read-mark")).to_have_attribute("title", "0 人已读，2 人未读")
        await eyes.window("周强").get_by_role("button", name="华东渠道管理群").first.click()
        await expect(eyes.window("林岚").locator(".read-mark")).to_have_attribute("title", "1 人已读，1 人未读")
