"""What somebody means where they stand: replies to a card, conditions beside an agreement, open questions."""

from __future__ import annotations

import pytest

from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
OTHER = "报备 上海临港星港物业有限公司 热泵机房改造 86万 5月20日"


@pytest.fixture
async def wang(world: World) -> Person:
    return world.person("王磊", "ou_wanglei")


@pytest.fixture
async def li(world: World, wang: Person) -> Person:
    """Has BB1001 and BB1002 before her, as SP2001 and SP2002."""
    li = world.person("李静", "ou_lijing")
    for line, number in ((LINE, 1001), (OTHER, 1002)):
        await wang.says(line).sees("请核对")
        await wang.presses("提交").sees(f"BB{number} 已提交")
        await li.looks().sees(f"新报备 BB{number}")
    return li


# -- a reply to a card -----------------------------------------------------------------------------------------------


async def test_a_reply_to_a_card_means_its_record_as_if_its_id_was_typed(li: Person) -> None:
    await li.says("同意", reply_to="新报备 BB1002").sees("SP2002 已同意")
    await li.says("驳回 资料不全", reply_to="新报备 BB1001").sees("SP2001 已驳回", "理由：资料不全")


async def test_a_reply_to_the_card_of_a_registration_means_the_approval_about_it(li: Person, wang: Person) -> None:
    await li.says("进度 BB1002").sees("报备 BB1002")
    await li.says("同意", reply_to="回执码" if "回执码" in li.last.text else "已等待 0 小时").sees("SP2002 已同意")
    await wang.says("进度 BB1002").sees("已通过")
    await wang.says("联系人 张总 13800000002", reply_to="报备 BB1002").sees("联系人已补充到 BB1002")


async def test_an_id_in_the_words_goes_before_the_card(li: Person) -> None:
    await li.says("同意 SP2001", reply_to="新报备 BB1002").sees("SP2001 已同意")


async def test_a_reply_that_is_no_command_is_offered_the_record(wang: Person, li: Person) -> None:
    await wang.says("现在到哪一步了", reply_to="报备 BB1001").sees("您是想说", "进度 BB1001")


async def test_a_reply_to_a_draft_is_about_that_draft(wang: Person) -> None:
    await wang.says(LINE).sees("请核对")
    await wang.says(OTHER).sees("请核对")
    await wang.says("修改 金额 130万", reply_to="云栖湾").sees("金额:130.00 万元")
    await wang.says("提交", reply_to="临港星港").sees("BB1001 已提交", "临港星港")


# -- an agreement, and what is none ----------------------------------------------------------------------------------


NO_AGREEMENT = (
        "同意不了 SP2001", "同意吗 SP2001", "SP2001 同意不了", "不同意 SP2001", "SP2001 先不同意", "先别同意 SP2001",
        "同意 SP2001 但金额要改", "同意 SP2001 吗", "同意 SP2001，前提是补合同", "SP2001 同意，等客户确认", "同意 BB1001 先不要",
        "同意？SP2001", "同意SP2001之前请补合同", "SP2001 同意个鬼", "能同意SP2001吗", "没同意SP2001", "童意SP2001",
)  # fmt: skip


async def test_words_that_are_no_plain_agreement_decide_nothing(world: World, wang: Person, li: Person) -> None:
    for words in NO_AGREEMENT:
        assert "已同意" not in await li.says(words).sees("SP2001"), words
    await wang.says("进度 BB1001").sees("待审")
    await world.settled()
    assert not [m for m in (*li.messages, *wang.messages) if "已同意" in m.text or "已通过" in m.text]


@pytest.mark.parametrize(
    "words", ["同意 SP2001 价格不错", "好的，同意SP2001", "sp 2001 同意", "同意 BB1001", "BB1001 同意"]
)
async def test_a_plain_agreement(wang: Person, li: Person, words: str) -> None:
    await li.says(words).sees("SP2001 已同意")
    await wang.looks().sees("BB1001 已通过")


