"""延期: asked by who has the task, decided by who gave it; nothing moves before that, and nothing is decided twice."""

from __future__ import annotations

from tests.chat import Person, World


async def test_asked_and_agreed_from_the_card(world: World, given: None, li: Person, zhao: Person) -> None:
    """As in the brief of every day: pressed, two answers, one tap of the giver; over a restart."""
    li.mark()
    await zhao.presses("延期").sees("延到什么时间")
    await zhao.says("下周三").sees("延期原因")
    await zhao.says("等客户").sees(
        "已请李静同意延期到 2026-03-11 周三 18:00（SP2001）", "同意之前仍以 2026-03-06 周五 18:00 为准"
    )
    await li.looks().sees("延期申请 RW601", "现在截止:2026-03-06", "申请延至:2026-03-11 周三 18:00", "原因:等客户")
    await world.restarts()
    zhao.mark()
    await li.presses("同意", on="延期申请").sees("已同意 李静 09:00")
    await zhao.looks().sees("已同意延期，截止时间改为 2026-03-11 周三 18:00", "截止 2026-03-11 周三 18:00")
    await zhao.presses("接受").sees("进行中")
    await li.presses_again("同意", on="延期申请 RW601").sees("已处理:李静 09:00 已同意")
    assert {"task.postponement_asked", "task.postponed", "approval.agreed"} <= await world.audited()


async def test_refused_it_stays_as_it_was(given: None, li: Person, zhao: Person) -> None:
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2001）")
    await li.says("驳回 RW601 客户周五就要").sees("SP2001 已驳回", "RW601 仍以 2026-03-06 周五 18:00 为准")
    await zhao.looks().sees("延期未获同意，仍以 2026-03-06 周五 18:00 为准", "理由：客户周五就要")
    await zhao.says("延期 RW601 周四 等客户").sees("现在的截止时间是 2026-03-06 周五 18:00，延期请写更晚的时间")
    await zhao.says("延期 RW601 下周一 再宽限一天").sees("（SP2002）")


async def test_asked_again_it_is_another_wish_and_the_same_decision(given: None, li: Person, zhao: Person) -> None:
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2001）")
    await li.looks().sees("申请延至:2026-03-11")
    await zhao.says("延期 RW601 下周五 客户又改期").sees("2026-03-13 周五 18:00（SP2001）")
    await li.looks().sees("申请延至:2026-03-13")
    await li.says("同意 SP2001").sees("RW601 截止时间改为 2026-03-13 周五 18:00")


async def test_done_meanwhile_nothing_is_left_to_decide(world: World, given: None, li: Person, zhao: Person) -> None:
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2001）")
    await li.looks().sees("延期申请 RW601")
    await zhao.says("完成 RW601").sees("等李静验收")
    await li.looks().sees("已撤回 赵敏 09:00")
    await li.says("同意 SP2001").sees("已处理:赵敏 09:00 已撤回")
    await li.says("待办").sees("验收 RW601").not_sees("SP2001")
    await world.clock("2026-03-03 17:30")
    await world.settled()
    assert not any("SP2001" in m.text and "等待" in m.text for m in li.messages)
    assert "approval.withdrawn" in await world.audited()


async def test_the_givers_own_word_needs_no_consent(given: None, li: Person, zhao: Person) -> None:
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2001）")
    await li.says("延期 RW601 下周一 客户改期").sees("RW601 截止时间改为 2026-03-09 周一 18:00，已通知赵敏")
    await zhao.looks().sees("截止时间改为 2026-03-09 周一 18:00", "客户改期")
    await li.says("同意 SP2001").sees("已处理:李静 09:00 已撤回")


async def test_postponed_while_overdue(world: World, given: None, li: Person, zhao: Person) -> None:
    await zhao.presses("接受").sees("进行中")
    await world.clock("2026-03-09 10:00")
    await zhao.says("我的任务").sees("RW601", "已逾期", "1 项逾期")
    await zhao.says("延期 RW601 昨天 等客户").sees("已经过去")
    await zhao.says("下周三").sees("（SP2001）", "2026-03-18 周三 18:00")
    await li.says("进度 RW601").sees("进行中，已逾期", "已逾期（2026-03-06 18:00）")
    await li.says("同意 RW601").sees("RW601 截止时间改为 2026-03-18 周三 18:00")
    await zhao.says("我的任务").sees("进行中").not_sees("逾期")


async def test_agreed_too_late_it_is_asked_anew(world: World, li: Person, zhao: Person) -> None:
    await li.says("任务 赵敏 今天11:00前 回电话给客户").sees("任务 RW601")
    await zhao.says("延期 RW601 今天12:00 客户开会").sees("2026-03-02 周一 12:00（SP2001）")
    await world.clock("2026-03-02 12:30")
    await li.says("同意 SP2001").sees("申请的时间（2026-03-02 周一 12:00）已经过去，请驳回，让对方重新申请")
    await li.says("驳回 SP2001 请重新申请").sees("RW601 仍以 2026-03-02 周一 11:00 为准")
    await zhao.says("延期 RW601 今天15:00 客户开会").sees("2026-03-02 周一 15:00（SP2002）")


async def test_an_owner_of_an_agent_decides_about_their_own_people(world: World, wang: Person) -> None:
    chen = world.member("陈启明")
    await chen.says("任务 王磊 周五前 补交合同扫描件").sees("任务 RW601", "负责人:王磊")
    await wang.says("延期 RW601 下周一 等盖章").sees("已请陈启明同意", "（SP2001）")
    await chen.presses("同意", on="延期申请").sees("已同意 陈启明")
    await wang.looks().sees("截止时间改为 2026-03-09 周一 18:00")


async def test_about_which_record_an_approval_is(world: World, given: None, li: Person, zhao: Person) -> None:
    """进度 is the word of registrations and of tasks: an approval's number is about one of them."""
    await zhao.says("报备 宁波海纳酒店有限公司 净水改造 120万 6月底签").sees("请核对")
    await zhao.presses("提交").sees("BB1001 已提交")
    await zhao.says("延期 RW601 下周三 等客户").sees("（SP2002）")
    await zhao.says("进度 SP2001").sees("报备 BB1001")
    await zhao.says("进度 SP2002").sees("任务 RW601")
    await zhao.says("进度 BB1001").sees("报备 BB1001")
    await zhao.says("进度").sees("报备 BB1001")
    await zhao.says("进度 RW601").sees("任务 RW601")
    await zhao.says("进度").sees("任务 RW601")
