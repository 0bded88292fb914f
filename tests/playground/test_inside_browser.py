"""Looking into a turn, breaking a platform, being shown around: in a real browser over the real bot."""

from playwright.async_api import Browser, Locator, expect

from adapters.playground.demo import Demo
from tests.playground.eyes import IN_A_BROWSER, Eyes, looking, submitted

pytestmark = IN_A_BROWSER

STEPS = ["收到推送", "认出是谁", "读懂", "可以吗", "写入", "回应与送出"]


def drawer(eyes: Eyes, name: str) -> Locator:
    return eyes.page.get_by_role("complementary", name=name)


async def test_a_decision_is_looked_into(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await submitted(eyes)
        await eyes.presses("李静", "同意")
        await expect(eyes.window("赵敏").locator(".message").last).to_contain_text("BB1001 已通过")
        card = eyes.window("李静").locator(".message", has=eyes.page.locator(".card")).last
        await card.hover()
        await card.get_by_role("button", name="透视这一条").click()
        inside = drawer(eyes, "透视")
        await expect(inside).to_contain_text("李静 在钉钉按「同意」")
        await expect(inside.locator(".step h4")).to_have_text(STEPS)
        await expect(inside.locator(".step.stopped")).to_have_count(0)
        step = inside.locator(".step")
        await expect(step.nth(0)).to_contain_text("第 1 次投递")
        await expect(step.nth(1)).to_contain_text("李静 · 区域经理 · 浙江")
        await expect(step.nth(2)).to_contain_text("同意 SP2001")
        await expect(step.nth(3)).to_contain_text("区域经理可以同意")
        await expect(step.nth(4).locator("tr", has_text="deals")).to_contain_text("state review → protected")
        await expect(step.nth(5)).to_contain_text("POST message/send")
        ringed = eyes.page.locator(".message.touched")
        await expect(ringed).to_have_count(2)
        await expect(eyes.window("赵敏").locator(".message.touched")).to_contain_text("由这一步发出")
        await expect(eyes.window("李静").locator(".message.touched")).to_contain_text("由这一步更新")


async def test_the_neighbouring_turn_its_words_and_its_payloads(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await submitted(eyes)
        await eyes.page.locator("#strip").get_by_role("button", name="看这一步").click()
        inside = drawer(eyes, "透视")
        await expect(inside).to_contain_text("在企业微信按「提交」")
        await inside.get_by_role("button", name="上一步").click()
        await expect(inside).to_contain_text("在企业微信发「报备 杭州云栖湾")
        await expect(inside.locator("tr", has_text="预计金额")).to_contain_text("120万预计金额120.00 万元确定")
        await expect(inside.locator("tr", has_text="产品线")).to_contain_text("推定")
        await inside.get_by_role("tab", name="推送原文").click()
        await expect(inside.locator("pre")).to_contain_text('"Content": "报备 杭州云栖湾')
        await inside.get_by_role("tab", name="送出原文").click()
        await expect(inside.locator("pre")).to_contain_text('"card_type": "button_interaction"')
        await expect(inside.locator("pre")).to_contain_text("•••")  # the buttons' signatures
        await expect(inside.locator(".limits")).to_contain_text("按钮 3 / 6")
        await eyes.page.keyboard.press("Escape")
        await expect(inside).to_have_count(0)
        await eyes.page.locator("body").press("i")
        await expect(inside).to_be_visible()


async def test_a_refusal_opens_where_it_stopped(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.says("林岚", "同意 SP9999")
        await expect(eyes.window("林岚").locator(".message:not(.own)")).to_contain_text("没有找到")
        await eyes.page.locator("#strip").get_by_role("button", name="看这一步").click()
        stopped = drawer(eyes, "透视").locator(".step.stopped")
        await expect(stopped.locator("h4")).to_have_text("可以吗")
        await expect(stopped).to_contain_text("没有找到这条审批")
        await expect(stopped).to_be_in_viewport()


async def test_a_throttled_message_is_announced_and_arrives(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.page.get_by_role("button", name="故障").click()
        trouble = drawer(eyes, "时钟与故障")
        switch = trouble.get_by_role("switch", name="限流 429")
        await trouble.get_by_role("group", name="限流 429：哪些平台").get_by_role("button", name="企").click()
        await trouble.get_by_role("group", name="限流 429：哪些平台").get_by_role("button", name="钉").click()
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")
        await expect(eyes.window("林岚").locator(".fault-chips")).to_have_text("限流")
        await expect(eyes.window("赵敏").locator(".fault-chips")).to_have_text("")
        await expect(eyes.page.locator(".tool .badge")).to_have_text("1")
        await eyes.says("林岚", "待办")
        await expect(eyes.window("林岚").locator(".held")).to_contain_text("1 条待送达：飞书限流")
        await expect(eyes.window("林岚").locator(".message:not(.own)")).to_have_count(1)
        await expect(eyes.window("林岚").locator(".held")).to_have_text("")
        await expect(trouble).to_contain_text("已拒 2 次")
        await expect(switch).to_have_attribute("aria-checked", "false")  # used up


async def test_all_faults_go_off_together_and_none_outlives_the_run(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.page.keyboard.press("t")
        trouble = drawer(eyes, "时钟与故障")
        for name in ("平台变慢", "重复推送", "卡片不可再改"):
            await trouble.get_by_role("switch", name=name).click()
        await expect(trouble).to_contain_text("3 项开着")
        chips = eyes.window("李静").locator(".fault-chips")
        await expect(chips.locator("span")).to_have_text(["慢 2 秒", "重复推送"])
        await trouble.get_by_role("switch", name="限流 429").click()
        await expect(chips.locator("span")).to_have_text(["慢 2 秒", "还有 2 项"])
        await expect(chips).to_have_attribute("title", "慢 2 秒，限流，重复推送")
        await trouble.get_by_role("button", name="全部关闭").click()
        await expect(trouble).to_contain_text("现在一切正常")
        await trouble.get_by_role("switch", name="重复推送").click()
        await expect(eyes.page.locator(".tool .badge")).to_have_text("1")
        await eyes.page.get_by_role("button", name="重来").click()
        await eyes.page.get_by_role("alertdialog").get_by_role("button", name="重来").click()
        await expect(eyes.page.locator(".tool .badge")).to_have_count(0)
        eyes.troubles = [one for one in eyes.troubles if "WebSocket" not in one]


async def test_a_push_that_comes_twice_is_done_once(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000) as eyes:
        await eyes.page.keyboard.press("t")
        await drawer(eyes, "时钟与故障").get_by_role("switch", name="重复推送").click()
        await expect(eyes.window("林岚").locator(".fault-chips")).to_have_text("重复推送")
        await eyes.says("林岚", "我是谁")
        await expect(eyes.window("林岚").locator(".message:not(.own)")).to_have_count(1)
        await eyes.page.get_by_role("button", name="透视", exact=True).click()
        await expect(drawer(eyes, "透视").locator(".step").first).to_contain_text("以前见过")


async def test_the_tour_walks_through_all_five(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000, toured=False) as eyes:
        tour = eyes.page.get_by_role("dialog", name="导览")
        for number, title in enumerate(
            ("赵敏在企业微信报备", "李静在钉钉收到", "三个窗口里的同一张卡片", "把时钟拨快", "透视"), 1
        ):
            await expect(tour).to_contain_text(f"{number} / 5")
            await expect(tour.get_by_role("heading")).to_contain_text(title)
            if number == 1:
                await tour.get_by_role("button", name="替我输入").click()
            if number == 2:
                await expect(eyes.window("林岚").locator(".fcard")).to_contain_text("BB1001")
            await tour.get_by_role("button", name="下一步" if number == 3 else "替我按").click()
        await expect(drawer(eyes, "透视").locator(".step h4")).to_have_text(STEPS)
        await expect(tour).to_have_count(0)
        await expect(eyes.window("林岚").locator(".fcard")).to_contain_text("已通过")
        await eyes.page.reload()
        await expect(eyes.window("赵敏").locator(".message").first).to_be_visible()
        await expect(tour).to_have_count(0)


async def test_the_tour_can_be_skipped_and_done_by_hand(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 1600, 1000, toured=False) as eyes:
        tour = eyes.page.get_by_role("dialog", name="导览")
        await submitted(eyes)
        await expect(tour).to_contain_text("2 / 5")
        await tour.get_by_role("button", name="跳过").click()
        await expect(tour).to_have_count(0)


async def test_all_of_it_with_a_thumb(browser: Browser, demo: Demo) -> None:
    async with looking(browser, f"{demo.address}/", 420, 860) as eyes:
        await eyes.says("赵敏", "我是谁")
        answer = eyes.window("赵敏").locator(".message:not(.own)")
        await expect(answer).to_contain_text("角色")
        await answer.locator(".said").tap(position={"x": 20, "y": 8})
        see = answer.get_by_role("button", name="透视这一条")
        box = await see.bounding_box()
        assert box is not None
        said = await answer.locator(".said").bounding_box()
        assert said is not None
        assert box["height"] > 43.9
        assert box["y"] >= said["y"] + said["height"] - 10  # over nothing but the card's margin
        await expect(see).to_be_in_viewport(ratio=0.9)
        await see.tap()
        inside = drawer(eyes, "透视")
        await expect(inside.locator(".step h4")).to_have_text(STEPS)
        await inside.get_by_role("button", name="关闭").tap()
        await eyes.page.locator(".tools").get_by_role("button", name="更多").tap()
        await eyes.page.get_by_role("button", name="故障", exact=True).tap()
        await expect(drawer(eyes, "时钟与故障").get_by_role("switch", name="平台变慢")).to_be_in_viewport()
        too_wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert await eyes.page.evaluate(too_wide) == 0
