"""How a broadcast is written: the text stays as it is, who is meant is read, and nobody sends what they did not see."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.broadcasts.conftest import POLICY, written
from tests.build import Org
from tests.chat import World

pytestmark = pytest.mark.usefixtures("at_their_phones")


@dataclass(frozen=True)
class SomeUnbound(Org):
    unbound: tuple[str, ...] = ("刘洋", "赵敏")


@pytest.fixture
def org() -> Org:
    return SomeUnbound()


async def test_who_cannot_be_reached_is_named(world: World) -> None:
    lin = world.member("林岚")
    await written(lin)
    await lin.looks().sees("共 2 家 / 5 人:飞书 2 钉钉 1", "不可达 2 人:刘洋（杭州启明）、赵敏（宁波甬诚）")


async def test_in_one_message(world: World) -> None:
    """A pasted text with its own 「:」, numbers and regions in it is nobody's amount, day or audience."""
    lin = world.member("林岚")
    await lin.says(f"发公告 二季度返利 华东 老板\n正文：{POLICY}\n第二行 120万 6月底").sees(
        "请核对", f"{POLICY}\n第二行 120万 6月底", "标题:二季度返利", "区域:华东", "角色:老板", "共 1 家 / 1 人:飞书 1"
    )


@pytest.mark.parametrize(
    ("to", "named"),
    [
        pytest.param("华东", "华东，业务员、老板", id="the agents' people when nobody says who"),
        pytest.param("全部", "全国，业务员、老板", id="everywhere"),
        pytest.param("全国", "全国，业务员、老板", id="everywhere, in our own word"),
        pytest.param("8", "全国，业务员、老板", id="everywhere, by number"),
        pytest.param("华东 华南 且 金牌及以上", "华东、华南，金牌、铂金，业务员、老板", id="a tier and above"),
        pytest.param("1、2", "华东、华南，业务员、老板", id="by number"),
        pytest.param("华东 区域经理", "华东，区域经理", id="our own people"),
    ],
)
async def test_who_is_meant(world: World, to: str, named: str) -> None:
    await written(world.member("林岚"), to=to)
    await world.member("林岚").looks().sees(f"受众:{named}")


async def test_everywhere_in_one_line(world: World) -> None:
    """全部 alone is the region, a title that begins with it is a title."""
    lin = world.member("林岚")
    await lin.says("发公告 五一放假安排 全部 业务员\n正文：5月6日上班。").sees(
        "标题:五一放假安排\n", "受众:全国，业务员"
    )
    await lin.says("取消").sees("已取消")
    await lin.says("发公告 全部门店停用通知 华东\n正文：5月6日上班。").sees("标题:全部门店停用通知", "受众:华东")


async def test_whoever_has_no_tier_is_said_to_be_left_out(world: World) -> None:
    lin = world.member("林岚")
    await written(lin, to="华东 金牌 业务员 区域经理")
    await lin.looks().sees("共 1 家 / 2 人", "区域经理没有代理商等级，选了等级就不在其中")


async def test_the_audience_changed_since_the_preview(world: World) -> None:
    """The same number of people, but not the same people."""
    lin, wang = world.member("林岚"), world.member("王磊")
    await written(lin)
    await world.deactivates("王磊")
    people = world.app.import_sheet
    added = "name,phone,role,agent,accounts\n王小磊,13800000091,代理商业务员,A0571-01,feishu:ou_wangxiaolei\n"
    assert not (await people("people", "people.csv", added.encode())).problems
    await lin.presses("提交").sees("情况有变，请看新的预览", "共 2 家 / 5 人:飞书 2 钉钉 1")
    await world.settled()
    assert "GG301" not in await world.app.store.read(lambda unit: str(wang.news))
    await lin.presses("提交").sees("GG301 已提交")


async def test_a_director_speaks_to_their_own_region(world: World) -> None:
    zhou, li = world.member("周强"), world.member("李静")
    await zhou.says("发公告 华南通知").sees("正文")
    await zhou.says("请核对库存。").sees("受众区域")
    await zhou.says("华南").sees("您可以向华东发公告，不能发到华南")
    await zhou.says("华东").sees("请核对", "共 2 家 / 4 人")
    await li.says("发公告 通知").sees("无权限")
    await world.member("王磊").says("发公告 通知").sees("无权限")


async def test_nobody_is_meant(world: World) -> None:
    lin = world.member("林岚")
    await lin.says("发公告 西北通知").sees("正文")
    await lin.says("请核对库存。").sees("受众区域")
    await lin.says("西北").sees("没有可以送达的人")
    await lin.says("华东").sees("共 2 家")


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    await world.clock("2026-03-02 22:00")
    await written(lin)
    await lin.looks().sees("2026-03-03 09:00 起发送（免打扰时段和非工作日不发送）")
    await lin.presses("提交").sees("GG301 已提交")
    await world.passes(seconds=5)
    await wang.looks().not_sees("GG301")
    await world.clock("2026-03-03 09:00")
    await wang.looks().sees("GG301")


async def test_the_hours_hq_has_set_hold_for_broadcasts(world: World) -> None:
    """One setting for every kind of push (R4.10): the preview says so, and so it happens."""
    lin, wang, chen = world.member("林岚"), world.member("王磊"), world.member("陈启明")
    await lin.says("全员免打扰 18:00-9:30").sees("18:00 至 09:30")
    await chen.says("免打扰 18:00-10:00").sees("18:00 至 10:00")
    await world.clock("2026-03-02 18:30")
    await written(lin)
    await lin.looks().sees("2026-03-03 09:30 起发送")
    await lin.presses("提交").sees("GG301 已提交")
    await world.passes(seconds=5)
    await world.clock("2026-03-03 09:00")
    await wang.looks().not_sees("GG301")
    await world.clock("2026-03-03 09:30")
    await wang.looks().sees("GG301")
    await chen.looks().not_sees("GG301")
    await world.clock("2026-03-03 10:00")
    await chen.looks().sees("GG301")


async def test_at_once_is_not_called_a_time(world: World) -> None:
    lin = world.member("林岚")
    await written(lin)
    await lin.presses("提交").sees("GG301 已提交，开始发送。", "即将发送").not_sees("已定时", "确认后")


async def test_an_attachment_is_for_those_it_was_sent_to(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    await lin.says("发公告 二季度返利").sees("正文")
    await lin.says("请看附件。").sees("受众区域")
    await lin.sends(b"%PDF-1.4 terms", "返利细则.pdf")
    await lin.says("华东").sees("请核对", "附件:返利细则.pdf")
    await world.settled()
    await lin.presses("提交").sees("GG301 已提交")
    await world.passes(seconds=5)
    await wang.looks().sees("GG301 二季度返利", "返利细则.pdf")
    (link,) = [link.url for link in wang.card("GG301").links if "/files/" in link.url]
    assert link != next(link.url for link in world.member("陈启明").card("GG301").links if "/files/" in link.url)