async def test_an_opinion_is_told_to_whom_it_is_about(wang: Person, li: Person) -> None:
    await li.says("同意 SP2001 价格合理，尽快推进").sees("意见：价格合理")
    await wang.looks().sees("审批意见：价格合理")


# -- checked before anything is asked --------------------------------------------------------------------------------


async def test_what_is_decided_is_said_at_once(li: Person) -> None:
    await li.says("同意 SP2001").sees("SP2001 已同意")
    await li.says("驳回 SP2001").sees("已处理:李静 09:00 已同意").not_sees("驳回理由")
    await li.says("驳回 BB1001").sees("已处理:李静 09:00 已同意").not_sees("驳回理由")
    await li.says("驳回 SP9999").sees("没有找到这条审批").not_sees("驳回理由")


async def test_what_is_over_or_somebody_elses_is_said_at_once(world: World, wang: Person, li: Person) -> None:
    await li.says("驳回 SP2001 资料不全").sees("已驳回")
    await wang.says("联系人 BB1001").sees("BB1001 已驳回，不能再补充").not_sees("姓名和电话")
    zhao = world.person("赵敏", "ou_zhaomin")
    for words in ("联系人 BB1002", "信用代码 BB1002", "地址 BB9999"):
        await zhao.says(words).sees("没有找到这个报备").not_sees("直接回复")


async def test_an_unknown_agent_is_said_at_once(world: World) -> None:
    lin = world.person("林岚", "ou_linlan")
    await lin.says("邀请 代理商 A9999-01 业务员 王小二").sees("没有找到代理商 A9999-01").not_sees("手机号")


# -- ids where none belongs ------------------------------------------------------------------------------------------


async def test_an_id_where_none_belongs_offers_the_record(wang: Person, li: Person) -> None:
    for words in ("报备 BB1001", "报备bb１００１", "报备 BB1001 延期", "BB1001办到哪了", "看看BB1001怎么样了"):
        await wang.says(words).sees("您是想说", "进度 BB1001").not_sees("客户全称")
        await wang.presses("进度 BB1001").sees("待审，已等待 0 小时")


async def test_an_id_of_another_kind(wang: Person, li: Person) -> None:
    for words, said in (
        ("进度 SP2001", "报备 BB1001"),
        ("进度 GG301", "GG301 不是报备编号，请写 BB 开头的编号"),
        ("进度 SP9999", "没有找到这个报备"),
    ):
        await wang.says("进度 BB1002").sees("报备 BB1002")
        await wang.says(words).sees(said)


async def test_a_bare_id_answers_the_question_for_one(world: World, li: Person) -> None:
    await li.says("驳回").sees("审批编号")
    await li.says("SP2002").sees("驳回理由")
    await li.says("资料不全").sees("SP2002 已驳回")
    auditor = world.person("郑和平", "ou_zhengheping")
    await auditor.says("审计").sees("编号")
    await auditor.says("BB1001").sees("审计 BB1001")


# -- what every answer says ------------------------------------------------------------------------------------------


async def test_a_write_is_answered_with_id_state_who_acts_next_and_by_when(wang: Person, li: Person) -> None:
    await wang.says("联系人 BB1001 张总 13800000002").sees(
        "联系人已补充到 BB1001", "BB1001 已提交，待审", "审批人:李静，最迟 2026-03-02 17:00 前给出结果"
    )
    await li.says("同意 SP2001").sees("SP2001 已同意，已通知对方。BB1001 已通过，保护至 2026-05-31，由王磊跟进。")
    await li.says("驳回 SP2002 资料不全").sees("SP2002 已驳回，已通知对方。BB1002 已驳回，王磊补充后可以重新报备。")
    await wang.looks().sees("BB1002 已驳回。理由：资料不全。补充后可以重新报备，或联系李静。")


async def test_a_question_says_what_it_is_about_and_what_was_understood(wang: Person, li: Person) -> None:
    await li.says("驳回 SP2001").sees("SP2001：驳回理由")
    await wang.says("联系人 BB1001").sees("BB1001：联系人")
    await wang.says("报备 成都锦绣里商业管理有限公司 新风 几十万 6月底").sees(
        "已记下：成都锦绣里商业管理有限公司，新风，2026-06-30。", "「几十万」不是确定的金额"
    )


