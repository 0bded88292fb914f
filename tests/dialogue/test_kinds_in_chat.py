"""Several choices, a person and a file in one entry, on each messenger: by line, form, question, tap, page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cards import Option
from bot.entry import File, PersonId, Preview, ask
from bot.feature import Feature
from bot.turn import Reply, Turn
from handlers.catalog import features
from handlers.people.naming import people_in_reach
from tests.build import Org
from tests.chat import Person, World, chatting

PAPER = b"%PDF-1.7\n" + b"minutes" * 500
WAYS = [Option("app", "站内"), Option("sms", "短信"), Option("mail", "邮件")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    who: PersonId = ask("负责人", people=people_in_reach)
    ways: tuple[str, ...] = ask("通知方式", options=lambda _: WAYS)
    proof: File = ask("附件")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    text: str = ask("内容")
    proof: File | None = ask("附件", optional=True)


@pytest.fixture(autouse=True)
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capability of the test's own."""
    feature = Feature("rehearsal", "演练")

    @feature.command("演练派工", help="演练", example="演练派工")
    def give(turn: Turn, db: Any, entry: Job) -> Reply:
        who = db.identity.person(entry.who)
        return Reply(f"派给 {who.name}，{'+'.join(entry.ways)}，附 {entry.proof.name}")

    @feature.command("演练记事", help="演练", example="演练记事")
    def note(turn: Turn, db: Any, entry: Note) -> Reply:
        return Reply(f"记下 {entry.text}，附 {entry.proof.name if entry.proof else '无'}")

    @note.check
    def look(turn: Turn, db: Any, entry: Note) -> Preview:
        return Preview(("请看一眼",))

    monkeypatch.setattr("bot.app.features", lambda: (*features(), feature))


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


def lin_of(world: World) -> Person:
    return world.person("林岚", "ou_linlan")


async def test_one_line_and_a_file(world: World) -> None:
    lin = lin_of(world)
    await lin.says("演练派工 给李静 短信 邮件").sees("附件？请把文件或照片直接发给我")
    await lin.sends(PAPER, "方案.pdf").sees("派给 李静，sms+mail，附 方案.pdf")


async def test_by_form_on_feishu(world: World) -> None:
    lin = lin_of(world)
    await lin.says("演练派工").sees("负责人", "通知方式", "下一步")
    await lin.presses("下一步", form={"who": "李静", "ways": ["短信", "站内"]}).sees("附件？请把文件或照片直接发给我")
    await lin.sends(PAPER, "方案.pdf").sees("派给 李静，app+sms，附 方案.pdf")


async def test_by_form_on_dingtalk(world: World) -> None:
    li = world.person("李静", "lijing", channel="dingtalk")
    await li.says("演练派工 周强").sees("通知方式", "下一步")
    await li.presses("下一步", form={"ways": ["短信", "邮件"]}).sees("附件？请把文件或照片直接发给我")
    await li.sends(PAPER, "方案.pdf").sees("派给 周强，sms+mail，附 方案.pdf")


async def test_by_ticks_and_page_on_wecom(world: World) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.says("演练派工 周强").sees("通知方式")
    await sun.presses("下一步", form={"ways": ["短信", "邮件"]}).sees("其他文件请打开")
    page = re.search(r"/upload/\S+", sun.news)
    assert page
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", PAPER, filename="方案.pdf")
    async with aiohttp.ClientSession() as browser, browser.post(world.app.address + page[0], data=form) as taken:
        assert taken.status == 200
    await sun.looks().sees("派给 周强，sms+mail，附 方案.pdf")


async def test_question_by_question(world: World) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.says("演练派工").sees("负责人")
    await sun.says("没有这个人").sees("没有找到「没有这个人」")
    await sun.says("13800000006").sees("通知方式")
    await sun.says("1、3").sees("其他文件请打开")
    await sun.sends(b"\x89PNG\r\n\x1a\n" + b"x" * 100).sees("派给 周强，app+mail，附 图片")


async def test_an_optional_file_is_offered_and_taken_at_any_time(world: World) -> None:
    lin = lin_of(world)
    await lin.says("演练记事 甲方已签字").sees("内容:甲方已签字", "可附附件：把文件或照片直接发给我")
    await lin.sends(PAPER, "方案.pdf").sees("附件:方案.pdf")
    await lin.presses("提交").sees("记下 甲方已签字，附 方案.pdf")


async def test_an_optional_file_may_be_left_out(world: World) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.says("演练记事 甲方已签字").sees("内容", "照片可以直接发给我")
    assert "上传附件" in [link.text for link in sun.last.links]
    await sun.presses("提交").sees("附 无")


async def test_a_file_of_a_draft_that_is_lost_leaves_it(world: World) -> None:
    lin = lin_of(world)
    await lin.says("演练记事 甲方已签字").sees("请看一眼")
    world.app.cabinet.most = 10
    await lin.sends(PAPER, "方案.pdf").sees("没有收到：文件超过")
    await lin.says("提交").sees("记下 甲方已签字，附 无")


class Doubles(Org):
    """A second 王磊, of another agent."""

    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        if name != "people":
            return rows
        other = next(row for row in rows if row["name"] == "赵敏")
        return [*rows, other | {"name": "王磊", "phone": "13800000021", "accounts": ""}]


@pytest.fixture
async def doubled(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with chatting(Doubles(), tmp_path, database_url) as running:
        await Doubles().load(running.app)
        yield running


async def test_two_of_one_name_are_told_apart_by_a_tap_or_a_word(doubled: World) -> None:
    lin = lin_of(doubled)
    await lin.says("演练派工 王磊 短信").sees("王磊有 2 位", "杭州启明", "尾号 0021")
    label = next(button for button in lin.last.buttons if "0021" in button)
    await lin.presses(label).sees("附件？")
    await lin.sends(PAPER, "方案.pdf").sees("派给 王磊，sms")
    for word in ("2", "0021"):
        await lin.says("演练派工 王磊 短信").sees("王磊有 2 位")
        await lin.says(word).sees("附件？")
        await lin.says("取消").sees("已取消")


async def test_a_mention_names_nobody_else(world: World) -> None:
    feishu = world.phones["feishu"].emulator
    lin, qiang = lin_of(world), world.person("周强", "ou_zhouqiang")
    feishu.add_group("oc_sales", "销售群", ["ou_linlan", "ou_zhouqiang"])
    lin.mark()
    await feishu.say("ou_linlan", "演练派工 @周强 短信", "oc_sales", mention_bot=True, mentions=["ou_zhouqiang"])
    await lin.looks().sees("附件？")
    await lin.sends(PAPER, "方案.pdf").sees(f"派给 {qiang.name}，sms")


async def test_whom_nobody_may_name(world: World) -> None:
    """A rep names their colleagues and who decides about them; whoever else there is does not exist."""
    wang = world.person("王磊", "ou_wanglei")
    for name in ("陈启明", "李静"):
        await wang.says(f"演练派工 {name}").sees(f"负责人:{name}", "通知方式")
        await wang.says("取消").sees("已取消")
    for name in ("赵敏", "孙梅", "林岚"):
        await wang.says(f"演练派工 {name}").sees("通知方式").not_sees(f"负责人:{name}")
        await wang.says("取消").sees("已取消")
