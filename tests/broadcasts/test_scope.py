"""Who sees what of a broadcast: out of the audience and out of scope is exactly like missing (R12.3)."""

from __future__ import annotations

import re

import pytest

from tests.broadcasts.conftest import sent
from tests.build import Org
from tests.chat import World

pytestmark = pytest.mark.usefixtures("at_their_phones")

TO_QIMING = "华东 金牌 业务员 老板"
"""Only A0571-01: 王磊, 刘洋, 陈启明."""


@pytest.fixture
def org() -> Org:
    return Org()


def same(heard: str) -> str:
    """Without the id, and the number by which WeCom tells two messages apart."""
    return re.sub(r"\n#\d+", "", heard).replace("GG301", "GG999")


QUESTIONS = ("公告 {}", "{}", "知悉 {}", "更多 {}")
RUNNING = (
    "公告进度 {}",
    "未确认 {}",
    "催阅 {}",
    "暂停 {}",
    "继续 {}",
    "撤回公告 {} 有误",
    "确认发布 {}",
    "定时 {} 明天9点",
)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        pytest.param("赵敏", QUESTIONS, id="an agent's rep outside the audience, on wecom"),
        pytest.param("何欣", QUESTIONS, id="somebody of ours who was not meant"),
    ],
)
async def test_outside_the_audience_it_does_not_exist(world: World, name: str, asked: tuple[str, ...]) -> None:
    lin, who = world.member("林岚"), world.member(name)
    await sent(world, lin, to=TO_QIMING)
    await who.looks().not_sees("二季度返利通知")
    for words in asked:
        there = await who.says(words.format("GG301")).sees("GG301")
        missing = await who.says(words.format("GG999")).sees("GG999")
        assert same(there) == same(missing)
        assert "二季度" not in there
    await who.says("公告").sees("还没有发给您的公告")
    await who.says("待办").not_sees("GG301")


@pytest.mark.parametrize(
    ("name", "may"),
    [
        pytest.param("林岚", "已知悉:0/3", id="its author"),
        pytest.param("周强", "已知悉:0/3", id="the director of the region"),
        pytest.param("李静", "已知悉:0/3", id="the manager of the province"),
        pytest.param("王磊", "无权限", id="a recipient"),
        pytest.param("孙梅", "无权限", id="finance"),
    ],
)
async def test_who_sees_its_progress(world: World, name: str, may: str) -> None:
    await sent(world, world.member("林岚"), to=TO_QIMING)
    await world.member(name).says("公告进度 GG301").sees(may)


async def test_a_manager_sees_their_own_people_only(world: World) -> None:
    """李静 is responsible for 浙江; 苏州恒川's people are none of hers."""
    people = "name,phone,role,agent,accounts\n顾北,13800000092,代理商业务员,A0512-02,feishu:ou_gubei\n"
    await world.app.import_sheet("people", "people.csv", people.encode())
    world.person("顾北", "ou_gubei")
    lin, li = world.member("林岚"), world.member("李静")
    await sent(world, lin, to="华东 业务员")
    await lin.says("公告进度 GG301").sees("已知悉:0/4")
    await li.says("公告进度 GG301").sees("已知悉:0/3")
    await li.says("未确认 GG301").sees("王磊", "赵敏").not_sees("顾北")
    await li.says("催阅 GG301").sees("将提醒未知悉的 3 人")


async def test_what_is_none_of_a_managers_people_is_missing_to_them(world: World) -> None:
    people = "name,phone,role,agent,accounts\n顾北,13800000092,代理商业务员,A0512-02,feishu:ou_gubei\n"
    await world.app.import_sheet("people", "people.csv", people.encode())
    world.person("顾北", "ou_gubei")
    lin, li = world.member("林岚"), world.member("李静")
    await sent(world, lin, to="华东 普通 业务员")
    for words in RUNNING[:3]:
        there = await li.says(words.format("GG301")).sees("GG301")
        missing = await li.says(words.format("GG999")).sees("GG999")
        assert same(there) == same(missing)


async def test_another_director_does_not_run_it(world: World) -> None:
    lin, zhou = world.member("林岚"), world.member("周强")
    await sent(world, lin, to=TO_QIMING)
    await zhou.says("撤回公告 GG301 有误").sees("GG301 由发布人或总部管理")
    await world.member("王磊").says("撤回公告 GG301 有误").sees("无权限")
