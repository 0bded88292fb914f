"""A broadcast over three messengers: preview, delivery, acknowledgement on each, progress, reminders, recall (J06)."""

from __future__ import annotations

import pytest

from tests.broadcasts.conftest import BUTTON, POLICY, goes_out, notices, sent, written
from tests.chat import World

pytestmark = pytest.mark.usefixtures("at_their_phones")


async def test_from_a_title_to_everybody_s_acknowledgement(world: World) -> None:
    lin, wang, zhao, li, *_ = (world.member(name) for name in ("林岚", "王磊", "赵敏", "李静", "陈启明", "刘洋"))
    seen = await written(lin, body=POLICY)
    assert POLICY in seen, "the text as it was written"
    await lin.looks().sees(
        "受众:华东，业务员、老板、区域经理",
        "共 2 家 / 5 人:飞书 3",
        "企业微信 1",
        "钉钉 1",
        "推定" if "推定" in seen else "",
    )
    await lin.presses("提交").sees("GG301 已提交", "即将发送")
    await goes_out(world)
    await lin.looks().sees("已送达 5/5, 失败 0", "送达 5/5", "GG301 发送完毕", "已知悉:0/5（0%）")
    for who in (wang, zhao, li):
        await who.looks().sees("GG301 二季度返利通知", "渠道〔2026〕12 号", "林岚 发布于 2026-03-02 09:00")
        await who.presses(BUTTON).sees("已知悉")
        assert BUTTON not in who.card("GG301 二季度").buttons
    await world.passes(seconds=5)
    await lin.looks().sees("已知悉:3/5（60%）", "华东：送达 5/5，已读(平台统计) 0，已知悉 3/5（60%）")
    await lin.looks().sees("杭州启明：已知悉 1/3（33%）").not_sees("宁波甬诚：")
    await lin.says("未确认 华东").sees("杭州启明", "陈启明、刘洋")
    await wang.says("知悉 GG301").sees("GG301 您已于 2026-03-02 09:00 知悉")
    await wang.says("待办").not_sees("GG301")
    await world.member("刘洋").says("待办").sees("公告 GG301 二季度返利通知")
    await world.member("刘洋").says("知悉").sees("GG301 已知悉，谢谢。")


async def test_only_those_who_have_not_acknowledged_are_reminded(world: World) -> None:
    lin, wang, zhao, liu = (world.member(name) for name in ("林岚", "王磊", "赵敏", "刘洋"))
    await sent(world, lin)
    await wang.presses(BUTTON).sees("已知悉")
    wang.mark()
    await lin.says("催阅 GG301").sees("GG301 将提醒未知悉的 4 人")
    await world.passes(seconds=5)
    await world.settled()
    assert (notices(zhao), notices(wang)) == (2, 1)
    await liu.looks().sees("GG301 二季度返利通知")
    await wang.looks().not_sees("GG301")
    await lin.says("催阅 GG301").sees("GG301 未知悉的人今天都已提醒，每人每天最多一次")


async def test_a_reminder_asked_for_at_night_is_the_mornings(world: World) -> None:
    """It is said when it rings, and the clock's own round of that morning adds nothing."""
    lin, zhao = world.member("林岚"), world.member("赵敏")
    await sent(world, lin)
    await world.clock("2026-03-02 21:30")
    await lin.says("催阅 GG301").sees("GG301 将于 2026-03-03 09:00 提醒未知悉的 5 人")
    await world.passes(seconds=5)
    await lin.says("催阅 GG301").sees("GG301 未知悉的人 2026-03-03 都已提醒")
    await world.clock("2026-03-03 09:00")
    await world.settled()
    assert notices(zhao) == 2
    await lin.says("催阅 GG301").sees("未知悉的人今天都已提醒")


async def test_one_managers_round_is_not_everybodys(world: World) -> None:
    people = "name,phone,role,agent,accounts\n顾北,13800000092,代理商业务员,A0512-02,feishu:ou_gubei\n"
    await world.app.import_sheet("people", "people.csv", people.encode())
    lin, li, gu, zhao = (
        world.member("林岚"),
        world.member("李静"),
        world.person("顾北", "ou_gubei"),
        world.member("赵敏"),
    )
    await sent(world, lin, to="华东 业务员")
    await li.says("催阅 GG301").sees("将提醒未知悉的 3 人")
    await world.passes(seconds=5)
    await lin.says("催阅 GG301").sees("将提醒未知悉的 1 人")
    await world.passes(seconds=5)
    await world.settled()
    assert (notices(gu), notices(zhao)) == (2, 2)


