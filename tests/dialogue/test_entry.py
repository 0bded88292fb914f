"""The entry class is the dialogue: one line, form, question by question, corrected, dropped, resumed (design 4)."""

from __future__ import annotations

from tests.chat import Person, World

FORM = {
    "客户全称": "上海临港星港物业有限公司",
    "项目名称": "热泵机房改造",
    "line": "热泵",
    "预计金额": "86万",
    "sign_date": "2026-05-20",
}


def wang_of(world: World) -> Person:
    return world.person("王磊", "ou_wanglei")


async def test_by_form(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备").sees("客户全称", "产品线", "下一步")
    await wang.presses("下一步", form=FORM).sees(
        "客户:上海临港星港物业有限公司", "金额:86.00 万元", "预计签约:2026-05-20"
    )
    await wang.presses("提交").sees("BB1001 已提交")


async def test_a_wrong_field_is_asked_about_and_the_others_are_kept(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备").sees("下一步")
    await wang.presses("下一步", form=FORM | {"预计金额": "几十万"}).sees("「几十万」")
    await wang.says("45万").sees("金额:45.00 万元", "项目:热泵机房改造")


async def test_question_by_question(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备").sees("客户全称")
    await wang.says("成都锦绣里商业管理有限公司").sees("项目名称")
    await wang.says("新风机组更换").sees("产品线")
    await wang.says("3").sees("预计金额")
    await wang.says("6月底签 两百三十万").sees(
        "客户:成都锦绣里商业管理有限公司", "金额:230.00 万元", "预计签约:2026-06-30"
    )
    await wang.says("提交").sees("BB1001 已提交")


async def test_slots_in_any_order(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备 6月底签 120万 中央空调改造 杭州云栖湾酒店管理有限公司").sees(
        "客户:杭州云栖湾酒店管理有限公司",
        "项目:中央空调改造",
        "金额:120.00 万元",
        "预计签约:2026-06-30",
        "产品线:中央空调（推定）",
    )


async def test_corrected_before_it_is_submitted(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万 5月20日").sees("金额:86.00 万元")
    await wang.presses("修改").sees("下一步")
    await wang.presses("下一步", form={"预计金额": "90万"}).sees("金额:90.00 万元", "项目:热泵机房改造")
    await wang.says("修改 金额 95万").sees("金额:95.00 万元")
    await wang.says("提交").sees("BB1001 已提交")
    await wang.says("进度 BB1001").sees("金额:95.00 万元")


async def test_cancel_back_skip(world: World) -> None:
    wang = wang_of(world)
    await wang.says("取消").sees("现在没有进行中的事项")
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万").sees("预计签约日")
    await wang.says("跳过").sees("预计签约日是必填的")
    await wang.says("返回").sees("预计金额")
    await wang.says("96万").sees("预计签约日")
    await wang.says("取消").sees("已取消报备")
    await wang.says("5月20日").sees("没看懂")


async def test_a_command_beats_an_open_question_and_the_draft_is_kept(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万").sees("预计签约日")
    await wang.says("我的报备").sees("还没有报备", "草稿还在")
    await wang.says("继续").sees("预计签约日")
    await wang.says("5月20日").sees("预计签约:2026-05-20")


async def test_a_draft_survives_a_restart(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万").sees("预计签约日")
    await world.restarts()
    await wang.says("5月20日").sees("预计签约:2026-05-20")
    await world.restarts()
    await wang.presses("提交").sees("BB1001 已提交")


async def test_a_late_answer_is_confirmed_first(world: World) -> None:
    wang = wang_of(world)
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万").sees("预计签约日")
    await world.passes(minutes=31)
    await wang.says("5月20日").sees("接着报备")
    await wang.presses("是，接着").sees("预计签约:2026-05-20")


async def test_what_changed_meanwhile_is_shown_instead_of_submitted(world: World) -> None:
    """The check runs again inside the commit; 提交 carries the digest of what was read."""
    wang, zhao = wang_of(world), world.person("赵敏", "ou_zhaomin")
    line = "报备 {} 热泵机房改造 86万 5月20日"
    await wang.says(line.format("杭州云栖湾酒店管理有限公司")).sees("查重:未发现冲突")
    await zhao.says(line.format("上海云栖湾酒店管理有限公司")).sees("查重:未发现冲突")
    await zhao.presses("提交").sees("BB1001 已提交")
    await wang.presses("提交").sees("情况有变")
    await wang.looks().sees("查重:疑似已有保护")
    await wang.presses("提交").sees("BB1002 已提交")


async def test_a_slow_decision_is_said_to_be_under_way_and_its_result_follows(world: World) -> None:
    """At 1.5 s the edge's patience ends; the turn's one commit sends the result into the chat."""
    wang, li = wang_of(world), world.person("李静", "ou_lijing")
    await wang.says("报备 上海临港星港物业有限公司 热泵机房改造 86万 5月20日").sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    async with world.busy_database():
        await li.presses("同意").sees("已收到，正在处理")
    await li.looks().sees("SP2001 已同意，已通知对方", "已同意 李静 09:00")
    await wang.looks().sees("BB1001 已通过")
