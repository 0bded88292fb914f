"""Reminders as people see them, on their own messengers: the card, its buttons, the digest, what they may set and ask."""

from __future__ import annotations

import pytest

from tests.build import SHANGHAI, Org
from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
TASK = "任务 @赵敏 周五前 提交选型表 高"


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


async def protected(world: World) -> None:
    wang, li = world.member("王磊"), world.member("李静")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("同意").sees("已同意")
    await wang.looks().sees("保护至 2026-05-31")


class TestOfAProtection:
    async def test_a_reminder_is_the_deal_s_card_and_gives_way_to_the_next(self, world: World) -> None:
        wang = world.member("王磊")
        await protected(world)
        await world.clock("2026-05-18 09:00")
        await wang.looks().sees("BB1001 还有 13 天到期（杭州云栖湾酒店管理有限公司，保护至 2026-05-31）", "剩 13 天")
        first = wang.card("还有 13 天到期")
        assert first.buttons == ["今天别提醒"]

        await world.clock("2026-05-25 09:00")
        await wang.looks().sees("BB1001 还有 6 天到期")
        await world.settled()
        assert first.buttons == []
        assert "请看下面的新卡片" in first.text

        await world.clock("2026-06-01 08:00")
        await wang.looks().not_sees("已过期")
        await world.clock("2026-06-01 08:45")
        await wang.looks().sees("2026-06-01 周一 摘要", "BB1001 已过期（")
        await world.clock("2026-06-01 12:00")
        await world.settled()
        assert sum(m.text.count("BB1001 已过期（") for m in wang.messages) == 1, "in the digest, once"

    async def test_after_a_long_absence_the_end_is_told_and_no_reminder(self, world: World) -> None:
        wang, li = world.member("王磊"), world.member("李静")
        await protected(world)
        wang.mark()
        await world.clock("2026-06-02 10:00")
        await wang.looks().sees("BB1001 已过期（").not_sees("到期（杭州")
        await li.looks().sees("BB1001 已过期（")
        await wang.says("提醒记录 BB1001").sees("到期前 14 天", "被更新的提醒代替", "到期前 1 天", "期限已过，不再提醒")

    async def test_not_today(self, world: World) -> None:
        wang = world.member("王磊")
        await protected(world)
        await world.clock("2026-05-28 09:00")
        await wang.presses("今天别提醒").sees("今天不再为 BB1001 提醒您")
        await wang.says("今天别提醒 BB1001").sees("今天不再为 BB1001 提醒您")
        await world.clock("2026-05-29 09:00")
        await wang.looks().sees("BB1001 还有 2 天到期")
        await wang.says("今天别提醒 BB9999").sees("没有找到")


class TestOfATask:
    @pytest.fixture
    def org(self) -> Org:
        """Wednesday after the holiday; Saturday is worked."""
        return Org(start=Org().start.replace(month=5, day=6, tzinfo=SHANGHAI))

    async def test_overdue_over_a_make_up_saturday_and_done_from_the_reminder(self, world: World) -> None:
        """Given on DingTalk, reminded of and done on WeCom, one level upward after two more working days."""
        li, zhao = world.member("李静"), world.member("赵敏")
        await li.says(TASK).sees("RW601")
        await zhao.looks().sees("RW601", "提交选型表")

        for at, words in (
            ("2026-05-07 09:00", "RW601 明天到期（提交选型表）"),
            ("2026-05-08 09:00", "RW601 今天 18:00 到期（提交选型表）"),
            ("2026-05-09 08:45", "2026-05-09 周六 摘要"),
            ("2026-05-09 09:00", "RW601 已逾期 1 个工作日（提交选型表）"),
        ):
            zhao.mark()
            li.mark()
            await world.clock(at)
            await zhao.looks().sees(words)
        await li.looks().not_sees("仍未办结")
        await world.clock("2026-05-12 08:45")
        await li.looks().sees("团队逾期 1 件", "赵敏的 RW601 已逾期")
        await world.clock("2026-05-12 09:00")
        await li.looks().sees("赵敏的 RW601 已逾期 3 个工作日（提交选型表），仍未办结，请您协调")

        zhao.mark()
        await zhao.presses("完成", on="已逾期").sees("RW601")
        await li.says("验收 RW601").sees("RW601 已验收")
        li.mark()
        zhao.mark()
        await world.clock("2026-05-20 10:00")
        await zhao.looks().not_sees("RW601 已逾期")
        await li.says("提醒记录 RW601").sees("逾期 1 个工作日", "逾期 3 个工作日", "赵敏", "李静", "已发送")

    async def test_where_edits_are_dear_the_older_reminder_rests_and_its_buttons_lead_on(self, world: World) -> None:
        li, zhao = world.member("李静"), world.member("赵敏")
        await li.says(TASK).sees("RW601")
        await world.clock("2026-05-07 09:00")
        await zhao.looks().sees("RW601 明天到期")
        older = zhao.card("RW601 明天到期")
        await world.clock("2026-05-08 09:00")
        await zhao.looks().sees("RW601 今天 18:00 到期")
        await world.settled()
        assert len(older.history) == 1, "no code is spent on it"

        await zhao.presses("完成", on="明天到期").sees("这张卡片已变更")
        await zhao.presses("完成", on="今天 18:00 到期").sees("RW601")
        await li.looks().sees("RW601")

    async def test_others_do_not_learn_of_it(self, world: World) -> None:
        li, wang = world.member("李静"), world.member("王磊")
        await li.says(TASK).sees("RW601")
        await world.clock("2026-05-07 09:00")
        await wang.says("提醒记录 RW601").sees("没有找到")
        await wang.says("今天别提醒 RW601").sees("没有找到")


class TestQuietHours:
    async def test_own_ones(self, world: World) -> None:
        wang = world.member("王磊")
        await wang.says("免打扰").sees("公司统一的免打扰时段是 21:00 至 08:30", "工作日 08:45")
        await wang.says("免打扰 晚上8点到早上10点").sees("您的免打扰时段是 20:00 至 10:00")
        await wang.says("免打扰 8:00-7:00").sees("最长 16 小时")
        await wang.says("免打扰 随便").sees("没有看懂「随便」")
        await wang.says("免打扰 关").sees("公司统一的免打扰时段是 21:00 至 08:30")

    async def test_everybody_s_are_hq_s_to_set(self, world: World) -> None:
        wang, lin = world.member("王磊"), world.member("林岚")
        await wang.says("全员免打扰 18:00-9:00").not_sees("18:00 至 09:00")
        await lin.says("全员免打扰 18:00-9:00").sees("公司统一的免打扰时段是 18:00 至 09:00")
        await wang.says("免打扰").sees("公司统一的免打扰时段是 18:00 至 09:00")


async def test_an_approval_that_waits(world: World) -> None:
    """The reminder is a line; the card that decides stands in the chat already."""
    wang, li = world.member("王磊"), world.member("李静")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    li.mark()
    await world.clock("2026-03-02 13:00")
    await li.looks().sees("SP2001（BB1001）已等待 4 小时，请在 2026-03-02 17:00 前处理")
    await world.clock("2026-03-02 17:00")
    await li.looks().sees("已超时升级给 周强，非同意")
    await li.says("提醒记录 SP2001").sees("等待过半", "李静", "已发送")