# -- as people write -------------------------------------------------------------------------------------------------


SHOWN = (
        "帮我查下bb1001进度", "BB1001 的进度", "bb1001？", "【BB1001】", "#BB1001", "进度 ＢＢ1001。", "请问一下进度BB1001",
        "「王磊：BB1001 批了吗」\n- - - - - - -\n进度 BB1001",
)  # fmt: skip


async def test_the_record_is_shown(wang: Person, li: Person) -> None:
    for words in SHOWN:
        await wang.says(words).sees("报备 BB1001", "待审，已等待 0 小时")


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("联系人改成李总13800000007", "联系人:李总13800000007"),
        ("BB1002 联系人是李总", "联系人:李总"),
        ("统一社会信用代码：91310115MA0TEXT02N", "信用代码:91310115MA0TEXT02N"),
        ("BB1002 信用代码 91310115 MA0TEXT02N", "信用代码:91310115MA0TEXT02N"),
    ],
)
async def test_papers_are_added(wang: Person, li: Person, words: str, stored: str) -> None:
    await wang.says(words).sees("已补充到 BB1002", stored)


INTRODUCED = ("【报备】{}", "#报备 {}", "报备一个 {}", "帮忙报备下：{}", "呃那个 帮我报备一下 {}", "请帮我登记一下{}")


async def test_a_registration_begins_however_it_is_introduced(world: World) -> None:
    zhao = world.person("赵敏", "ou_zhaomin")
    for words in INTRODUCED:
        await zhao.says(words.format("客户：宁波余姚四明山宾馆，净水设备，12万，4月底签")).sees(
            "客户:宁波余姚四明山宾馆\n", "项目:净水设备\n", "金额:12.00 万元", "预计签约:2026-04-30"
        )
        await zhao.says("取消").sees("已取消")


async def test_a_question_about_a_command_is_offered_its_help(world: World) -> None:
    zhao = world.person("赵敏", "ou_zhaomin")
    for words in ("报备怎么弄", "如何报备？", "怎么报备", "教我报备"):
        await zhao.says(words).sees("您是想说", "帮助 报备").not_sees("客户全称")
        await zhao.presses("帮助 报备").sees("登记一位新客户，获得保护期")


# -- questions and drafts --------------------------------------------------------------------------------------------


async def test_an_unanswered_question_is_no_draft(world: World, li: Person) -> None:
    await li.says("驳回 SP2001").sees("驳回理由")
    await li.says("待办").sees("2 件").not_sees("草稿")
    await li.says("资料不全").sees("是接着它说的吗")
    await li.says("取消").sees("已取消")
    zhao = world.person("赵敏", "ou_zhaomin")
    await zhao.says("接受").sees("任务编号")
    await zhao.says("我的报备").sees("还没有报备").not_sees("草稿")
    await zhao.says("继续").sees("现在没有进行中的事项")


async def test_a_question_about_nothing_yet_is_over_after_half_an_hour(world: World, li: Person) -> None:
    await li.says("驳回").sees("审批编号")
    await world.passes(minutes=31)
    await li.says("资料不全").sees("没看懂").not_sees("是接着它说的吗")


async def test_what_was_begun_about_a_record_waits_for_its_answer(world: World, li: Person) -> None:
    await li.says("驳回 SP2001").sees("驳回理由")
    await world.passes(hours=5)
    await li.says("资料不全").sees("是接着它说的吗")
    await li.presses("是，接着").sees("SP2001 已驳回")


async def test_older_drafts_come_back_one_by_one_until_they_are_cancelled(wang: Person) -> None:
    await wang.says(LINE).sees("请核对")
    await wang.says(OTHER).sees("请核对")
    await wang.says("取消").sees("已取消报备")
    await wang.says("取消").sees("您还有一份报备的草稿", "云栖湾")
    await wang.says("取消").sees("已取消报备")
    await wang.says("取消").sees("现在没有进行中的事项")
