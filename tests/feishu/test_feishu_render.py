"""Every sort of card as the bytes that are sent, and any text in any place of a card within the limits, without effect.

After a wanted change of the look: UPDATE_GOLDEN=1 pytest tests/feishu/test_feishu_render.py, and read the difference.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feishu.adapter import CAN
from adapters.feishu.answer import answer_body
from adapters.feishu.render import render, tags
from bot.cards import (
    Button,
    Card,
    ChoiceInput,
    Confirm,
    DateInput,
    Decided,
    Fields,
    Form,
    LongTextInput,
    MoneyInput,
    Note,
    NumberInput,
    Option,
    Progress,
    Style,
    Table,
    Text,
    TextInput,
    Tone,
)
from bot.messages import Answer, Toast
from bot.ports import OutboxRow, Sending
from tests.feishu.card_samples import ATTACK, GOLDEN, GROUP, HOSTILE, LIST, LONG, PREVIEW, REVIEW, row

FOLDER = Path(__file__).parent.parent / "golden" / "feishu"


def body(of: OutboxRow) -> dict[str, Any]:
    """What is sent, with its content read as well."""
    sent: dict[str, Any] = json.loads(render(of))
    return sent | {"content": json.loads(sent["content"])}


def card(drawn: Card) -> dict[str, Any]:
    content: dict[str, Any] = body(row(drawn))["content"]
    return content


def parts(of: object) -> Iterator[dict[str, Any]]:
    """Everything with a tag, from the outside in."""
    if isinstance(of, dict):
        if "tag" in of:
            yield of
        for inner in of.values():
            yield from parts(inner)
    elif isinstance(of, list):
        for inner in of:
            yield from parts(inner)


def texts(of: object) -> list[str]:
    return [part["content"] for part in parts(of) if part["tag"] == "plain_text"]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    path = FOLDER / f"{name}.json"
    drawn = json.dumps(body(GOLDEN[name]), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(drawn, "utf-8")
    assert drawn == path.read_text("utf-8")


def test_every_golden_file_is_of_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(GOLDEN)


def test_the_same_row_gives_the_same_bytes() -> None:
    again = msgspec.convert(msgspec.to_builtins(GOLDEN["review"]), OutboxRow)
    assert render(again) == render(GOLDEN["review"])


def test_a_recall_has_no_body() -> None:
    assert render(row("", Sending.RECALL, handle="om_demo_0200")) == b""


def test_facts_stand_literally_short_ones_two_in_a_row() -> None:
    drawn = card(PREVIEW)
    assert "客户:杭州云栖湾酒店管理有限公司" in texts(drawn)
    rows = [texts(part) for part in parts(drawn) if part.get("flex_mode") == "bisect"]
    assert rows == [["项目:中央空调改造", "产品线:中央空调"], ["金额:120.00 万元", "预计签约:2026-06-30（推定）"]]


def test_a_hostile_text_stands_only_where_nothing_is_parsed() -> None:
    drawn = card(HOSTILE)
    assert {part["tag"] for part in parts(drawn)} <= TAGS
    assert texts(drawn).count(ATTACK) == 5  # title, two texts, note, confirm
    assert drawn["header"]["title"]["content"] == ATTACK


def test_a_hostile_line_neither_mentions_nor_formats_nor_links() -> None:
    line = body(GOLDEN["text_hostile"])["content"]["text"]
    assert "<at" not in line
    assert "<b>" not in line
    assert "](" not in line
    assert line.replace("\u200b", "") == f'{ATTACK} <at user_id="all">所有人</at> <b>x</b>'


def test_a_group_is_told_to_its_buttons() -> None:
    values = {
        place: [part["behaviors"][0]["value"] for part in parts(body(row(REVIEW, place=place))) if "behaviors" in part]
        for place in (GOLDEN["review"].place, GROUP)
    }
    assert values == {
        GOLDEN["review"].place: [{"b": "c1a3.1.k3Jx9QwE"}, {"b": "c1a3.2.k3Jx9QwE"}],
        GROUP: [{"b": "c1a3.1.k3Jx9QwE", "g": 1}, {"b": "c1a3.2.k3Jx9QwE", "g": 1}],
    }


def test_what_is_cut_says_how_to_read_on() -> None:
    shown = texts(card(LONG))
    assert any(text.startswith("很长的说明。") and text.endswith("…更多 SP2001") for text in shown)
    assert "…更多 SP2001" in shown
    assert "同意" in shown


def test_a_long_list_says_how_many_are_missing() -> None:
    many = Card("报备", blocks=(Table(("编号", "客户"), tuple((f"BB{n}", "客户" * 20) for n in range(1000, 2000))),))
    drawn = card(many)
    rows = next(part["rows"] for part in parts(drawn) if part["tag"] == "table")
    assert texts(drawn)[-1] == f"…还有 {1000 - len(rows)} 行"


def test_the_sixth_table_is_lines() -> None:
    table = Table(("编号", "客户"), (("BB1001", "云栖湾"), ("BB1002", "")))
    drawn = card(Card("表", blocks=(table,) * 6))
    assert [part["tag"] for part in drawn["body"]["elements"]] == ["table"] * 5 + ["div"]
    assert texts(drawn)[-1] == "1. BB1001 云栖湾\n2. BB1002"


def test_only_a_card_without_buttons_may_be_forwarded() -> None:
    assert [card(sample)["config"]["enable_forward"] for sample in (LIST, PREVIEW, REVIEW)] == [True, False, False]


def test_a_forms_names_are_its_own() -> None:
    fields = tuple(TextInput(name=name, label=name) for name in ("form", "submit_1", "submit_1_"))
    drawn = card(Card("x", form=Form(fields, (Button("交", "x", id="b"),))))
    names = [part["name"] for part in parts(drawn) if "name" in part]
    assert len(set(names)) == len(names) == 5
    assert {"form", "submit_1", "submit_1_"} < set(names)


def test_an_answer_in_a_group_keeps_its_buttons_there() -> None:
    answer = json.loads(answer_body(Answer(Toast("好"), REVIEW), GROUP))
    assert answer["card"]["data"] == body(row(REVIEW, place=GROUP))["content"]
    assert answer_body(Answer(), GROUP) == b"{}"


TAGS = {
    *("plain_text", "text_tag", "div", "hr", "column_set", "column", "table", "button"),
    *("form", "input", "date_picker", "select_static"),
}


def many(few: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Up to ``most``, of at most three kinds: size without a large example to shrink."""
    repeated = st.tuples(st.lists(few, max_size=3), st.sampled_from((1, 2, most)))
    return repeated.map(lambda drawn: tuple((drawn[0] * drawn[1])[:most]))


