"""The demo as people start it: the real bot behind the page, from the first sentence to the approved deal and on."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from adapters.playground.demo import Demo
from bot.app import App
from tests.playground.eyes import CHROMIUM, chromium, looking

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the demo is not looked at"),
    pytest.mark.asyncio(loop_scope="module"),
]

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[str]:
    demo = Demo(0, App)
    await demo.start()
    yield f"{demo.address}/"
    await demo.stop()


async def test_from_the_first_sentence_to_protection(demo: str) -> None:
    async with chromium() as browser, looking(browser, demo) as eyes:
        await eyes.window("王磊").get_by_role("button", name="报备 杭州云栖湾").click()
        await expect(eyes.window("王磊").get_by_placeholder("发送给")).to_have_value(LINE)
        await eyes.page.keyboard.press("Enter")
        await expect(eyes.window("王磊").locator(".card")).to_contain_text("120.00 万元")
        await eyes.presses("王磊", "提交")
        await expect(eyes.window("王磊").locator(".toast")).to_contain_text("BB1001 已提交")
        await eyes.page.get_by_role("button", name="到下一件").click()
        await expect(eyes.window("李静")).to_contain_text("已等待 4 小时")
        await expect(eyes.page.get_by_role("timer")).to_contain_text("13:00")
        await eyes.presses("李静", "同意")
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意 李静 13:00")
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("保护至 2026-05-31")
        await expect(eyes.window("王磊").locator(".fresh")).to_have_text("刚刚更新")
        await eyes.page.reload()
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意 李静 13:00")
        await eyes.page.get_by_role("button", name="重来").click()
        await eyes.page.get_by_role("alertdialog").get_by_role("button", name="重来").click()
        await expect(eyes.window("李静")).to_contain_text("还没有对话")
        await expect(eyes.page.get_by_role("timer")).to_contain_text("09:00")
        await eyes.says("王磊", "帮助")
        await expect(eyes.window("王磊").locator(".message:not(.own)")).to_have_count(1)
        eyes.troubles = [one for one in eyes.troubles if "WebSocket" not in one]  # it was away for a moment
