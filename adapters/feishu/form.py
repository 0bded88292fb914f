"""A form container (page 3.3): at the card's root, unique names, at least one submit button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from adapters.feishu.blocks import Element, plain, row_of_buttons
from adapters.text import clean
from bot.cards import (
    AnyInput,
    ChoiceInput,
    DateInput,
    FileInput,
    Form,
    LongTextInput,
    MoneyInput,
    MultiChoiceInput,
    NumberInput,
    Option,
    PersonInput,
    TextInput,
)

MOST_LENGTH = 1000
_NUMBER_LENGTH = 20
_AMOUNT_LENGTH = 40


def form(drawn: Form, *, group: bool) -> Element:
    fields = [element for field in drawn.inputs for element in _input(field)]
    taken = {field.name for field in drawn.inputs}
    names = [_free(f"submit_{number}", taken) for number in range(1, len(drawn.submits) + 1)]
    return {
        "tag": "form",
        "name": _free("form", taken),
        "elements": [*fields, row_of_buttons(drawn.submits, group=group, names=names)],
    }


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _input(field: AnyInput) -> list[Element]:
    match field:
        case TextInput():
            return [_typed(field, field.max_length)]
        case LongTextInput():
            several_lines = {"input_type": "multiline_text", "rows": 3, "auto_resize": True, "max_rows": 6}
            return [_typed(field, field.max_length) | several_lines]
        case NumberInput():
            return [_typed(field, _NUMBER_LENGTH, "整数")]
        case MoneyInput():
            return [_typed(field, _AMOUNT_LENGTH, "例如 120万、9800元")]
        case DateInput():
            return [_label(field), _picker(field)]
        case ChoiceInput() | PersonInput():
            return [_label(field), _choice(field)] if field.options else [_typed(field, MOST_LENGTH)]
        case MultiChoiceInput():
            return [_label(field), _choices(field)] if field.options else [_typed(field, MOST_LENGTH)]
        case FileInput():
            return []  # no component takes a file
        case _:
            assert_never(field)


def _typed(field: AnyInput, most: int, hint: str = "") -> Element:
    initial = clean(field.initial)[:MOST_LENGTH]
    most = min(max(1, most, len(initial)), MOST_LENGTH)  # what stands there already is not cut on the way back
    element: Element = {
        "tag": "input",
        "name": field.name,
        "required": field.required,
        "label": plain(_titled(field)),
        "label_position": "top",
        "placeholder": plain(field.hint, hint or "请输入"),
        "max_length": most,
        "width": "fill",
    }
    return element | ({"default_value": initial} if initial else {})


def _label(field: AnyInput) -> Element:
    """Pickers have no label of their own, nor the star that labels of required fields get."""
    return {"tag": "div", "text": plain(_titled(field) + ("*" if field.required else ""))}


def _titled(field: AnyInput) -> str:
    return field.label if field.required else f"{field.label}（选填）"


def _picker(field: DateInput) -> Element:
    element: Element = {
        "tag": "date_picker",
        "name": field.name,
        "required": field.required,
        "placeholder": plain(f"请选择{field.label}"),  # a hint says how to write a date: 6月底
    }
    return element | ({"initial_date": field.initial} if _is_day(field.initial) else {})


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _choice(field: ChoiceInput | PersonInput) -> Element:
    initial = clean(field.initial)
    known = any(clean(option.value) == initial for option in field.options)
    return _select("select_static", field) | ({"initial_option": initial} if known else {})


def _choices(field: MultiChoiceInput) -> Element:
    """Stands in forms only, where all of ours stand (page 3.3)."""
    initial = clean(field.initial).split(";")
    known = [value for option in _unique(field.options) if (value := clean(option.value)) in initial]
    return _select("multi_select_static", field) | ({"selected_values": known} if known else {})


def _select(tag: str, field: ChoiceInput | PersonInput | MultiChoiceInput) -> Element:
    options = [
        {"text": plain(option.label, option.value), "value": clean(option.value)} for option in _unique(field.options)
    ]
    return {
        "tag": tag,
        "name": field.name,
        "required": field.required,
        "placeholder": plain(field.hint, f"请选择{field.label}"),
        "options": options,
    }


def _unique(options: Sequence[Option]) -> list[Option]:
    """Two options of one value break the client."""
    return list({clean(option.value): option for option in reversed(options)}.values())[::-1]
