"""The page in a real browser: two people, their cards, the clock; and the same with a thumb at 420 px."""

import re
from functools import partial

from playwright.async_api import Browser, expect

from adapters.feishu.emulator import FeishuEmulator
from tests.playground.eyes import IN_A_BROWSER, LINE, Eyes
from tests.playground.eyes import looking as looking_anywhere
from tests.playground.script import LI, WANG, Hall, Script, drawn
from tests.playground.script import PREVIEW as CARD

pytestmark = IN_A_BROWSER

looking = partial(looking_anywhere, seats=f"feishu:{WANG}/p2p,feishu:{LI}/p2p")


async def registered(eyes: Eyes) -> None:
    await eyes.says("王磊", LINE)
    await eyes.presses("王磊", "提交")


async def test_two_people_and_one_deal(browser: Browser, address: str) -> None:
    async with looking(browser, address) as eyes:
        await expect(eyes.window("王磊")).to_contain_text("还没有对话")
        await registered(eyes)
        await expect(eyes.window("王磊").locator(".toast")).to_have_text("BB1001 已提交")
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("待审")
        await expect(eyes.card("李静", "新报备 BB1001")).to_contain_text("120.00 万元")
        await eyes.presses("李静", "同意")
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意 李静 09:00")
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("已同意 李静 09:00")
        await expect(eyes.card("王磊", "报备 BB1001")).to_have_class(re.compile("ringed"))
        await expect(eyes.window("王磊").locator(".fresh")).to_have_text("刚刚随 李静@飞书 更新")
        await expect(eyes.page.locator(".unseen")).to_contain_text("卡片已更新：已同意 李静 09:00")
        assert await eyes.window("李静").locator(".fresh").count() == 0  # her own doing
        await expect(eyes.page.locator("#strip")).to_contain_text("李静")


async def test_a_required_field_left_empty_is_marked_and_nothing_is_sent(
    browser: Browser, address: str, script: Script
) -> None:
    async with looking(browser, address) as eyes:
        await registered(eyes)
        await eyes.presses("李静", "驳回")
        await expect(eyes.window("李静").get_by_role("alert").filter(visible=True)).to_have_text("请填写驳回理由")
        reason = eyes.window("李静").get_by_label("驳回理由")
        await expect(reason).to_be_focused()
        assert [heard for heard in script.heard if heard.get("pressed") == "驳回"] == []
        await reason.fill("价格超出授权")
        await eyes.presses("李静", "驳回")
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("已驳回")
        assert {"pressed": "驳回", "form": {"reason": "价格超出授权"}} in script.heard


async def test_a_confirm_box_asks_first(browser: Browser, address: str, script: Script) -> None:
    async with looking(browser, address) as eyes:
        await registered(eyes)
        await eyes.presses("李静", "作废")
        box = eyes.window("李静").get_by_role("alertdialog", name="作废 BB1001？")
        await expect(box.get_by_role("button", name="取消")).to_be_focused()
        await eyes.page.keyboard.press("Escape")
        await expect(box).to_have_count(0)
        assert [heard for heard in script.heard if heard.get("pressed") == "作废"] == []
        await eyes.presses("李静", "作废")
        await box.get_by_role("button", name="确定").click()
        await expect(eyes.window("李静").locator(".toast")).to_have_text("作废了")


async def test_while_the_callback_is_under_way_the_card_is_locked(
    browser: Browser, address: str, script: Script
) -> None:
    script.free.clear()
    async with looking(browser, address) as eyes:
        await registered(eyes)
        card = eyes.card("王磊", "请核对报备")
        pressed, other = (card.get_by_role("button", name=name) for name in ("提交", "取消"))
        await expect(pressed).to_have_attribute("aria-busy", "true")
        await expect(other).to_have_attribute("aria-disabled", "true")
        await other.press("Enter")
        script.free.set()
        await expect(eyes.card("王磊", "报备 BB1001")).to_be_visible()
        assert [heard["pressed"] for heard in script.heard if "pressed" in heard] == ["提交"]


async def test_the_clients_own_error_and_then_another_try(
    browser: Browser, address: str, feishu: FeishuEmulator
) -> None:
    feishu.callback_url, reachable = "http://127.0.0.1:9/", feishu.callback_url
    async with looking(browser, address) as eyes:
        feishu.world.post(feishu.p2p_chat(WANG), "bot", "interactive", drawn(CARD))
        await eyes.presses("王磊", "提交")
        await expect(eyes.window("王磊").locator(".toast.error")).to_contain_text("2003")
        feishu.callback_url = reachable
        await eyes.presses("王磊", "提交")
        await expect(eyes.card("王磊", "报备 BB1001")).to_be_visible()


