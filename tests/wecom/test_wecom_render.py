"""What goes out: complete where it fits, visibly cut where not, and nobody's words do anything."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.cards import APP, BOT, Room
from adapters.wecom.render import MOST_MARKDOWN, MOST_TEXT, render
from bot.cards import (
    Button,
    Card,
    ChoiceInput,
    Decided,
    Fields,
    Form,
    Note,
    Option,
    Progress,
    Style,
    Table,
    Text,
    TextInput,
    Tone,
)
from bot.messages import Place
from bot.ports import OutboxRow, Sending
from tests.feishu.card_samples import ATTACK, FACTS, LIST, LONG
from tests.wecom.card_samples import (
    AGREED,
    CARDS,
    CHOICE,
    CHOICES,
    GROUP,
    LINE,
    MANY,
    NEXT,
    SETTLED,
    SHORT,
    SINGLE,
    STAGE,
    TEXTS,
    row,
)
from tests.wecom.stage import HOME

CODE = "MSGID RC"


def drawn(content: Card | str, what: Sending = Sending.SEND, place: Place = SINGLE, handle: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(row(content, what, place, handle), HOME))
    return found


def card(content: Card, place: Place = SINGLE) -> dict[str, Any]:
    found: dict[str, Any] = drawn(content, place=place)["template_card"]
    return found


# -- what each sort of card becomes ------------------------------------------------------------------------------------


def test_a_decision() -> None:
    assert card(AGREED) == {
        "card_type": "button_interaction",
        "source": {"desc": "待审批", "desc_color": 1},
        "main_title": {"title": "新报备 BB1001"},
        "sub_title_text": "杭州启明机电有限公司 王磊 提交\n也可以回复：同意 SP2001",
        "horizontal_content_list": [
            {"keyname": "客户", "value": "杭州云栖湾酒店管理有限公司"},
            {"keyname": "项目", "value": "中央空调改造"},
            {"keyname": "产品线", "value": "中央空调"},
            {"keyname": "金额", "value": "120.00 万元"},
        ],
        "task_id": "0123456789abcdef0123456789abcdef",
        "button_list": [
            {"text": "同意", "style": 1, "key": "c1a3.1.k3Jx9QwE"},
            {"text": "驳回", "style": 3, "key": "c1a3.2.k3Jx9QwE"},
        ],
    }


def test_a_decided_card_says_who_and_has_no_buttons() -> None:
    body = drawn(SETTLED, Sending.CLOSING, handle=CODE)
    decided = body.pop("template_card")
    assert body == {"atall": 1, "response_code": "RC"}
    assert decided["card_type"] == "text_notice"
    assert decided["main_title"] == {"title": "报备 BB1001", "desc": "已同意 李静 13:05"}
    assert decided["card_action"] == {"type": 1, "url": HOME}
    assert len(decided["horizontal_content_list"]) == 6
    assert decided["sub_title_text"] == "理由：客户关系可靠"
    assert not {"button_list", "task_id"} & decided.keys()


def test_one_choice_stands_among_the_buttons() -> None:
    found = card(CHOICE)
    assert found["button_selection"] == {
        "question_key": "line",
        "title": "产品线",
        "option_list": [
            {"id": "-", "text": "请选择"},
            {"id": "hvac", "text": "中央空调"},
            {"id": "pump", "text": "热泵"},
        ],
        "selected_id": "-",
    }
    assert [button["key"] for button in found["button_list"]] == ["f:c1a4.1.k3Jx9QwE", "c1a4.2.k3Jx9QwE"]


def test_what_decides_stands_first() -> None:
    agree = Button("同意", "x", style=Style.PRIMARY, id="c1.1.m")
    refuse = Form((LINE,), (Button("驳回", "x", style=Style.DANGER, id="c1.2.m"),))
    found = card(Card("审批 SP2001", buttons=(agree,), form=refuse))
    assert [button["text"] for button in found["button_list"]] == ["同意", "驳回"]


def test_several_choices_have_a_card_of_their_own() -> None:
    found = card(CHOICES)
    assert found["card_type"] == "multiple_interaction"
    assert found["main_title"] == {"title": "更新项目", "desc": "改好后提交；还可以直接输入：取消"}
    assert [each["question_key"] for each in found["select_list"]] == ["line", "stage"]
    assert found["select_list"][1]["option_list"][0] == {"id": "-", "text": "不选"}
    assert found["select_list"][1]["selected_id"] == "s2"
    assert found["submit_button"] == {"text": "下一步", "key": "f:c1a4.1.k3Jx9QwE"}


def test_several_choices_beside_facts_are_asked_one_by_one() -> None:
    """A card with several lists has no place for facts: the first stands among the buttons, the chat asks for the others."""
    found = card(Card("更新项目", blocks=(Fields(FACTS), Text("改好后提交。")), form=Form((LINE, STAGE), (NEXT,))))
    assert (found["card_type"], found["button_selection"]["question_key"]) == ("button_interaction", "line")


@pytest.mark.parametrize(
    ("options", "initial", "held"),
    [
        (9, "", True),
        (10, "", False),
        (10, "o1", True),
        (11, "o1", False),
    ],
)
def test_a_choice_of_more_than_ten_is_left_to_the_chat(options: int, initial: str, held: bool) -> None:
    field = ChoiceInput(
        name="line",
        label="产品线",
        initial=initial,
        options=tuple(Option(f"o{n}", f"第 {n} 项") for n in range(options)),
    )
    found = card(Card("报备", form=Form((field,), (NEXT,))))
    assert ("button_selection" in found) is held
    assert found["button_list"] == [{"text": "下一步", "style": 1, "key": "f:c1a4.1.k3Jx9QwE"}]


@pytest.mark.parametrize("option", [Option("x" * 129, "长"), Option("-", "没有"), Option("", "空")])
def test_an_option_no_list_can_hold_leaves_the_list_to_the_chat(option: Option) -> None:
    field = ChoiceInput(name="line", label="产品线", options=(Option("a", "一"), option))
    assert "button_selection" not in card(Card("报备", form=Form((field,), (NEXT,))))


def test_buttons_without_a_place_are_named_as_commands() -> None:
    found = card(MANY)
    assert len(found["button_list"]) == 6
    assert found["sub_title_text"] == "还可以直接输入：第 7 件、第 8 件、第 9 件"


def test_information_that_fits_is_a_notice() -> None:
    found = card(SHORT)
    assert (found["card_type"], found["card_action"]["url"]) == ("text_notice", HOME)
    assert found["sub_title_text"] == "回执 3/10 ■■■□□□□□□□ 30%\n回复「完成」。"
    assert found["task_id"] == "0123456789abcdef0123456789abcdef"


def test_information_that_does_not_is_a_text_of_its_own() -> None:
    body = drawn(LIST)
    text = body["text"]["content"]
    assert body["msgtype"] == "text"
    assert text.startswith("【我的报备】 12 件\n1. BB1001 客户1001有限公司 保护中\n")
    assert text.endswith("12. BB1012 客户1012有限公司 保护中\n回复「下一页」看更多\n#482")


def test_what_does_not_fit_a_text_either_says_how_to_read_on() -> None:
    text = drawn(Card(LONG.title, blocks=LONG.blocks))["text"]["content"]
    assert len(text.encode()) <= MOST_TEXT
    assert "…更多 SP2001" in text
    decision = card(LONG)
    assert "…更多 SP2001" in decision["sub_title_text"] + decision["quote_area"]["quote_text"]


def test_a_line_carries_its_number() -> None:
    """Identical texts are suppressed for hours; 「已提交」 twice in a day is meant twice."""
    one, other = (json.loads(render(row("已提交。", number=number), HOME)) for number in (7, 8))
    assert (one["text"]["content"], other["text"]["content"]) == ("已提交。\n#7", "已提交。\n#8")
    assert (one["enable_duplicate_check"], one["duplicate_check_interval"]) == (1, 14400)


def test_a_long_line_is_cut_by_bytes() -> None:
    text = drawn("BB1001 " + "长" * 2000)["text"]["content"]
    assert MOST_TEXT - 3 <= len(text.encode()) <= MOST_TEXT
    assert text.endswith("长…更多 BB1001\n#482")


def test_a_group_gets_markdown_and_smaller_cards() -> None:
    line = drawn("已在单聊里回复您。", place=GROUP)
    assert line == {
        "chatid": "wrDevGroup",
        "chat_type": 2,
        "msgtype": "markdown",
        "markdown": {"content": "已在单聊里回复您。"},
    }
    assert drawn(LIST, place=GROUP)["markdown"]["content"].startswith("**我的报备** 12 件\n\u200b1. BB1001 ")
    assert card(AGREED, GROUP)["task_id"] == "0123456789abcdef0123456789abcdef"


def test_a_click_in_a_group_is_answered_with_its_own_task() -> None:
    body = drawn(SETTLED, Sending.CLOSING, GROUP, "click R2 policy-88_r1")
    assert (body["response_type"], body["template_card"]["task_id"]) == ("update_template_card", "policy-88_r1")


@pytest.mark.parametrize(
    ("content", "what", "place", "handle"),
    [
        ("已撤回", Sending.CLOSING, SINGLE, CODE),
        (SETTLED, Sending.CLOSING, SINGLE, "MSGID"),
        (SETTLED, Sending.CLOSING, SINGLE, ""),
        (SETTLED, Sending.CLOSING, SINGLE, "click R2 t1"),
        ("", Sending.RECALL, SINGLE, " RC"),
        (SETTLED, Sending.CLOSING, GROUP, CODE),
        ("", Sending.RECALL, GROUP, "click R2 t1"),
    ],
)
def test_what_no_call_can_do(content: Card | str, what: Sending, place: Place, handle: str) -> None:
    assert render(row(content, what, place, handle), HOME) == b""


def test_a_recall_names_the_message() -> None:
    assert drawn("", Sending.RECALL, handle=CODE) == {"msgid": "MSGID"}


# -- within the limits, and without effects ----------------------------------------------------------------------------


def within(found: dict[str, Any], room: Room, *, edit: bool = False) -> None:
    kind = found["card_type"]
    assert 0 < len(found["main_title"]["title"]) <= room.title
    assert len(found["main_title"].get("desc", "")) <= room.desc
    assert len(found.get("source", {}).get("desc", "")) <= room.source
    assert len(found.get("sub_title_text", "")) <= room.text
    assert len(found.get("quote_area", {}).get("quote_text", "")) <= room.quote
    facts = found.get("horizontal_content_list", [])
    assert len(facts) <= 6
    assert all(0 < len(fact["keyname"]) <= 5 and 0 < len(fact["value"]) <= 30 for fact in facts)
    assert edit or 0 < len(found["task_id"]) <= 128
    assert ("card_action" in found) == (kind == "text_notice")
    buttons = found.get("button_list", []) + ([found["submit_button"]] if kind == "multiple_interaction" else [])
    assert bool(buttons) == (kind != "text_notice")
    assert len(buttons) <= 6
    assert all(0 < len(button["text"]) <= room.button and button["key"] for button in buttons)
    assert len({button["key"] for button in buttons}) == len(buttons)
    lists = found.get("select_list", []) + ([found["button_selection"]] if "button_selection" in found else [])
    assert len(lists) <= 3
    for each in lists:
        ids = [option["id"] for option in each["option_list"]]
        assert 1 <= len(ids) == len(set(ids)) <= 10
        assert each["selected_id"] in ids
        assert all(0 < len(o["text"]) <= room.option and 0 < len(o["id"].encode()) <= 128 for o in each["option_list"])


def sound(sample: OutboxRow) -> None:
    """Every promise about every row."""
    raw = render(sample, HOME)
    assert raw == render(sample, HOME)
    text = raw.decode()
    assert "\\u" not in text
    body = json.loads(text)
    if card_json := body.get("template_card"):
        within(card_json, BOT if sample.place.group else APP, edit="response_code" in body)
    elif "text" in body:
        content = body["text"]["content"]
        assert 0 < len(content.encode()) <= MOST_TEXT
        assert "<a" not in content.lower()
    else:
        content = body["markdown"]["content"].removeprefix("**")
        assert 0 < len(content.encode()) <= MOST_MARKDOWN
        first, _, rest = content.partition("\n")
        assert not set("`~[]<>#|\\_") & set(content)
        assert "*" not in first.replace("**", "", 1) + rest


@pytest.mark.parametrize("place", [SINGLE, GROUP], ids=["member", "group"])
@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_within_the_limits(name: str, place: Place) -> None:
    sound(row(CARDS[name], place=place))


@pytest.mark.parametrize("place", [SINGLE, GROUP], ids=["member", "group"])
@pytest.mark.parametrize("name", TEXTS)
def test_every_line_is_within_the_limits(name: str, place: Place) -> None:
    sound(row(TEXTS[name], place=place))


def test_a_line_that_would_link_does_not() -> None:
    assert drawn('<a href="https://evil.example">点我</a>')["text"]["content"].startswith("<\u200ba href=")
    assert "＊＊粗＊＊ ［点我］(https://evil.example)" in drawn(ATTACK, place=GROUP)["markdown"]["content"]


WORDS = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    [ATTACK, "长" * 500, "BB1001 很好", "\\u4e00", "- 一\n# 二\n1. 三", "<a href=x>y</a>", ""]
)
BUTTONS = st.lists(st.tuples(WORDS, st.sampled_from(Style)), max_size=9)
CHOICES_DRAWN = st.builds(
    lambda number, label, options, initial, required: ChoiceInput(
        name=f"choice{number}", label=label, options=tuple(options), initial=initial, required=required
    ),
    st.integers(0, 9),
    WORDS,
    st.lists(st.builds(Option, WORDS, WORDS), max_size=12),
    WORDS,
    st.booleans(),
)
BLOCKS = st.lists(
    st.builds(Text, WORDS, st.booleans())
    | st.builds(Note, WORDS)
    | st.builds(Fields, st.lists(st.tuples(WORDS, WORDS), max_size=9).map(tuple))
    | st.builds(Progress, WORDS, st.integers(-2, 99), st.integers(0, 99))
    | st.builds(Table, st.just(("一", "二")), st.lists(st.tuples(WORDS, WORDS), max_size=9).map(tuple)),
    max_size=7,
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    pressed = [Button(label, "x", style=style, id=f"c1.{n}.m") for n, (label, style) in enumerate(draw(BUTTONS))]
    submits = [Button(label, "x", style=style, id=f"c2.{n}.m") for n, (label, style) in enumerate(draw(BUTTONS))]
    inputs = draw(st.lists(CHOICES_DRAWN, max_size=4, unique_by=lambda field: field.name))
    return Card(
        draw(WORDS),
        draw(st.sampled_from(Tone)),
        draw(WORDS),
        tuple(draw(BLOCKS)),
        tuple(pressed),
        Form((TextInput(name="t", label="一"), *inputs), tuple(submits)) if submits else None,
        draw(st.none() | st.builds(Decided, WORDS, WORDS, WORDS)),
    )


@given(content=cards(), place=st.sampled_from([SINGLE, GROUP]))
def test_any_card_is_within_the_limits(content: Card, place: Place) -> None:
    sound(row(content, place=place))
    sound(row(content, Sending.CLOSING, place, CODE if place is SINGLE else "click R2 t1"))


@given(text=WORDS, place=st.sampled_from([SINGLE, GROUP]))
def test_any_line_is_within_the_limits(text: str, place: Place) -> None:
    sound(row(text, place=place))
