"""Which cards the platform takes. Every sample of the platform page is taken, every limit it names is refused with its sub-code."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.emulation.card_checks import CardFault
from adapters.feishu.emulation.cards import Known, check_card
from adapters.feishu.emulation.reading import read
from tests.feishu_emulator.stage import button, card, text

SAMPLES = json.loads(Path(__file__).with_name("page_cards.json").read_text("utf-8"))
KNOWN = Known(lambda user: user.startswith("ou_demo"), lambda image: image == "img_v3_demo")
HR = {"tag": "hr"}
SUBMIT = button("提交", name="ok", form_action_type="submit")


def md(words: str) -> dict[str, Any]:
    return {"tag": "markdown", "content": words}


def form(*elements: Any) -> dict[str, Any]:
    return {"tag": "form", "name": "f", "elements": list(elements)}


def columns(*elements: Any) -> dict[str, Any]:
    return {"tag": "column_set", "columns": [{"tag": "column", "elements": list(elements)}]}


def panel(*elements: Any) -> dict[str, Any]:
    return {"tag": "collapsible_panel", "header": {"title": text("更多")}, "elements": list(elements)}


def table(rows: list[Any], **columns: str) -> dict[str, Any]:
    shown = [{"name": name, "data_type": data_type} for name, data_type in columns.items()]
    return {"tag": "table", "columns": shown, "rows": rows}


def select(*values: str, **more: Any) -> dict[str, Any]:
    return {"tag": "select_static", "options": [{"text": text(value), "value": value} for value in values], **more}


def header(**more: Any) -> dict[str, Any]:
    return card(header={"title": text("报备"), **more})


def behaving(**behavior: Any) -> dict[str, Any]:
    return card({**button("同意"), "behaviors": [behavior]})


@pytest.mark.parametrize("component", SAMPLES["components"], ids=lambda one: str(one["tag"]))
def test_the_pages_samples_are_taken(component: Any) -> None:
    skeleton = copy.deepcopy(SAMPLES["skeleton"])
    skeleton["body"]["elements"] = [component]
    check_card(skeleton, KNOWN)


TAKEN: dict[str, Any] = {
    "no header": {"schema": "2.0", "body": {"elements": []}},
    "199 lines and a header": card(*[HR] * 199),
    "5 tables": card(*[table([], a="text")] * 5),
    "button text of 100": card(button("x" * 100)),
    "form in columns": card(form(columns(SUBMIT), {"tag": "input", "name": "a", "max_length": 1000})),
    "nested 5 deep": card(columns(columns(panel(HR)))),
    "everybody": card(md("<at id=all></at>")),
}


@pytest.mark.parametrize("good", TAKEN.values(), ids=TAKEN)
def test_taken(good: Any) -> None:
    check_card(good, KNOWN)


REFUSED: dict[str, tuple[Any, int]] = {
    "a list": ([], 200621),
    "schema 1.0": ({"elements": []}, 200621),
    "unknown root attribute": (card(elements=[]), 200621),
    "unknown tag": (card({"tag": "marquee"}), 200861),
    "action, a tag of 1.0": (card({"tag": "action", "actions": [button("同意")]}), 200861),
    "note, a tag of 1.0": (card({"tag": "note", "elements": []}), 200861),
    "unknown attribute": (card({**md("a"), "href": {}}), 200621),
    "value beside behaviors": (card(button("同意", value={"a": 1})), 200621),
    "element_id with a dash": (card({**HR, "element_id": "a-1"}), 200621),
    "element_id of 21": (card({**HR, "element_id": "a" * 21}), 200621),
    "element_id twice": (card(*[{**HR, "element_id": "a"}] * 2), 200621),
    "margin of 100px": (card({**HR, "margin": "100px"}), 200621),
    "200 lines and a header": (card(*[HR] * 200), 11310),
    "6 tables": (card(*[table([], a="text")] * 6), 11310),
    "5 tables in one markdown": (card(md("| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 5)), 11310),
    "nested 6 deep": (card(columns(columns(columns(HR)))), 200621),
    "table in columns": (card(columns(table([], a="text"))), 200621),
    "form in a panel": (card(panel(form(SUBMIT))), 200621),
    "form in a form": (card(form(SUBMIT, form())), 200621),
    "form without submit": (card(form({"tag": "input", "name": "a"})), 200621),
    "input in a form without name": (card(form(SUBMIT, {"tag": "input"})), 200530),
    "submit without name": (card(form({**button("提交"), "form_action_type": "submit"})), 200530),
    "one name twice": (card(form(SUBMIT, {"tag": "input", "name": "ok"})), 200621),
    "submit outside a form": (card(SUBMIT), 200621),
    "multi_select outside a form": (card({**select("a", name="m"), "tag": "multi_select_static"}), 200621),
    "option twice": (card(select("a", "a")), 200621),
    "option without value": (card(select("")), 200621),
    "initial_index beyond": (card(select("a", initial_index=2)), 200621),
    "button text of 101": (card(button("x" * 101)), 200621),
    "placeholder of 101": (card({"tag": "input", "placeholder": text("x" * 101)}), 200621),
    "value as text": (behaving(type="callback", value="approve"), 200621),
    "callback without value": (behaving(type="callback"), 200621),
    "unknown behavior": (behaving(type="call"), 200621),
    "link without address": (behaving(type="open_url"), 200621),
    "button type": (card(button("同意", type="green")), 200621),
    "confirm without text": (card(button("同意", confirm={"title": text("确认？")})), 200621),
    "max_length of 1001": (card({"tag": "input", "max_length": 1001}), 200621),
    "default beyond max_length": (card({"tag": "input", "max_length": 2, "default_value": "abc"}), 200621),
    "initial_date in words": (card({"tag": "date_picker", "initial_date": "明天"}), 200621),
    "header template": (header(template="pink"), 200621),
    "header without title": (card(header={"template": "red"}), 200621),
    "4 text tags": (header(text_tag_list=[{"tag": "text_tag", "text": text("a")}] * 4), 200621),
    "text tag colour": (header(text_tag_list=[{"tag": "text_tag", "text": text("a"), "color": "pink"}]), 200621),
    "title as markdown": (card(header={"title": md("报备")}), 200861),
    "width_mode": (card(config={"width_mode": "wide"}), 200621),
    "row key": (card(table([{"b": "1"}], a="text")), 200915),
    "text in a number": (card(table([{"a": "1"}], a="number")), 200914),
    "number in a text": (card(table([{"a": 1}], a="text")), 200914),
    "word in options": (card(table([{"a": "待审"}], a="options")), 200914),
    "51 columns": (card(table([], **{f"c{n}": "text" for n in range(51)})), 200621),
    "data_type": (card(table([], a="money")), 200621),
    "page_size of 11": (card({**table([], a="text"), "page_size": 11}), 200621),
    "image never uploaded": (card({"tag": "img", "img_key": "img_none", "alt": text("")}), 200570),
    "image without alt": (card({"tag": "img", "img_key": "img_v3_demo"}), 200621),
    "mention of nobody": (card(md("<at id=ou_nobody></at>")), 100290),
    "mention in lark_md": (card({"tag": "div", "text": {"tag": "lark_md", "content": "<at id=ou_x></at>"}}), 100290),
}


@pytest.mark.parametrize(("bad", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(bad: Any, code: int) -> None:
    with pytest.raises(CardFault) as refused:
        check_card(bad, KNOWN)
    assert refused.value.code == code, refused.value.words


def test_a_fault_names_its_place() -> None:
    with pytest.raises(
        CardFault, match=r"unknown property: href; ErrPath: ROOT -> body -> elements -> \[1\]\(tag: hr\)"
    ):
        check_card(card(HR, {**HR, "href": ""}), KNOWN)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.sampled_from(["", "a", "form", "button", "12px", "ou_demo_u1"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["tag", "text", "a"]), inner)
)


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value: its container and its key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [place for key in keys for place in [(value, key), *nodes(value[key])]]


@given(st.data())
def test_a_broken_sample_is_refused_or_readable(data: st.DataObject) -> None:
    """Whatever stands anywhere, the check ends in a fault or in a card that can be read."""
    broken = copy.deepcopy(SAMPLES["skeleton"])
    broken["body"]["elements"] = copy.deepcopy(SAMPLES["components"])
    container, key = data.draw(st.sampled_from(nodes(broken)))
    container[key] = data.draw(ANYTHING)
    try:
        check_card(broken, KNOWN)
    except CardFault:
        return
    read("interactive", broken, lambda _user: "", {})