async def test_suggestions_are_filled_in_by_tab_and_never_sent_by_enter(browser: Browser, address: str) -> None:
    async with looking(browser, address) as eyes:
        field = eyes.window("王磊").get_by_role("combobox")
        await field.press_sequentially("帮")
        await expect(eyes.window("王磊").get_by_role("option")).to_contain_text(["帮助"])
        await field.press("Enter")
        await expect(eyes.window("王磊").locator(".message.own .bubble")).to_have_text(["帮"])
        await field.press_sequentially("帮")
        await expect(eyes.window("王磊").get_by_role("option")).to_have_count(1)
        await field.press("Tab")
        await expect(field).to_have_value("帮助")
        await field.fill("")
        await field.press("ArrowUp")
        await expect(field).to_have_value("帮")


async def test_the_clock_walks_to_the_reminder(browser: Browser, address: str, hall: Hall, script: Script) -> None:
    hall.promise(4, "等待满 4 小时", lambda: script.send(LI, "BB1001 已等待 4 小时"))
    async with looking(browser, address, 1600, 1000) as eyes:
        await registered(eyes)
        await expect(eyes.page.locator(".next")).to_contain_text("13:00BB1001 等待满 4 小时")
        await eyes.page.locator(".next").click()
        drawer = eyes.page.get_by_role("complementary", name="时钟与故障")
        await expect(drawer.locator(".due")).to_have_text(
            "今天 13:004 小时后BB1001 等待满 4 小时工作时间满一半跳到这里"
        )
        await drawer.get_by_role("button", name="到下一件").click()
        await expect(eyes.page.get_by_role("timer")).to_contain_text("13:00")
        await expect(eyes.window("李静")).to_contain_text("BB1001 已等待 4 小时")
        await expect(eyes.window("李静").locator(".jump")).to_have_text("时钟前进 4 小时")
        await expect(drawer.get_by_role("button", name="到下一件")).to_be_disabled()
        await expect(drawer.locator(".lately")).to_have_text("刚才前进 4 小时，触发 1 件，发出 1 条")
        await expect(drawer).to_contain_text("今后没有安排好的事")


async def test_a_third_person_and_a_stranger_sit_down(browser: Browser, address: str) -> None:
    async with looking(browser, address, 1600, 1000) as eyes:
        await eyes.page.get_by_role("button", name="窗口", exact=True).click()
        await eyes.page.get_by_placeholder("找人或角色").fill("大区")
        await eyes.page.keyboard.press("Enter")
        await expect(eyes.window("周强")).to_be_visible()
        await eyes.window("周强").get_by_title("换人").click()
        await eyes.page.get_by_text("陌生人").click()
        await expect(eyes.window("周强")).to_have_count(0)
        await eyes.says("陌生人", "在吗")
        await expect(eyes.window("陌生人").locator(".bubble")).to_have_text(["在吗", "在吗"])
        address_of_all = eyes.page.url
        assert address_of_all.endswith("#feishu:ou_wanglei/p2p,feishu:ou_lijing/p2p,feishu:ou_stranger/p2p")


async def test_restarting_keeps_windows_and_people(browser: Browser, address: str) -> None:
    async with looking(browser, address) as eyes:
        await registered(eyes)
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await eyes.page.get_by_role("button", name="重来").click()
        await eyes.page.get_by_role("alertdialog").get_by_role("button", name="重来").click()
        for name in ("王磊", "李静"):
            await expect(eyes.window(name)).to_contain_text("还没有对话")


async def test_the_keyboard_alone(browser: Browser, address: str) -> None:
    async with looking(browser, address) as eyes:
        press = eyes.page.keyboard.press
        await expect(eyes.window("李静")).to_be_visible()
        await press("1")
        await eyes.page.keyboard.type(LINE)
        await press("Enter")
        await expect(eyes.card("王磊", "请核对报备")).to_be_visible()
        await eyes.window("王磊").get_by_role("log").focus()
        await press("k")
        await press("Enter")
        await expect(eyes.window("王磊").get_by_role("button", name="提交")).to_be_focused()
        await press("Enter")
        await expect(eyes.card("王磊", "报备 BB1001")).to_be_visible()
        await press("?")
        await expect(eyes.page.get_by_role("dialog", name="按键")).to_be_visible()
        await press("Escape")
        await press("Escape")
        await expect(eyes.window("王磊").get_by_role("combobox")).to_be_focused()


async def test_with_a_thumb(browser: Browser, address: str, hall: Hall, script: Script) -> None:
    hall.promise(0.5, "等待满一半", lambda: script.send(LI, "BB1001 已等待 4 小时"))
    async with looking(browser, address, 420, 860) as eyes:
        tabs = eyes.page.get_by_role("navigation", name="窗口")
        await registered(eyes)
        await expect(tabs.get_by_role("button", name="李静")).to_contain_text("1")
        await eyes.page.get_by_role("button", name="+1 小时").tap()
        await expect(tabs.get_by_role("button", name="李静")).to_contain_text("2")
        await tabs.get_by_role("button", name="李静").tap()
        await expect(eyes.window("王磊")).to_have_count(0)
        agree = eyes.window("李静").get_by_role("button", name="同意", exact=True)
        box = await agree.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        await agree.tap()
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意")
        await tabs.get_by_role("button", name="王磊").tap()
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("已通过")
        too_wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert await eyes.page.evaluate(too_wide) == 0


