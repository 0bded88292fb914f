"""The strip at the bottom and the list above it: what came of each step, whose it was, what did not go as it should."""

from playwright.async_api import Browser, expect

from adapters.playground.demo import Demo
from tests.playground.eyes import IN_A_BROWSER, LINE, looking

pytestmark = IN_A_BROWSER


async def test_the_strip_says_what_came_of_it(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        strip = eyes.page.locator("#strip")
        await expect(strip).to_contain_text("还没有动静")
        await eyes.says("赵敏", LINE)
        await eyes.presses("赵敏", "提交")
        await expect(strip).to_contain_text("在企业微信按「提交」→BB1001 待审")
        await eyes.presses("李静", "同意")
        await expect(strip).to_contain_text("在钉钉按「同意」→BB1001 待审 → 已通过")
        await expect(strip.locator(".came")).to_contain_text(["企业微信", "钉钉"])


async def test_a_message_on_its_way_and_one_that_waits(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        feishu = demo.messenger("feishu").faults
        feishu.hang = True
        await eyes.says("林岚", "我是谁")
        await expect(eyes.page.locator("#strip .sending")).to_have_text("飞书")
        feishu.rate_limit_next(9)
        feishu.hang = False
        await expect(eyes.page.locator("#strip .waiting")).to_have_text("飞书 等待重试")
        feishu.clear()
        await expect(eyes.page.locator("#strip .came")).to_contain_text("飞书")
        await expect(eyes.page.locator("#strip .waiting")).to_have_count(0)


async def test_the_list_by_person_and_by_what_went_wrong(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        for name, words in (("赵敏", "帮助"), ("李静", "同意 SP9999"), ("赵敏", "我是谁")):
            await eyes.says(name, words)
            await expect(eyes.window(name).locator(".message:not(.own)").last).to_be_visible()
        await expect(eyes.page.locator("#strip .more").last).to_contain_text("全部 3 条")
        await eyes.page.locator("#strip .more").last.click()
        events = eyes.page.get_by_role("dialog", name="动静")
        rows = events.locator(".events > div")
        await expect(rows).to_have_count(3)
        await events.get_by_role("combobox", name="只看谁").select_option("赵敏")
        await expect(rows).to_have_count(2)
        await expect(events).to_contain_text("2 / 3 条")
        await events.get_by_role("combobox", name="只看谁").select_option("所有人")
        await events.get_by_role("checkbox", name="只看异常").check()
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text("同意 SP9999")
        await expect(rows).to_contain_text("已拒")
