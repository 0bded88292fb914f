"""Somebody types id after id: every answer is the same, after thirty there is a pause, and HQ hears of it (R12.3)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import permit
from bot.permit import Role
from handlers.people import guess_queries
from handlers.people.guessing import MOST_MISSED, WINDOW
from handlers.people.tables import missed_lookups
from storage.store import Database
from storage.tables import audit, persons
from storage.unit import Unit
from tests.build import MONDAY, Org
from tests.chat import Person, World

DEAL = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 中央空调 120万 6月底签"
NOT_FOUND = "没有找到这个报备"
PAUSED = "您一小时内有 30 次查询没有找到，按编号查询暂停到 10:00"
TOLD = "一小时内 30 次查询没有找到，按编号查询已暂停到 2026-03-02 10:00"


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu",)


@pytest.fixture
def wang(world: World) -> Person:
    return world.member("王磊")


@pytest.fixture
def lin(world: World) -> Person:
    return world.member("林岚")


async def registered(person: Person) -> None:
    await person.says(DEAL).sees("提交")
    await person.presses("提交").sees("BB1001")


async def guesses(person: Person, times: int = MOST_MISSED) -> None:
    for number in range(5001, 5001 + times):
        await person.says(f"BB{number}").sees(NOT_FOUND)


async def has_guessed(world: World, person: Person, times: int) -> None:
    """As if so many messages had gone to and fro."""

    def count(db: Unit) -> None:
        found = db.sql.execute(select(persons.c.id).where(persons.c.name == person.name)).scalar_one()
        for _ in range(times):
            guess_queries.count_missed(db, found, world.now, world.now - WINDOW)

    await world.app.store.write(count)


async def times_recorded(world: World, action: str) -> int:
    same = select(func.count()).where(audit.c.action == action)
    return await world.app.store.read(lambda unit: unit.sql.execute(same).scalar_one())


async def test_after_thirty_nothing_is_looked_up(world: World, wang: Person, lin: Person) -> None:
    await registered(wang)
    await guesses(wang)
    foreign = await wang.says("BB6001").sees(PAUSED, "联系总部管理员")
    own = await wang.says("BB1001").sees(PAUSED)
    assert foreign == own, "what exists and what does not are answered alike"
    for words in ("进度 BB1001", "BB1001 进度", "同意 SP2001", "文件 BB1001", "代理商 A0571-01", "进度 BB1001 BB6001"):
        assert await wang.says(words).sees(PAUSED) == own
    await wang.says("联系人 张总 13900001111 BB1001").sees(PAUSED)
    assert await times_recorded(world, "security.guessing") == 1
    await world.passes(seconds=1)
    await lin.looks().sees(f"王磊（杭州启明 业务员）{TOLD}")


async def test_what_names_no_id_goes_on(world: World, wang: Person) -> None:
    await registered(wang)
    await has_guessed(world, wang, MOST_MISSED)
    await wang.says("帮助").sees("报备").not_sees("暂停")
    await wang.says("我的报备").sees("BB1001").not_sees("暂停")
    await wang.says("代理商").sees("杭州启明机电有限公司")
    await wang.says("报备 宁波前湾实业有限公司 冷水机组 中央空调 80万").sees("预计签约").not_sees("暂停")
    await wang.says("7月底").sees("提交").not_sees("暂停")
    await wang.presses("提交").sees("BB1002").not_sees("暂停")


async def test_an_answer_that_is_an_id_is_a_look_up_too(world: World, wang: Person) -> None:
    """Typed or in a form; the owner could read it, and is not told so while the pause lasts."""
    chen = world.member("陈启明")
    await registered(wang)
    await has_guessed(world, chen, MOST_MISSED - 1)
    await chen.says("联系人 张总 13900001111").sees("编号")
    await chen.says("BB7001").sees(NOT_FOUND)
    await chen.says("联系人 张总 13900001111").sees("编号")
    await chen.says("BB1001").sees(PAUSED)
    await chen.says("编号是 BB1001").sees(PAUSED)
    await chen.says("取消").sees("取消").not_sees("暂停")
    await chen.says("联系人").sees("下一步")
    await chen.presses("下一步", form={"联系人": "张总 13900001111", "报备编号": "BB1001"}).sees("暂停到 10:00")


async def test_cards_they_have_go_on(world: World, wang: Person) -> None:
    """Also the buttons of old ones; a reply to a card names no id."""
    li = world.member("李静")
    await registered(wang)
    await has_guessed(world, wang, MOST_MISSED)
    await has_guessed(world, li, MOST_MISSED)
    await wang.says("联系人 张总 13900001111", reply_to="BB1001").sees("BB1001").not_sees("暂停")
    await li.says("同意 SP2001").sees(PAUSED)
    await li.presses("同意").sees("已同意").not_sees("暂停")
    await li.presses_again("同意", on="BB1001").sees("已处理").not_sees("暂停")


async def test_others_go_on(world: World, wang: Person) -> None:
    chen = world.member("陈启明")
    await registered(wang)
    await has_guessed(world, wang, MOST_MISSED)
    await chen.says("BB1001").sees("杭州云栖湾酒店管理有限公司")
    await chen.says("BB6001").sees(NOT_FOUND)
    await wang.says("BB6001").sees(PAUSED)


async def test_it_ends_with_the_hour_and_begins_anew(world: World, wang: Person) -> None:
    await registered(wang)
    await guesses(wang, 1)
    await world.passes(minutes=59)
    await has_guessed(world, wang, MOST_MISSED - 2)
    await guesses(wang, 1)
    await wang.says("BB1001").sees(PAUSED)
    await world.passes(seconds=59)
    await wang.says("BB1001").sees(PAUSED)
    await world.passes(seconds=1)
    await wang.says("BB1001").sees("杭州云栖湾酒店管理有限公司").not_sees("暂停")
    await has_guessed(world, wang, MOST_MISSED)
    await wang.says("BB1001").sees("暂停到 11:00")


async def test_who_mistypes_is_never_stopped(world: World, wang: Person) -> None:
    await registered(wang)
    for _ in range(3):
        await has_guessed(world, wang, MOST_MISSED - 2)
        await guesses(wang, 1)
        await wang.says("BB1001").sees("杭州云栖湾酒店管理有限公司").not_sees("暂停")
        await world.passes(hours=1)
    assert "security.guessing" not in await world.audited()


async def test_a_restart_forgets_nothing(world: World, wang: Person) -> None:
    await has_guessed(world, wang, MOST_MISSED - 2)
    await guesses(wang, 1)
    await world.restarts()
    await guesses(wang, 1)
    await world.restarts()
    await wang.says("BB6001").sees(PAUSED)


async def test_hq_hears_of_it_once_a_day(world: World, wang: Person, lin: Person) -> None:
    for hour in range(3):
        await has_guessed(world, wang, MOST_MISSED - 1)
        await guesses(wang, 1)
        await has_guessed(world, wang, 1_000)
        await wang.says("BB6001").sees("暂停")
        await world.clock(MONDAY + timedelta(hours=hour + 1))
    await world.settled()
    assert sum("次查询没有找到" in m.text for m in lin.messages) == 1
    assert await times_recorded(world, "security.guessing") == 3
    rows = select(func.count()).select_from(missed_lookups)
    assert await world.app.store.read(lambda unit: unit.sql.execute(rows).scalar_one()) == 1
    await world.clock(MONDAY + timedelta(days=1))
    await has_guessed(world, wang, MOST_MISSED - 1)
    await guesses(wang, 1)
    await world.passes(seconds=1)
    await lin.looks().sees("已暂停到 2026-03-03 10:00")


async def test_at_night_hq_sleeps(world: World, wang: Person, lin: Person) -> None:
    await world.clock("2026-03-02T23:00")
    await has_guessed(world, wang, MOST_MISSED - 1)
    await guesses(wang, 1)
    await wang.says("BB6001").sees("暂停到 00:00")
    await world.passes(minutes=1)
    await lin.looks().not_sees("没有找到")
    await world.clock("2026-03-03T08:45")
    await lin.looks().sees("摘要", "按编号查询已暂停到 2026-03-03 00:00")


@pytest.mark.parametrize("channels", [("feishu", "dingtalk", "wecom")], ids=["three"])
@pytest.mark.parametrize("name", ["王磊", "李静", "赵敏"])
async def test_on_each_messenger(world: World, name: str) -> None:
    person, lin = world.member(name), world.member("林岚")
    await has_guessed(world, person, MOST_MISSED - 1)
    await guesses(person, 1)
    await person.says("BB6001").sees(PAUSED)
    await person.says("待办").not_sees("暂停")
    await world.passes(seconds=1)
    await lin.looks().sees(name, TOLD)


def test_processes_count_together(open_database: Callable[[], Database]) -> None:
    """Each answer is somebody's: of as many at once as may be, one is the thirtieth."""
    crowd = [open_database() for _ in range(3)]
    with crowd[0].unit() as db:
        person = db.identity.add_person(permit.Person(0, "王磊", Role.REP))

    def one(at: int) -> int:
        with crowd[at % 3].unit() as db:
            return guess_queries.count_missed(db, person, MONDAY, MONDAY - WINDOW).count

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(one, range(MOST_MISSED))) == list(range(1, MOST_MISSED + 1))
