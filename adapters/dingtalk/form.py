"""A form as the template's form variable (page 4.4): JSON of at most 1 KB, so that two or three fields fill it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never

from adapters.dingtalk.markdown import plain
from adapters.dingtalk.packing import MOST_VALUE, as_json, fitting_items
from adapters.text import clean, cut
from bot.cards import (
    AnyInput,
    ChoiceInput,
    DateInput,
    FileInput,
    LongTextInput,
    MoneyInput,
    MultiChoiceInput,
    NumberInput,
    PersonInput,
    TextInput,
)

Field = dict[str, Any]

EMPTY = '{"fields":[]}'
MOST_INPUTS = 8
LONGER = 12
"""Bytes that a field as it is drawn may have more than the core's own JSON of it, comma included."""
MOST_BYTES = MOST_VALUE - len(EMPTY) - LONGER * MOST_INPUTS
_MOST_LABEL = 40


def form_variable(inputs: Sequence[AnyInput]) -> tuple[str, Sequence[AnyInput]]:
    """The variable, and the inputs that found no room in it."""
    fields, left_out = fitting_items(inputs, field, MOST_VALUE - len('{"fields":}'))
    return as_json({"fields": fields}), left_out


def field(asked: AnyInput) -> Field:
    drawn: Field = {"name": asked.name, "label": cut(plain(asked.label), _MOST_LABEL) or "…", "type": _type(asked)}
    if asked.required:
        drawn["required"] = True
    if asked.hint and not isinstance(asked, DateInput):  # a hint says how to write a day: 6月底
        drawn["placeholder"] = cut(plain(asked.hint), _MOST_LABEL)
    options = _options(asked)
    if options and drawn["type"] != "TEXT":
        drawn["options"] = options
    if initial := _initial(asked, options):
        drawn["defaultValue"] = initial
    return drawn


def _type(asked: AnyInput) -> str:
    match asked:
        case TextInput() | MoneyInput():
            return "TEXT"
        case LongTextInput():
            return "TEXT_AREA"
        case NumberInput():
            return "NUMBER"
        case DateInput():
            return "DATE"
        case ChoiceInput(options=options) | PersonInput(options=options):
            return "SELECT" if options else "TEXT"
        case MultiChoiceInput(options=options, initial=initial):
            return "MULTI_SELECT" if options and not initial else "TEXT"
        case FileInput():
            return "TEXT"  # the planner asks for it in the chat
        case _:
            assert_never(asked)


def _options(asked: AnyInput) -> list[Field]:
    if not isinstance(asked, ChoiceInput | MultiChoiceInput | PersonInput):
        return []
    unique = {clean(option.value): option for option in reversed(asked.options)}
    return [
        {"value": value, "text": cut(plain(option.label), _MOST_LABEL) or "…"}
        for value, option in reversed(unique.items())
    ]


def _initial(asked: AnyInput, options: list[Field]) -> str:
    """Whole: it comes back as the person's own words; what the component does not take stays out.

    A default value is one string (the template's format), so several choices made before stand as words to correct.
    """
    initial = clean(asked.initial)
    if isinstance(asked, MultiChoiceInput):
        return "、".join(option["text"] for option in options if option["value"] in initial.split(";"))
    if isinstance(asked, DateInput) and not _is_day(initial):
        return ""
    if isinstance(asked, NumberInput) and not (initial.isascii() and initial.isdigit()):
        return ""
    if options and not any(option["value"] == initial for option in options):
        return ""
    return initial


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
