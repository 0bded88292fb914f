"""What every messenger's edge shares: strict JSON, clean texts, cuts that show, cards that shrink."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.degrade import STEPS, measured, numbered, shrunk
from adapters.http import MOST_DEPTH, strict_json
from adapters.text import clean, cut, object_id
from bot.cards import Button, Card, ChoiceInput, Fields, Form, Note, Option, Progress, Table, Text


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "{",
        '{"a":1,"a":1}',
        '{"x":{"a":1,"a":2}}',
        "NaN",
        "[Infinity]",
        "1e400",
        '"\\ud800"',
        '{"\\udfff":1}',
        "\ufeff{}",
        "1" * 5000,
        "[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1),
        "[" * 100_000,
        b"\xff\xfe",
    ],
    ids=range(15),
)
def test_what_is_no_json(raw: str | bytes) -> None:
    with pytest.raises(ValueError):
        strict_json(raw)


DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(document=DOCUMENTS)
def test_what_is_json_is_read_as_it_is(document: Any) -> None:
    assert strict_json(json.dumps(document)) == document


@given(raw=st.binary() | st.text().map(str.encode))
def test_anything_else_is_a_value_error(raw: bytes) -> None:
    try:
        strict_json(raw)
    except ValueError:
        return
    json.loads(raw)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("BB1001 ok", "BB1001 ok"),
        ("杭州\x00云栖湾", "杭州云栖湾"),
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五"),
        ("\u202e码倒\u2066了", "码倒了"),
        ("半\ud83d个", "半\ufffd个"),
        ("整个 \U0001f600", "整个 \U0001f600"),
        ("家庭 \U0001f468\u200d\U0001f469", "家庭 \U0001f468\u200d\U0001f469"),
        ("Z̸a̸l", "Z̸a̸l"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
def test_clean_can_be_stored_and_is_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text).encode().decode()


@pytest.mark.parametrize(
    ("text", "most", "about", "result"),
    [
        ("十个字以内", 10, "BB1001", "十个字以内"),
        ("一二三四五六七八九十一二三四五", 14, "BB1001", "一二三四…更多 BB1001"),
        ("一二三四五六七八九十", 5, "", "一二三四…"),
        ("一二三四五六七八九十", 5, "BB1001", "一二三四…"),
        ("一二三 四五", 5, "", "一二三…"),
    ],
)
def test_a_cut_shows(text: str, most: int, about: str, result: str) -> None:
    assert cut(text, most, about) == result


@pytest.mark.parametrize(
    ("text", "found"),
    [("新报备 BB1001", "BB1001"), ("审批（SP2001）", "SP2001"), ("XBB1001", ""), ("A0571-01", ""), ("", "")],
)
def test_object_id(text: str, found: str) -> None:
    assert object_id(text) == found


SMALL = STEPS[-1]


def test_what_is_left_out_of_a_card_is_named() -> None:
    card = Card(
        "报备 BB1001",
        blocks=(
            Fields(tuple((f"项{number}", "值") for number in range(4))),
            Table(("编号",), tuple((f"BB{number}",) for number in range(2001, 2011))),
            Text("最后"),
        ),
        buttons=tuple(Button(f"按钮{number}", "x") for number in range(7)),
        form=Form(
            (
                ChoiceInput(
                    name="line", label="产品线", options=tuple(Option(str(n), "") for n in range(9)), initial="7"
                ),
            ),
            (Button("提交", "x"),),
        ),
    )
    small = shrunk(card, SMALL)
    assert small.blocks == (
        Fields((("项0", "值"), ("项1", "值"))),
        Note("…更多 BB1001"),
        Table(("编号",), (("BB2001",), ("BB2002",), ("BB2003",))),
        Note("…还有 7 行"),
        Note("…更多 BB1001"),
        Note("还可以直接输入：按钮5、按钮6"),
    )
    assert len(small.buttons) == 5
    assert small.form is not None
    (choice,) = small.form.inputs
    assert isinstance(choice, ChoiceInput)
    assert [option.value for option in choice.options] == ["0", "1", "2", "7"]
    assert choice.hint == "还有 5 项，可直接输入"


def test_a_card_that_fits_is_left_alone() -> None:
    card = Card("报备 BB1001", tag="待审", blocks=(Text("一"), Fields((("客户", "云栖湾"),)), Note("二")))
    assert shrunk(card, STEPS[0]) == card


def test_a_table_as_lines() -> None:
    assert numbered(Table(("编号", "客户"), (("BB1001", "云栖湾"), ("BB1002", "")))) == "1. BB1001 云栖湾\n2. BB1002"


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (506, 512, "送达 506/512 ■■■■■■■■■□ 98%"),
        (512, 512, "送达 512/512 ■■■■■■■■■■ 100%"),
        (0, 512, "送达 0/512 □□□□□□□□□□ 0%"),
        (0, 0, "送达 0/0 ■■■■■■■■■■ 100%"),
        (3, 2, "送达 3/2 ■■■■■■■■■■ 100%"),
    ],
)
def test_progress_is_a_bar_of_ten_that_is_full_only_at_the_end(done: int, total: int, line: str) -> None:
    assert measured(Progress("送达", done, total)) == line
