"""Entries on their way that meet what they should not: wrong answers, too many words, a right taken away, their own end."""

from __future__ import annotations

import asyncio
import threading

import pytest
from msgspec import structs
from sqlalchemy import select, update

from bot.permit import Role
from bot.ports import DraftState
from storage.store import Database
from storage.tables import drafts, persons
from tests.chat import PATIENCE, Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
WITHOUT_LINE = "报备 杭州云栖湾酒店管理有限公司 机房改造 120万 6月底签"


@pytest.fixture
def wang(world: World) -> Person:
    return world.person("王磊", "ou_wanglei")


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        (WITHOUT_LINE, "冰箱", "产品线请选一个"),
        (WITHOUT_LINE, "😀", "产品线请选一个"),
        ("报备 杭州云栖湾酒店管理有限公司 中央空调改造 6月底签", "还不知道", "没看出金额"),
        ("报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万", "还不知道", "没看出日期"),
    ],
)
async def test_a_wrong_answer_is_named_and_is_no_remark(wang: Person, asked: str, answer: str, said: str) -> None:
    await wang.says(asked).sees("？")
    await wang.says(answer).sees(said).not_sees("备注:")


@pytest.mark.parametrize(
    "words",
    [
        f"报备 杭州云栖湾酒店管理有限公司 {'长' * 201} 中央空调 120万 6月底签",
        f"报备 {'长' * 201}有限公司 中央空调改造 120万 6月底签",
        f"报备 {'长' * 8000}",
    ],
)
async def test_words_no_card_could_hold_are_asked_again(wang: Person, words: str) -> None:
    await wang.says(words).sees("最多 200 个，请写短一些").not_sees("长长长", "请核对")


async def test_a_decision_written_without_a_space_beats_an_open_question(world: World, wang: Person) -> None:
    li = world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.says("驳回").sees("审批编号")
    await li.says("同意SP2001").sees("SP2001 已同意")


async def test_whose_right_ended_meanwhile_submits_nothing(world: World, wang: Person) -> None:
    await wang.says(LINE).sees("请核对")
    moved = update(persons).where(persons.c.name == "王磊").values(role=Role.FINANCE, agent="")
    await world.app.store.write(lambda unit: unit.sql.execute(moved))
    await wang.presses("提交").sees("无权限").not_sees("已提交")


async def test_a_draft_of_last_week_is_not_submitted(world: World, wang: Person) -> None:
    await wang.says(LINE).sees("请核对")
    await world.passes(days=8)
    await wang.presses("提交").sees("已超过 7 天").not_sees("已提交")


async def test_what_was_submitted_in_another_chat_a_moment_ago_is_not_said_to_be_cancelled(
    world: World, wang: Person
) -> None:
    await wang.says(LINE).sees("请核对")
    submitted, pressed = threading.Event(), threading.Event()

    def submit_elsewhere() -> None:
        database = Database(world.config.database.url.get_secret_value(), turns=1, others=1)
        with database.unit() as unit:
            draft = unit.sql.execute(select(drafts.c.draft)).scalar_one()
            unit.dialogue.save_draft(structs.replace(draft, state=DraftState.DONE, result="BB1001 已提交。"))
            submitted.set()
            pressed.wait(PATIENCE)
        database.close()

    elsewhere = asyncio.create_task(asyncio.to_thread(submit_elsewhere))
    await asyncio.to_thread(submitted.wait, PATIENCE)
    message = wang.card("请核对")
    click = asyncio.create_task(wang.feishu.press(wang.open_id, message.message_id, "取消"))
    await asyncio.sleep(0)
    pressed.set()
    await elsewhere
    wang.heard(await click)
    await wang.looks().sees("BB1001 已提交。").not_sees("什么都没有提交")


async def test_an_answer_confirmed_after_the_draft_ended_does_nothing(world: World, wang: Person) -> None:
    await wang.says("报备 杭州云栖湾酒店管理有限公司 中央空调改造 6月底签").sees("预计金额")
    await world.passes(minutes=31)
    await wang.says("120万").sees("是接着它说的吗")
    await wang.says("取消").sees("什么都没有提交")
    await wang.presses("是，接着").sees("这份草稿已取消，请重新发起")