async def test_the_clock_reminds_after_working_days_and_then_tells_the_manager(world: World) -> None:
    lin, wang, li, zhou, zhao = (world.member(name) for name in ("林岚", "王磊", "李静", "周强", "赵敏"))
    await sent(world, lin)
    for who in (wang, li):
        await who.presses(BUTTON).sees("已知悉")
    for day in ("2026-03-03 08:59", "2026-03-03 09:00", "2026-03-04 09:00", "2026-03-05 09:01", "2026-03-06 09:00"):
        await world.clock(day)
    await world.settled()
    assert notices(zhao) == 1 + 2, "after one and three working days"
    await li.looks().not_sees("未知悉")
    await world.clock("2026-03-09 09:00")
    await world.settled()
    await li.looks().sees("GG301 未知悉", "杭州启明", "陈启明、刘洋", "赵敏")
    await zhou.looks().not_sees("GG301")
    lin.mark()
    await world.clock("2026-03-11 09:00")
    await lin.looks().sees("GG301 未知悉")


async def test_recalled(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    await sent(world, lin)
    await wang.presses(BUTTON).sees("已知悉")
    await lin.says("撤回公告 GG301 文号有误").sees("GG301 已撤回", "其中 1 人已知悉")
    await goes_out(world)
    await wang.looks().sees("GG301 二季度返利通知", "已作废", "文号有误")
    await wang.says("知悉 GG301").sees("GG301 已作废，不需要确认")
    await lin.says("公告进度 GG301").sees("已作废", "文号有误", "已知悉:1/5")


async def test_what_cannot_be_done_is_said_before_a_reason_is_asked(world: World) -> None:
    lin = world.member("林岚")
    await lin.says("撤回公告 GG301").sees("没有找到 GG301").not_sees("原因")
    await sent(world, lin)
    await lin.says("定时 GG301").sees("GG301 已发送，不能改期").not_sees("发送时间？")
    await lin.says("撤回公告 GG301").sees("GG301：撤回原因")
    await lin.says("日期写错").sees("GG301 已撤回")
    await lin.says("撤回公告 GG301").sees("GG301 已作废，不能撤回").not_sees("原因（")


async def test_at_a_time_and_by_two(world: World) -> None:
    """J06: 政策 needs a second person; the preview takes 定时 as a correction."""
    lin, zhou, wang = (world.member(name) for name in ("林岚", "周强", "王磊"))
    await written(lin, body=POLICY, to="华东 华南 且 金牌及以上 政策")
    await lin.looks().sees("共 1 家 / 3 人:飞书 3", "需第二人确认")
    await lin.says("定时 明天 9:00").sees("2026-03-03 09:00 起发送", "需第二人确认")
    await lin.presses("提交").sees("GG301 需第二人确认，已请 周强、吴涛 确认")
    await lin.says("确认发布 GG301").sees("需要另一个人确认")
    await zhou.looks().sees("GG301 二季度返利通知", "渠道〔2026〕12 号", "华东、华南，金牌、铂金，业务员、老板")
    await zhou.presses("确认发布").sees("GG301 已定时 2026-03-03 09:00")
    await lin.looks().sees("周强已确认。GG301 已定时 2026-03-03 09:00")
    await world.clock("2026-03-03 08:55")
    await wang.looks().not_sees("GG301")
    await world.clock("2026-03-03 09:00")
    await goes_out(world)
    await wang.looks().sees("GG301 二季度返利通知", BUTTON)
    await lin.looks().sees("送达 3/3")


async def test_a_group_sees_it_once_and_every_click_is_somebody_s(world: World) -> None:
    lin, wang, chen, *_ = (world.member(name) for name in ("林岚", "王磊", "陈启明", "刘洋", "李静", "赵敏"))
    lin.feishu.add_group("oc_qiming", "启明项目群", [lin.user, wang.user, chen.user])
    await lin.says("绑定本群 代理商 A0571-01", group="oc_qiming")
    await sent(world, lin)

    def in_group() -> str:
        return "\n".join(m.text for m in lin.feishu.messages("oc_qiming"))

    await lin.feishu.until(lambda: "GG301 二季度返利通知" in in_group(), 20)
    card = next(m for m in lin.feishu.messages("oc_qiming") if BUTTON in m.buttons)
    for who in (wang, chen):
        await lin.feishu.press(who.user, card.message_id, BUTTON)
    await lin.feishu.until(lambda: "本群已知悉 2 人" in in_group(), 20)
    click = await lin.feishu.press(lin.user, card.message_id, BUTTON)
    assert "没有找到 GG301" in (click.toast.content if click.toast else "")
    await wang.looks().sees("已知悉 王磊 2026-03-02 09:00")
    await world.passes(seconds=5)
    await lin.looks().sees("已知悉:2/5", "群:已送达 1/1")
