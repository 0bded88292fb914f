"""Several things at once: what a bare word means then, and what is said before anybody writes for nothing."""

from __future__ import annotations

from tests.chat import Person, World


async def test_a_question_put_aside_leaves_the_next_one_alone(given: None, li: Person, zhao: Person) -> None:
    """What answers the newer question is taken at once; only the older one's answer would have to be confirmed."""
    await zhao.presses("接受").sees("RW601 已接受")
    await zhao.says("求助 RW601").sees("需要什么帮助")
    await zhao.says("延期 RW601 下周三").sees("延期原因")
    await zhao.says("等客户确认").sees("RW601 已请李静同意延期到 2026-03-11").not_sees("接着")


async def test_a_list_is_what_a_number_means_beside_an_open_draft(given: None, li: Person, zhao: Person) -> None:
    """Also where the clock stands still: the list came later than the preview."""
    await zhao.says("完成").sees("完成：请核对", "RW601（推定）")
    await zhao.says("我的任务").sees("我的任务", "提交选型表")
    await zhao.says("1").sees("任务 RW601 提交选型表", "等待接受")
    await zhao.says("提交").sees("RW601 已提交完成，等李静验收")


async def test_without_a_number_the_one_that_can_be_checked_is_meant(world: World, li: Person, zhao: Person) -> None:
    wang = world.member("王磊")
    await li.says("任务 赵敏 周五前 提交选型表").sees("RW601")
    await li.says("任务 王磊 周五前 盘点样品").sees("RW602")
    await li.says("我的任务").sees("RW601", "RW602")
    await li.says("验收").sees("任务编号")
    await wang.says("完成 RW602").sees("等李静验收")
    await li.says("你好").sees("李静您好")
    await li.says("我的任务").sees("待验收")
    await li.says("验收 RW601").sees("RW601 还没有提交完成（待接受），不能验收")


async def test_what_cannot_be_done_is_said_instead_of_a_preview(given: None, li: Person, zhao: Person) -> None:
    await li.says("验收").sees("RW601 还没有提交完成（待接受），不能验收").not_sees("请核对")
    await zhao.says("完成 RW601").sees("等李静验收")
    await zhao.says("求助").sees("RW601 已提交完成，等李静验收，不用再求助").not_sees("需要什么帮助")


async def test_how_to_correct_is_said_in_the_entry_s_own_words(given: None, zhao: Person) -> None:
    await zhao.says("延期").sees("延到什么时间")
    await zhao.says("下周三").sees("延期原因")
    await zhao.says("等客户").sees("延期：请核对", "原因 等客户")
    await zhao.says("再想想").sees("没看出要改哪一项。请这样写：延至 下周三。").not_sees("金额")


async def test_an_earlier_time_is_corrected_without_writing_the_reason_again(
    given: None, li: Person, zhao: Person
) -> None:
    await zhao.says("延期 RW601 明天 等客户确认").sees("现在的截止时间是 2026-03-06 周五 18:00，延期请写更晚的时间")
    await zhao.says("延至 下周三").sees("已请李静同意延期到 2026-03-11 周三 18:00")
    await li.looks().sees("申请延至:2026-03-11 周三 18:00", "原因:等客户确认")


async def test_sent_back_it_is_as_far_as_it_was(given: None, li: Person, zhao: Person) -> None:
    await zhao.says("进度 RW601 60% 主机已到场").sees("已更新：60%")
    await zhao.says("完成 RW601").sees("进度 100/100")
    await li.says("退回 RW601 还缺盖章页").sees("RW601 已退回给赵敏")
    await zhao.looks().sees("进度 60/100", "退回：还缺盖章页")
    await zhao.says("完成 RW601").sees("RW601 已提交完成，等李静验收")
    await li.looks().sees("提交完成。").not_sees("提交完成：")


async def test_who_sent_the_photo_along_is_not_asked_for_it(given: None, zhao: Person) -> None:
    await zhao.says("完成 RW601 见照片").sees("请先把照片或文件发给我")
    await (
        zhao.sends(b"\x89PNG\r\n\x1a\n" + b"a photo" * 300)
        .sees("RW601 已提交完成，等李静验收。")
        .not_sees("可以现在发给我")
    )
