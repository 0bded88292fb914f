"""What is due of a task is told by ``alerts``: on its own card, to the giver when it stays overdue, and nothing once it is done."""

from __future__ import annotations

import pytest

from tests.chat import Person, World


@pytest.fixture
async def overdue(world: World, li: Person, zhao: Person) -> None:
    """RW601, due on Friday 2026-05-08; Saturday is worked (V3), Tuesday is the third working day after it."""
    await world.clock("2026-04-30 10:00")
    await li.says("任务 赵敏 5月8日前 提交选型表").sees("任务 RW601", "截止:2026-05-08 周五 18:00")
    await zhao.presses("接受").sees("进行中")
    for at, words in (
        ("2026-05-06 09:00", "RW601 还有 2 天到期（提交选型表）"),
        ("2026-05-07 09:00", "RW601 明天到期（提交选型表）"),
        ("2026-05-08 09:00", "RW601 今天 18:00 到期（提交选型表）"),
        ("2026-05-09 09:00", "RW601 已逾期 1 个工作日（提交选型表）"),
    ):
        zhao.mark()
        await world.clock(at)
        await zhao.looks().sees(words)


async def test_over_a_weekend_that_is_worked(world: World, overdue: None, li: Person, zhao: Person) -> None:
    """Owner and the giver's digest on Saturday, the giver's card on Tuesday, with what can be done about it."""
    await li.looks().sees("赵敏的 RW601 已逾期 1 个工作日")
    assert {"完成", "延期", "需要帮助"} <= set(zhao.card("任务 RW601 提交选型表").buttons)
    li.mark()
    await world.clock("2026-05-12 09:00")
    await li.looks().sees("任务 RW601 提交选型表", "已逾期 3 个工作日", "请您协调")
    assert {"转交", "延期", "撤回"} <= set(li.last.buttons)
    await li.presses("延期").sees("延到什么时间")
    await li.says("周五").sees("延期原因")
    await li.says("客户改期").sees("截止时间改为 2026-05-15 周五 18:00")
    await zhao.looks().sees("截止时间改为 2026-05-15 周五 18:00")
    await zhao.says("我的任务").sees("2026-05-15 18:00").not_sees("逾期")


@pytest.mark.parametrize("ends", ["完成 RW601", "进度 RW601 90% 只差盖章"])
async def test_the_ladder_stops_once_something_happens(
    world: World, overdue: None, li: Person, zhao: Person, ends: str
) -> None:
    await zhao.says(ends).sees("RW601")
    await world.settled()
    li.mark()
    await world.clock("2026-05-12 09:00")
    await world.settled()
    assert "请您协调" not in li.news


async def test_of_whoever_is_in_charge_once_the_owner_has_left(
    world: World, li: Person, zhao: Person, given: None
) -> None:
    await world.deactivates("赵敏")
    await li.says("进度 RW601").sees("赵敏的账号已停用")
    await li.says("延期 RW601 下周一 换人").sees("截止时间改为 2026-03-09")
    li.mark()
    await world.clock("2026-03-09 09:00")
    await li.looks().sees("RW601 今天 18:00 到期", "请李静转交给别人或撤回")
