"""What is refused, and what to do instead; people who leave; what is over."""

from __future__ import annotations

import pytest

from tests.build import Org
from tests.chat import Person, World


@pytest.fixture
def org() -> Org:
    return Org(unbound=("刘洋",))


async def test_who_may_not_give_whom(world: World, li: Person, zhao: Person) -> None:
    chen = world.member("陈启明")
    await (
        li.says("任务 林岚 周五前 提交选型表")
        .sees("您不能给林岚派任务", "辖区内代理商的人员和直接下级")
        .not_sees("RW601")
    )
    await li.says("任务 刘洋 周五前 提交选型表").sees("刘洋还没有绑定账号，收不到任务", "请先请总部邀请刘洋加入")
    await chen.says("任务 赵敏 周五前 提交选型表").sees("负责人？回复姓名或手机号").not_sees("RW601")
    await chen.says("取消").sees("已取消")
    await chen.says("任务 李静 周五前 提交选型表").sees("您不能给李静派任务", "本公司的业务员")
    await zhao.says("任务 李静 周五前 提交选型表").sees("无权限")
    await world.member("孙梅").says("任务 李静 周五前 提交选型表").sees("无权限")


async def test_somebody_elses_task_is_no_task(given: None, wang: Person, world: World) -> None:
    for words in ("进度 RW601", "接受 RW601", "完成 RW601", "延期 RW601 下周三 等客户", "进度 RW999"):
        await wang.says(words).sees("没有找到这项任务", "我的任务").not_sees("选型表")
    await world.member("郑和平").says("进度 RW601").sees("任务 RW601 提交选型表")
    await world.member("郑和平").says("接受 RW601").sees("RW601 由赵敏负责，请由本人接受")


async def test_whose_part_it_is(given: None, li: Person, zhao: Person, world: World) -> None:
    await li.says("接受 RW601").sees("RW601 由赵敏负责，请由本人接受")
    await li.says("进度 RW601 60%").sees("RW601 由赵敏负责，请由本人更新")
    await li.says("验收 RW601").sees("还没有提交完成（待接受），不能验收")
    await zhao.says("撤回 RW601 不想做").sees("无权限")
    await world.member("林岚").says("撤回 RW601 重复了").sees("RW601 由赵敏负责，李静派出，请由他们撤回")
    await zhao.presses("接受").sees("进行中")
    await zhao.says("接受 RW601").sees("您已接受。完成后请发送「完成 RW601」")
    await zhao.says("进度 RW601 160%").sees("0% 到 100% 之间")


async def test_done_twice(given: None, li: Person, zhao: Person) -> None:
    await zhao.presses("完成").sees("等李静验收")
    await zhao.says("完成 RW601").sees("RW601 已提交完成，等李静验收，不用再完成")
    await li.says("转交 RW601 给 王磊").sees("请先验收，或发送「退回 RW601 理由」")
    await li.presses("验收").sees("已完成 李静")
    await zhao.says("完成 RW601").sees("RW601 已完成（李静 2026-03-02 09:00），不能再完成。如还有工作，请另派任务")


async def test_the_giver_ends_it_themselves(given: None, li: Person, zhao: Person) -> None:
    await li.says("完成 RW601 已当面交来").sees("已完成 李静")
    await zhao.looks().sees("已由李静标为完成，您不用再处理")
    await zhao.says("完成 RW601").sees("RW601 已完成")


async def test_taken_back(world: World, given: None, li: Person, zhao: Person) -> None:
    await li.presses("撤回").sees("撤回原因")
    await li.says("客户取消了").sees("已撤回 李静")
    await zhao.looks().sees("RW601（提交选型表）已撤回，您不用再处理。原因：客户取消了")
    await world.settled()
    assert not any("接受" in m.buttons for m in zhao.messages)
    await zhao.says("完成 RW601").sees("RW601 已撤回（李静 2026-03-02 09:00），不能再完成")
    await zhao.says("我的任务").sees("现在没有进行中的任务")


async def test_handed_to_somebody_else(world: World, given: None, li: Person, zhao: Person, wang: Person) -> None:
    await zhao.says("进度 RW601 30% 已量尺寸").sees("已更新：30%")
    await li.says("转交 RW601 给 赵敏").sees("本来就由赵敏负责")
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2001）")
    zhao.mark()
    await li.says("转交 RW601 给 王磊").sees("RW601 已转交给王磊，截止仍是 2026-03-06 周五 18:00")
    await zhao.looks().sees("RW601（提交选型表）已转交给王磊，您不用再处理")
    await wang.looks().sees("任务 RW601 提交选型表", "待接受", "进度 30/100")
    await li.says("同意 SP2001").sees("已处理:李静 09:00 已撤回")
    assert "接受" not in zhao.card("任务 RW601").buttons
    await zhao.says("进度 RW601").sees("没有找到这项任务").not_sees("王磊")
    await wang.presses("接受").sees("进行中")
    await wang.says("完成 RW601").sees("等李静验收")


async def test_who_has_it_leaves(world: World, given: None, li: Person, zhao: Person, wang: Person) -> None:
    """Whoever gave it is told where they look, and may give it to somebody else."""
    await world.deactivates("赵敏")
    await zhao.says("完成 RW601").sees("您的账号已停用")
    await li.says("我的任务").sees("派给赵敏（已停用）")
    await li.says("待办").sees("转交 RW601 提交选型表（负责人已停用）")
    await li.says("1").sees("赵敏的账号已停用，请李静转交给别人或撤回")
    await li.presses("转交").sees("新的负责人")
    await li.says("王磊").sees("RW601 已转交给王磊")
    await wang.looks().sees("任务 RW601 提交选型表")
    await li.says("任务 赵敏 周五前 提交选型表").not_sees("RW602")


async def test_who_gave_it_leaves(world: World, given: None, li: Person, zhao: Person) -> None:
    """Their superior is in charge: consent, checking, taking back."""
    zhou = world.member("周强")
    await world.deactivates("李静")
    await zhao.says("延期 RW601 下周三 等客户").sees("已请周强同意延期")
    await zhou.presses("同意", on="延期申请").sees("已同意 周强")
    await zhao.says("完成 RW601").sees("等周强验收")
    await zhou.says("待办").sees("验收 RW601")
    await zhou.says("我的任务").sees("RW601", "派给赵敏")
    await zhou.presses("验收").sees("已完成 周强")
    await zhao.looks().sees("已验收，任务完成")


async def test_an_id_of_another_kind(given: None, zhao: Person) -> None:
    await zhao.says("完成 BB1001").sees("「完成」后面写 RW 开头的编号", "进度 BB1001")
    await zhao.says("完成 FY701").sees("FY701 不是任务编号，请写 RW 开头的编号")
    await zhao.says("任务 RW601").sees("您是想说", "进度 RW601")
