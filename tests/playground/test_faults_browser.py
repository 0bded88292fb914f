"""The bot without its database, and clicks by nobody: what people see meanwhile, and that nothing is lost or decided."""

from playwright.async_api import Browser, Locator, expect

from adapters.playground.demo import Demo
from tests.playground.eyes import IN_A_BROWSER, LINE, Eyes, looking, submitted

pytestmark = IN_A_BROWSER


async def switch(eyes: Eyes, name: str) -> Locator:
    """Of those under 更多."""
    drawer = eyes.page.get_by_role("complementary", name="时钟与故障")
    if not await drawer.count():
        await eyes.page.get_by_role("button", name="故障").click()
        await drawer.get_by_text("更多", exact=True).click()
    return drawer.get_by_role("switch", name=name)


async def test_without_its_database_the_bot_acknowledges_nothing_and_later_everything_arrives(
    browser: Browser, demo: Demo
) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await submitted(eyes)
        database = await switch(eyes, "数据库断开")
        await database.click()
        await expect(eyes.window("赵敏").locator(".fault-chips")).to_have_text("数据库断开")
        await eyes.presses("李静", "同意")
        await expect(eyes.window("李静").locator(".toast")).to_contain_text("操作失败，请稍后重试")
        for name in ("赵敏", "李静", "林岚"):
            await eyes.says(name, "我是谁")
        held = {name: eyes.window(name).locator(".held") for name in ("赵敏", "李静", "林岚")}
        await expect(held["赵敏"]).to_contain_text("1 条机器人没有收下：数据库断开，企业微信")
        await expect(held["李静"]).to_have_text("1 条先存在本机：数据库断开，恢复后再处理")
        await expect(held["林岚"]).to_contain_text("秒后第 2 次投递")
        await expect(eyes.window("林岚").locator(".message:not(.own)")).to_have_count(0)
        await database.click()
        await expect(eyes.window("李静").locator(".message").last).to_contain_text("角色")
        await eyes.page.get_by_role("button", name="+1 小时").first.click()  # the platforms' next tries
        for name in ("赵敏", "林岚"):
            await expect(eyes.window(name).locator(".message").last).to_contain_text("角色")
            await expect(held[name]).to_have_text("")
        await eyes.presses("李静", "同意")
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("BB1001 已通过")


async def test_while_the_database_is_away_the_clock_goes_on(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await submitted(eyes)
        database = await switch(eyes, "数据库断开")
        await database.click()
        await eyes.page.get_by_role("button", name="+1 天").first.click()
        await expect(eyes.page.get_by_role("timer")).to_contain_text("3月3日 周二09:00")
        await database.click()
        await expect(eyes.window("李静").locator(".message").last).to_contain_text("BB1001")
        await expect(eyes.card("李静", "报备 BB1001").locator(".tone")).to_have_text("已升级")


async def test_a_click_by_nobody_decides_nothing(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.says("赵敏", LINE)
        nameless = await switch(eyes, "点击不带身份")
        await nameless.click()
        await expect(eyes.window("赵敏").locator(".fault-chips")).to_have_text("不带身份")
        await eyes.presses("赵敏", "提交")
        await expect(eyes.window("赵敏").locator(".note")).to_contain_text("真机上什么也不显示")
        await expect(eyes.page.get_by_role("complementary", name="时钟与故障")).to_contain_text("已隐去 1 次")
        await expect(eyes.window("李静")).to_contain_text("还没有对话")
        await nameless.click()
        await eyes.presses("赵敏", "提交")
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
