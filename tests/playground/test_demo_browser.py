"""The demo as people start it: the real bot behind the page, from the first sentence to the approved deal and on."""

from playwright.async_api import Browser, expect

from adapters.playground.demo import Demo
from tests.playground.eyes import IN_A_BROWSER, LINE, Eyes, looking

pytestmark = IN_A_BROWSER

FIRST_VISIT = "#wecom:zhaomin/p2p,dingtalk:lijing/p2p,feishu:ou_linlan/p2p"


async def registered(eyes: Eyes) -> None:
    await eyes.says("赵敏", LINE)
    await eyes.presses("赵敏", "提交")


def forgive_the_absence(eyes: Eyes) -> None:
    """While the bot was away, the browser could not connect and said so."""
    eyes.troubles = [one for one in eyes.troubles if "WebSocket" not in one]


async def test_an_agent_on_wecom_a_manager_on_dingtalk(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await expect(eyes.page).to_have_url(f"{demo.address}/{FIRST_VISIT}")
        await eyes.window("赵敏").get_by_role("button", name="报备 杭州云栖湾").click()
        await expect(eyes.field("赵敏")).to_have_value(LINE)
        await eyes.page.keyboard.press("Enter")
        await expect(eyes.window("赵敏").locator(".wcard")).to_contain_text("120.00 万元")
        await eyes.presses("赵敏", "提交")
        await expect(eyes.window("赵敏")).to_contain_text("BB1001 已提交，审批人:李静")
        assert await eyes.page.locator(".toast").count() == 0  # WeCom shows none
        await expect(eyes.card("李静", "新报备 BB1001")).to_contain_text("赵敏 / 宁波甬诚")
        await eyes.page.keyboard.press("g")
        await expect(eyes.window("李静")).to_contain_text("已等待 4 小时")
        await expect(eyes.page.get_by_role("timer")).to_contain_text("13:00")
        await eyes.presses("李静", "同意")
        await expect(eyes.card("李静", "报备 BB1001").locator(".dstatus")).to_contain_text("已同意 李静 13:00")
        await expect(eyes.page.locator(".unseen")).to_contain_text("卡片已更新：已同意 李静 13:00")
        await expect(eyes.window("赵敏").locator(".stuck")).to_contain_text("按一次只能改一次")
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("BB1001 已通过")
        await expect(eyes.window("赵敏")).to_contain_text("保护至 2026-05-31")
        await eyes.page.locator(".next").click()
        last = eyes.page.get_by_role("complementary", name="时钟与故障").locator(".due").last
        await expect(last).to_contain_text("BB1001 还有 13 天到期，提醒负责人原定 2026-05-17 周日，顺延")
        await expect(last.locator(".whom")).to_contain_text("企赵敏")
        await expect(eyes.page.locator("#strip")).to_contain_text("在钉钉按「同意」")
        await expect(eyes.page.locator("#strip .came")).to_contain_text(["企业微信", "钉钉"])


async def test_a_card_that_changes_elsewhere_says_by_whom(browser: Browser, demo: Demo) -> None:
    seats = "wecom:zhaomin/p2p,dingtalk:lijing/p2p,feishu:ou_zhouqiang/p2p"
    async with looking(browser, f"{demo.address}/", 1600, 1000, seats) as eyes:
        await registered(eyes)
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await eyes.says("周强", "进度 BB1001")
        await expect(eyes.window("周强").locator(".fcard")).to_contain_text("BB1001")
        await eyes.presses("李静", "同意")
        await expect(eyes.window("周强").locator(".fcard.ringed")).to_contain_text("已通过，保护至 2026-05-31")
        await expect(eyes.window("周强").locator(".fresh")).to_have_text("刚刚随 李静@钉钉 更新")


async def test_what_a_card_cannot_ask_is_asked_in_the_chat(browser: Browser, demo: Demo) -> None:
    seats = "feishu:ou_wanglei/p2p,dingtalk:lijing/p2p"
    async with looking(browser, f"{demo.address}/", seats=seats) as eyes:
        await eyes.says("王磊", LINE)
        await eyes.presses("王磊", "提交")
        await eyes.presses("李静", "驳回")
        await expect(eyes.window("李静").get_by_role("alert").filter(visible=True)).to_contain_text("驳回理由")
        await eyes.window("李静").get_by_label("驳回理由").fill("价格超出授权")
        await eyes.presses("李静", "驳回")
        await expect(eyes.card("王磊", "报备 BB1001")).to_contain_text("已驳回")
        await expect(eyes.card("李静", "报备 BB1001").locator(".tone")).to_have_text("已驳回")


async def test_in_a_group_the_bot_hears_its_name(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        for name, group in (("赵敏", "甬诚项目群"), ("李静", "浙江代理商群"), ("林岚", "华东渠道管理群")):
            window = eyes.window(name)
            await window.get_by_role("button", name=group).first.click()
            await eyes.says(name, "在吗")
            await expect(window.locator(".note")).to_contain_text("没有 @ 机器人")
            await window.get_by_role("button", name="@ 群成员").click()
            members = eyes.page.get_by_role("dialog", name="@ 群成员").get_by_role("button")
            await expect(members.first).to_have_text("渠道通")
            await expect(members.last).to_have_text({"赵敏": "孙梅", "李静": "陌生人", "林岚": "何欣"}[name])
            await members.first.click()
            await eyes.page.keyboard.type("我是谁")
            await eyes.page.keyboard.press("Enter")
            await expect(window.locator(".message:not(.own)")).to_contain_text("已在单聊里回复您。")
            await expect(window.locator(".message.own").last).to_contain_text("@渠道通 我是谁")
            await window.get_by_role("button", name="单聊").first.click()
            await expect(window.locator(".message:not(.own)")).to_contain_text("角色")
        await expect(eyes.page).to_have_url(f"{demo.address}/{FIRST_VISIT}")


async def test_what_one_types_is_completed_with_ones_own_objects(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await registered(eyes)
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await eyes.field("赵敏").press_sequentially("jd")
        offered = eyes.window("赵敏").get_by_role("option", name="进度 BB1001")
        await expect(offered).to_contain_text("云栖湾")
        await eyes.page.keyboard.press("Tab")
        await expect(eyes.field("赵敏")).to_have_value("进度 BB1001 ")
        await eyes.field("李静").press_sequentially("同意")
        await expect(eyes.window("李静").get_by_role("option").first).to_contain_text("同意 SP2001")


async def test_a_group_is_read_by_its_other_members(browser: Browser, demo: Demo) -> None:
    seats = "feishu:ou_linlan/oc_huadong,feishu:ou_zhouqiang/p2p"
    async with looking(browser, f"{demo.address}/", seats=seats) as eyes:
        await eyes.says("林岚", "大家看一下本周的报备")
        unread = eyes.window("周强").get_by_role("button", name="华东渠道管理群").first
        await expect(unread).to_contain_text("1")
        await unread.click()
        await expect(eyes.window("周强").locator(".message:not(.own) .sender")).to_have_text("林岚")
        await expect(unread.locator(".badge")).to_have_count(0)


async def test_the_bot_goes_away_and_comes_back_with_everything(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await registered(eyes)
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await demo.stop_bot()
        await expect(eyes.page.locator("#offline")).to_contain_text("与机器人断开，正在重连")
        await expect(eyes.field("赵敏")).to_be_disabled()
        await eyes.presses("李静", "同意")
        await expect(eyes.window("李静").locator(".note")).to_have_text("与机器人断开，没有送出")
        await demo.start_bot()
        await expect(eyes.page.locator("#offline")).to_be_hidden()
        await eyes.presses("李静", "同意")
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("BB1001 已通过")
        await eyes.says("赵敏", "我的报备")
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("剩 90 天")
        forgive_the_absence(eyes)


async def test_beginning_anew_keeps_windows_and_forgets_the_rest(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await registered(eyes)
        await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
        await eyes.page.get_by_role("button", name="+1 天").click()
        await eyes.page.get_by_role("button", name="重来").click()
        await eyes.page.get_by_role("alertdialog").get_by_role("button", name="重来").click()
        await expect(eyes.page.get_by_role("timer")).to_contain_text("3月2日 周一09:00")
        for name in ("赵敏", "李静", "林岚"):
            await expect(eyes.window(name)).to_contain_text("还没有对话")
        await eyes.says("赵敏", "帮助")
        await expect(eyes.window("赵敏").locator(".message:not(.own)")).to_have_count(1)
        forgive_the_absence(eyes)


async def test_the_whole_of_it_with_a_thumb(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 420, 860) as eyes:
        tabs = eyes.page.get_by_role("navigation", name="窗口")
        await registered(eyes)
        await expect(tabs.get_by_role("button", name="李静")).to_contain_text("1")
        await tabs.get_by_role("button", name="李静").tap()
        agree = eyes.window("李静").get_by_role("button", name="同意", exact=True)
        box = await agree.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) > 43.9  # the browser counts in fractions
        await agree.tap()
        await expect(eyes.card("李静", "报备 BB1001")).to_contain_text("已同意 李静 09:00")
        await tabs.get_by_role("button", name="赵敏").tap()
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("BB1001 已通过")
        await eyes.window("赵敏").get_by_role("button", name="甬诚项目群").filter(visible=True).tap()
        await expect(eyes.window("赵敏")).to_contain_text("在群里 @ 机器人")
        too_wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert await eyes.page.evaluate(too_wide) == 0