async def test_what_is_out_of_sight_gets_a_pill(
    browser: Browser, address: str, script: Script, feishu: FeishuEmulator
) -> None:
    feishu.limits.chat_per_second = 100
    async with looking(browser, address) as eyes:
        await registered(eyes)
        await expect(eyes.card("王磊", "报备 BB1001")).to_be_visible()
        for number in range(25):
            await script.send(WANG, f"第 {number} 条")
        messages = eyes.window("王磊").get_by_role("log")
        await expect(messages.get_by_text("第 24 条")).to_be_in_viewport()
        await eyes.presses("李静", "同意")
        await eyes.window("王磊").get_by_role("button", name="上面 1 张卡片刚更新").click()
        await expect(eyes.card("王磊", "报备 BB1001")).to_be_in_viewport()
        await script.send(WANG, "还有一条")
        await eyes.window("王磊").get_by_role("button", name="下面 1 条新消息").click()
        await expect(messages.get_by_text("还有一条")).to_be_in_viewport()
        await expect(eyes.window("王磊").locator(".pill")).to_have_count(0)


async def test_coming_back_shows_where_the_new_ones_begin(
    browser: Browser, address: str, script: Script, feishu: FeishuEmulator
) -> None:
    async with looking(browser, address, 420, 860) as eyes:
        tabs = eyes.page.get_by_role("navigation", name="窗口")
        await script.send(LI, "第一条")
        await tabs.get_by_role("button", name="李静").tap()
        await feishu.until(lambda: script.heard)  # read after a second in view
        await tabs.get_by_role("button", name="王磊").tap()
        await script.send(LI, "第二条")
        await expect(tabs.get_by_role("button", name="李静")).to_contain_text("1")
        await tabs.get_by_role("button", name="李静").tap()
        await expect(eyes.window("李静").locator(".newer ~ .message .bubble")).to_have_text(["第二条"])


async def test_what_feishu_would_refuse_is_drawn_as_refused(
    browser: Browser, address: str, feishu: FeishuEmulator
) -> None:
    content = drawn(CARD)
    content["body"]["elements"].append({"tag": "note", "content": "1.0"})
    async with looking(browser, address) as eyes:
        feishu.world.post(feishu.p2p_chat(WANG), "bot", "interactive", content)
        await expect(eyes.window("王磊").locator(".refused-card")).to_contain_text("飞书不会接受：200861")


async def test_what_somebody_wrote_is_never_markup(browser: Browser, address: str) -> None:
    words = "<img src=x onerror=alert(1)> [点我](javascript:alert(1)) **粗** &lt;"
    async with looking(browser, address) as eyes:
        await eyes.says("王磊", words)
        bubble = eyes.window("王磊").locator(".message.own .bubble")
        await expect(bubble).to_contain_text("<img src=x onerror=alert(1)>")
        await expect(bubble).to_contain_text("**粗**")
        await expect(bubble.locator("img, a, b")).to_have_count(0)


async def test_the_clock_goes_where_words_say(browser: Browser, address: str, hall: Hall, script: Script) -> None:
    hall.promise(4, "等待满 4 小时", lambda: script.send(LI, "BB1001 已等待 4 小时"))
    async with looking(browser, address, 1600, 1000) as eyes:
        await eyes.page.locator(".dial").get_by_role("button", name="到…").click()
        panel = eyes.page.get_by_role("dialog", name="到哪个时刻")
        await panel.get_by_role("textbox").fill("昨天")
        await expect(panel.get_by_role("status")).to_contain_text("已经过去")
        await expect(panel.get_by_role("button", name="前进")).to_be_disabled()
        await panel.get_by_role("button", name="选择日期").click()
        await panel.locator('[data-day="2026-03-07"]').click()
        await expect(panel.get_by_role("status")).to_contain_text("2026年3月7日 周六 09:00途中会触发 1 件")
        await panel.get_by_role("textbox").press("Enter")
        await expect(eyes.page.get_by_role("timer")).to_contain_text("3月7日 周六09:00")
        await eyes.page.locator("body").press("t")
        drawer = eyes.page.get_by_role("complementary", name="时钟与故障")
        await expect(drawer.locator(".mode")).to_have_text("休息日")
        week = drawer.get_by_role("list", name="这一周").get_by_role("listitem")
        await expect(week.first).to_have_attribute("aria-label", "3月2日 周一，已触发 1 件")
        await expect(week.nth(5)).to_have_class("off today")
