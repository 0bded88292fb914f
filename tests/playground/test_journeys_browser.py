"""Whole journeys as people would play them on the page: joining, a task, a broadcast, and all of it without a mouse."""

import re

from playwright.async_api import Browser, expect

from adapters.playground.demo import Demo
from tests.playground.eyes import IN_A_BROWSER, LINE, Eyes, looking

pytestmark = IN_A_BROWSER

CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")


async def hears(eyes: Eyes, name: str, words: str) -> str:
    """The bot's last message to them."""
    last = eyes.window(name).locator(".message:not(.own)").last
    await expect(last).to_contain_text(words)
    return await last.inner_text()


async def test_a_stranger_joins(browser: Browser, demo: Demo) -> None:
    seats = "feishu:ou_linlan/p2p,wecom:stranger/p2p,feishu:ou_chenqiming/p2p"
    async with looking(browser, f"{demo.address}/", 1600, 1000, seats) as eyes:
        await eyes.says("陌生人", "报备 某客户 10万")
        await hears(eyes, "陌生人", "您还未绑定")
        await eyes.says("林岚", "邀请 代理商 A0571-01 业务员 张三 13900000111")
        code = CODE.search(await hears(eyes, "林岚", "72 小时内有效"))
        assert code is not None
        await eyes.says("陌生人", f"绑定 {code[0]}")
        await hears(eyes, "陌生人", "杭州启明机电有限公司")
        await eyes.presses("陌生人", "确认绑定")
        await hears(eyes, "陌生人", "绑定成功")
        await hears(eyes, "陈启明", "张三")
        await eyes.says("陌生人", "我是谁")
        await hears(eyes, "陌生人", "业务员")


async def test_a_task_from_its_card_to_done_and_one_that_goes_overdue(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.says("李静", "任务 @赵敏 周五前 提交选型表 高")
        await eyes.presses("赵敏", "接受")
        await hears(eyes, "李静", "赵敏已接受 RW601")
        await eyes.presses("赵敏", "完成")
        await expect(eyes.page.locator("#strip")).to_contain_text("RW601 进行中 → 待验收")
        await eyes.presses("李静", "验收")
        await expect(eyes.card("李静", "任务 RW601 提交选型表").last.locator(".tone")).to_have_text("已完成")
        await eyes.says("李静", "任务 @赵敏 明天下班前 回访客户")
        await hears(eyes, "李静", "RW602")
        await eyes.page.locator(".next").click()
        drawer = eyes.page.get_by_role("complementary", name="时钟与故障")
        await expect(drawer.locator(".due", has_text="RW602").first).to_contain_text("提醒负责人")
        await drawer.get_by_role("button", name="+7 天").click()
        await expect(eyes.page.get_by_role("timer")).to_contain_text("3月9日 周一", timeout=30_000)
        await expect(eyes.window("赵敏")).to_contain_text("RW602 已逾期")
        await expect(eyes.window("李静")).to_contain_text("赵敏的 RW602 已逾期")
        await expect(drawer.locator(".lately")).to_contain_text("刚才前进 7 天，触发")


async def test_a_broadcast_is_acknowledged(browser: Browser, demo: Demo) -> None:
    seats = "feishu:ou_linlan/p2p,wecom:zhaomin/p2p,feishu:ou_wanglei/p2p"
    async with looking(browser, f"{demo.address}/", 1600, 1000, seats) as eyes:
        await eyes.says("林岚", "发公告")
        window = eyes.window("林岚")
        await window.get_by_label("标题").fill("Q2 渠道返利政策")
        await window.get_by_label("正文").fill("请各代理商知悉。")
        await window.get_by_text("请选择受众区域").click()
        await eyes.page.get_by_role("option", name="华东").click()
        await eyes.page.keyboard.press("Escape")
        await eyes.presses("林岚", "下一步")
        await eyes.presses("林岚", "提交")
        for name in ("赵敏", "王磊"):
            await eyes.presses(name, "我已阅读并知悉")
        await expect(window.locator(".fcard").last).to_contain_text("已知悉:2/4（50%）")


async def test_a_deal_without_a_mouse(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        keys, press = eyes.page.keyboard, eyes.page.keyboard.press
        await expect(eyes.window("李静")).to_be_visible()
        await press("1")
        await keys.type(LINE)
        await press("Enter")
        await expect(eyes.window("赵敏").get_by_role("button", name="提交")).to_be_visible()
        await press("Shift+Tab")  # out of the field, into the row above it
        await eyes.window("赵敏").get_by_role("log").focus()
        await press("k")
        await press("Enter")
        await expect(eyes.window("赵敏").get_by_role("button", name="提交")).to_be_focused()
        await press("Enter")
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await eyes.window("李静").get_by_role("log").focus()
        await press("k")
        await press("Enter")
        await expect(eyes.window("李静").get_by_role("button", name="同意", exact=True)).to_be_focused()
        await press("Enter")
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意 李静 09:00")
        await press("i")
        await expect(eyes.page.get_by_role("complementary", name="透视")).to_contain_text("李静 在钉钉按「同意」")
        await press("Escape")
        await press("t")
        await expect(eyes.page.get_by_role("complementary", name="时钟与故障")).to_be_visible()
        await press("Escape")
        await press("e")
        await expect(eyes.page.get_by_role("dialog", name="动静")).to_be_visible()
        await press("Escape")
        await press("p")
        await expect(eyes.page.get_by_role("dialog", name="换人")).to_be_visible()
        await keys.type("周强")
        await press("Enter")
        await expect(eyes.window("周强")).to_be_visible()
