"""Several choices, people and shares: read from a line, from an answer, and drawn as an input."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.calendar import WorkCalendar, seed_days
from bot.cards import MultiChoiceInput, Option, PersonInput
from bot.entry import File, PersonId, ask, slots_of
from bot.filling import fill
from bot.ports import Given
from bot.slots import Context, form_input, read, show, value
from bot.values import Percent
from tests.build import MONDAY, SHANGHAI

WAYS = (Option("app", "站内"), Option("sms", "短信"), Option("mail", "邮件", ("邮箱",)), Option("all_mail", "群发邮件"))
PEOPLE = (
    Option("#3", "李静", ("李静", "13800000005")),
    Option("#4", "王磊（杭州启明业务员，尾号 0001）", ("王磊", "13800000001")),
    Option("#9", "王磊（宁波甬诚业务员，尾号 0021）", ("王磊", "13800000021")),
    Option("#7", "王磊磊", ("王磊磊", "13800000031")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    what: str = ask("任务")
    who: PersonId = ask("负责人", people=lambda _unit, _asker: PEOPLE)
    ways: tuple[str, ...] | None = ask("通知方式", options=lambda _unit: WAYS, optional=True)
    proof: File | None = ask("附件", optional=True)


SLOTS = {slot.name: slot for slot in slots_of(Task)}
CONTEXT = Context(MONDAY, WorkCalendar.of(seed_days(), "09:00-18:00", SHANGHAI), {"ways": WAYS, "who": PEOPLE})


def understood(words: str, mentioned: tuple[int, ...] = ()) -> tuple[dict[str, str], set[str]]:
    reading = fill(tuple(SLOTS.values()), words, replace(CONTEXT, mentioned=mentioned))
    return {n: g.raw + ("?" if g.inferred else "") for n, g in reading.given.items()}, set(reading.unsure)


@pytest.mark.parametrize(
    ("words", "mentioned", "given", "asked"),
    [
        ("巡店 李静 短信 邮件", (), {"what": "巡店", "who": "#3", "ways": "sms;mail"}, set()),
        ("李静 巡店 短信、邮箱", (), {"what": "巡店", "who": "#3", "ways": "sms;mail"}, set()),
        ("巡店 给李静", (), {"what": "巡店", "who": "#3"}, set()),
        ("李静来处理巡店", (), {"what": "来处理巡店", "who": "#3?"}, set()),
        ("巡店 13800000021", (), {"what": "巡店", "who": "#9"}, set()),
        ("巡店 @静静", (3,), {"what": "巡店", "who": "#3"}, set()),
        ("巡店 @外人", (77,), {"what": "巡店"}, set()),
        ("巡店 王磊", (), {"what": "巡店"}, {"who"}),
        ("巡店 王磊磊", (), {"what": "巡店", "who": "#7"}, set()),
        ("巡店 李静 王磊磊", (), {"what": "巡店"}, {"who"}),
        ("巡店并短信通知 李静", (), {"what": "巡店并短信通知", "who": "#3", "ways": "sms?"}, set()),
        ("王磊装饰有限公司 巡店 李静", (), {"what": "王磊装饰有限公司 巡店", "who": "#3"}, set()),
        ("任务：巡店\n负责人：李静\n通知方式：1、3", (), {"what": "巡店", "who": "#3", "ways": "app;mail"}, set()),
    ],
)
def test_from_a_line(words: str, mentioned: tuple[int, ...], given: dict[str, str], asked: set[str]) -> None:
    assert understood(words, mentioned) == (given, asked)


@pytest.mark.parametrize(
    ("answer", "raw"),
    [
        ("1、3", "app;mail"),
        ("3 1 1", "app;mail"),
        ("短信和邮件", "sms;mail"),
        ("用短信", "sms"),
        ("群发邮件", "all_mail"),
        ("全部", "app;sms;mail;all_mail"),
        ("sms;mail", "sms;mail"),
        ("电话", None),
        ("9", None),
        ("短信、电话", "sms"),
    ],
)
def test_several_choices_as_an_answer(answer: str, raw: str | None) -> None:
    taken = read(SLOTS["ways"], answer, CONTEXT)
    if raw is None:
        assert isinstance(taken, str)
        assert "1 站内、2 短信" in taken
    else:
        assert isinstance(taken, Given)
        assert taken.raw == raw


@pytest.mark.parametrize(
    ("answer", "heard", "raw"),
    [
        ("李静", "", "#3"),
        ("#9", "", "#9"),
        ("13800000001", "", "#4"),
        ("王磊（宁波甬诚业务员，尾号 0021）", "", "#9"),
        ("2", "巡店 王磊", "#9"),
        ("宁波甬诚", "巡店 王磊", "#9"),
        ("0001", "巡店 王磊", "#4"),
        ("李静", "巡店 王磊", "#3"),
        ("5", "巡店 王磊", None),
        ("2", "", None),
        ("张三", "", None),
    ],
)
def test_a_person_as_an_answer(answer: str, heard: str, raw: str | None) -> None:
    taken = read(SLOTS["who"], answer, replace(CONTEXT, heard=heard))
    assert (taken.raw if isinstance(taken, Given) else None) == raw


def test_two_of_one_name_are_asked_about() -> None:
    asked = read(SLOTS["who"], "王磊", CONTEXT)
    assert asked == (
        "王磊有 2 位：1 王磊（杭州启明业务员，尾号 0001）、2 王磊（宁波甬诚业务员，尾号 0021）。"
        "是哪一位？请回复序号、公司或手机号后四位。"
    )


def test_typed_shown_and_drawn() -> None:
    ways, who, proof = SLOTS["ways"], SLOTS["who"], SLOTS["proof"]
    assert (value(ways, "sms;mail"), show(ways, "sms;mail", CONTEXT)) == (("sms", "mail"), "短信、邮件")
    assert (value(who, "#9"), show(who, "#3", CONTEXT)) == (9, "李静")
    assert (value(proof, "17 会议 纪要.pdf"), show(proof, "17 会议 纪要.pdf", CONTEXT)) == (
        File(17, "会议 纪要.pdf"),
        "会议 纪要.pdf",
    )
    drawn = form_input(ways, Given("sms;mail"), CONTEXT)
    assert isinstance(drawn, MultiChoiceInput)
    assert (drawn.initial, drawn.options) == ("sms;mail", WAYS)
    assert isinstance(form_input(who, None, CONTEXT), PersonInput)


def test_too_many_people_are_no_list() -> None:
    many = tuple(Option(f"#{n}", f"人{n}", (f"人{n}",)) for n in range(101))
    drawn = form_input(SLOTS["who"], None, replace(CONTEXT, options={"who": many}))
    assert isinstance(drawn, PersonInput)
    assert drawn.options == ()


def test_a_slot_without_its_vocabulary_is_found_at_start() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Wrong:
        who: tuple[str, ...] = ask("谁")

    Wrong.__annotations__["who"] = tuple[str, ...]
    with pytest.raises(TypeError, match="who"):
        slots_of(Wrong)


LEVELS = (Option("high", "高"), Option("normal", "中"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    share: Percent | None = ask("完成百分比", optional=True)
    level: str | None = ask("优先级", options=lambda _unit: LEVELS, optional=True)
    words: str | None = ask("说明", optional=True)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("60% 主机已到场", {"share": "6000", "words": "主机已到场"}),
        ("主机已到场，完成百分之六十", {"share": "6000", "words": "主机已到场 完成"}),
        ("主机到场 六成", {"share": "6000", "words": "主机到场"}),
        ("33.5%", {"share": "3350"}),
        ("主机已到场", {"words": "主机已到场"}),
        ("提高效率 高", {"level": "high", "words": "提高效率"}),
        ("中央空调高温测试", {"words": "中央空调高温测试"}),
    ],
)
def test_shares_and_levels_from_a_line(words: str, given: dict[str, str]) -> None:
    """A level of one letter is only meant where it stands by itself."""
    reading = fill(slots_of(Step), words, replace(CONTEXT, options={"level": LEVELS}))
    assert {n: g.raw for n, g in reading.given.items()} == given
    assert not reading.unsure


@pytest.mark.parametrize(("answer", "raw"), [("60", "6000"), ("60%", "6000"), ("六成", "6000"), ("大概吧", None)])
def test_a_share_as_an_answer(answer: str, raw: str | None) -> None:
    share = slots_of(Step)[0]
    taken = read(share, answer, CONTEXT)
    assert (taken.raw if isinstance(taken, Given) else None) == raw
    if raw:
        assert (value(share, raw), show(share, raw, CONTEXT)) == (Percent(6000), "60%")
