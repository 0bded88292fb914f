"""我的任务: mine and those I gave, the first due first, what is overdue marked; a number opens one. And 待办."""

from __future__ import annotations

from tests.chat import Person, World


async def test_mine_and_those_i_gave(world: World, lin: Person, li: Person, zhao: Person, wang: Person) -> None:
    await zhao.says("我的任务").sees("现在没有进行中的任务")
    for words in ("任务 李静 下周三 复盘三月业绩", "任务 赵敏 周四 寄样机", "任务 王磊 3月20日 更新报价单"):
        await lin.says(words).sees("已派给")
    await li.says("任务 赵敏 周三下班前 提交选型表 急").sees("任务 RW604")
    await li.says("任务 王磊 周五 走访客户").sees("任务 RW605")
    seen = await li.says("我的任务").sees("RW604", "RW605", "RW601", "3 项")
    assert seen.index("RW604") < seen.index("RW605") < seen.index("RW601")
    assert "林岚派给我" in seen
    assert "派给赵敏" in seen
    assert "RW602" not in seen

    await world.clock("2026-03-05 09:00")
    await li.says("我的任务").sees("3 项，1 项逾期", "已逾期，待接受")
    await li.says("1").sees("任务 RW604 提交选型表", "待接受，已逾期")
    seen = await zhao.says("待办").sees("任务 RW604 提交选型表（已逾期）", "任务 RW602 寄样机（待接受）")
    assert seen.index("RW604") < seen.index("RW602")
    await zhao.says("2").sees("任务 RW602 寄样机")
    await zhao.says("完成").sees("RW602（推定）")
    await zhao.says("提交").sees("等林岚验收")
    await zhao.says("我的任务").sees("待验收", "RW604")
    await zhao.says("待办").sees("RW604").not_sees("RW602")
    await lin.says("待办").sees("验收 RW602 寄样机")


async def test_what_was_said_is_kept_while_it_is_asked_which_is_meant(lin: Person, wang: Person) -> None:
    """Two tasks, no registration, nothing spoken of: 进度 is asked about once, and its words go with the tap."""
    for words in ("任务 王磊 周四 寄样机", "任务 王磊 周五 更新报价单"):
        await lin.says(words).sees("已派给")
    await wang.says("进度 60% 主机已到场").sees("「进度」指哪一件")
    await wang.presses("进度（查看或更新一项任务）").sees("任务编号")
    await wang.says("RW602").sees("RW602 已更新：60%，主机已到场")


async def test_help_and_first_words(lin: Person, wang: Person) -> None:
    await wang.says("帮助").sees("我的任务", "接受", "延期", "求助").not_sees("派一项任务", "验收", "转交")
    await lin.says("帮助 任务").sees("任务 @赵敏 周五前 提交选型表 高", "派任务、派活、交办", "负责人", "截止")
    await wang.says("帮助 进度").sees("例如")


async def test_the_trail_reads_as_chinese(world: World, given: None, zhao: Person) -> None:
    await zhao.says("进度 RW601 60% 主机已到场").sees("已更新")
    await zhao.says("延期 RW601 下周三 等客户").sees("SP2001")
    await zhao.says("完成 RW601").sees("验收")
    seen = await world.member("郑和平").says("审计 RW601").sees("派出任务", "更新进展", "申请延期", "提交完成")
    assert not any(word in seen for word in ("task.", "owner", "deadline", "wanted", "offered", "working", "reported"))