NASTY = st.text(max_size=20) | st.sampled_from([ATTACK, "", "\ud800", "\x00", "&lt;", "\u202e", '"\\', "长" * 5000])
IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789.", min_size=1, max_size=40)
BUTTONS = st.builds(
    Button,
    label=NASTY,
    command=st.just("x"),
    style=st.sampled_from(Style),
    confirm=st.none() | st.builds(Confirm, NASTY, NASTY),
    id=IDS,
)
OPTIONS = st.integers(0, 60).map(lambda most: tuple(Option(f"{ATTACK}{number}", "") for number in range(most)))
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "label": NASTY,
    "required": st.booleans(),
    "hint": NASTY,
    "initial": NASTY,
}
INPUTS = st.one_of(
    *(
        st.builds(kind, name=st.just(""), **NAMED, **extra)
        for kind, extra in (
            (TextInput, {"max_length": st.integers(0, 5000)}),
            (LongTextInput, {"max_length": st.integers(0, 5000)}),
            (NumberInput, {}),
            (MoneyInput, {}),
            (DateInput, {}),
            (ChoiceInput, {"options": OPTIONS}),
        )
    )
)


def named(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(msgspec.structs.replace(field, name=f"f{number}") for number, field in enumerate(inputs))


FORMS = st.builds(
    Form,
    many(INPUTS, CAN.most_inputs).map(named),
    many(BUTTONS, 3).filter(bool),
)
CELLS = many(NASTY, 8)
BLOCKS = st.one_of(
    st.builds(Text, NASTY, st.booleans()),
    st.builds(Note, NASTY),
    st.builds(Progress, NASTY, st.integers(-1, 3000), st.integers(0, 3000)),
    st.builds(Fields, many(st.tuples(NASTY, NASTY), 40)),
    st.builds(Table, CELLS, many(CELLS, 300)),
)
CARDS = st.builds(
    Card,
    title=NASTY,
    tone=st.sampled_from(Tone),
    tag=NASTY,
    blocks=many(BLOCKS, 40),
    buttons=many(BUTTONS, 30),
    form=st.none() | FORMS,
    decided=st.none() | st.builds(Decided, NASTY, NASTY, NASTY),
)


@settings(max_examples=150, deadline=None)
@given(drawn=CARDS)
def test_any_card_is_within_the_limits_and_without_markup(drawn: Card) -> None:
    sent = render(row(drawn))
    assert len(sent) <= 30_000
    text = json.loads(sent)["content"]
    content = json.loads(text)
    assert tags(text) == len(list(parts(content))) <= 150
    assert {part["tag"] for part in parts(content)} <= TAGS
    _assert_well_formed(content)


def _assert_well_formed(content: dict[str, Any]) -> None:
    names = [part["name"] for part in parts(content) if "name" in part]
    assert len(names) == len(set(names))
    for part in parts(content):
        match part["tag"]:
            case "button":
                assert 0 < len(part["text"]["content"]) <= 100
                assert part["behaviors"][0]["value"]["b"]
                assert all(text["content"] for text in part.get("confirm", {}).values())
            case "input":
                assert 1 <= part["max_length"] <= 1000
                assert len(part.get("default_value", "")) <= part["max_length"]
                assert len(part["placeholder"]["content"]) <= 100
            case "select_static":
                values = [option["value"] for option in part["options"]]
                assert len(values) == len(set(values)) > 0
                assert part.get("initial_option", values[0]) in values
            case "table":
                columns = {column["name"] for column in part["columns"]}
                assert all(set(cells) == columns for cells in part["rows"])
                assert 1 <= part["page_size"] <= 10
            case _:
                pass
    roots = content["body"]["elements"]
    assert [part for part in parts(content) if part["tag"] in ("form", "table")] == [
        part for part in roots if part["tag"] in ("form", "table")
    ]


@given(line=NASTY)
def test_any_line_is_sendable_and_plain(line: str) -> None:
    shown = body(row(line))["content"]["text"]
    assert shown
    assert not any(live in shown for live in ("<at", "<b>", "<i>", "</", "]("))
