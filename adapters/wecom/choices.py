"""Selection lists of a card (page 3.3): at most ten options, each with an id of at most 128 bytes. No other input exists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.text import clean
from adapters.wecom.clicks import UNCHOSEN
from adapters.wecom.plain import label, plain
from bot.cards import AnyInput, ChoiceInput, Form, MultiChoiceInput, PersonInput

MOST_OPTIONS = 10
MOST_ID = 128
MOST_LISTS = 3
MOST_TITLE = 16
MOST_CHECKED, MOST_CHECKED_TEXT, SEVERAL = 20, 17, 1

Selection = dict[str, Any]


def selections(form: Form | None, option: int) -> list[Selection]:
    """The form's choices as far as a card can hold them; what is left out is asked in the chat after the click.

    ``option`` is how many characters of an option are shown.
    """
    fields: Sequence[AnyInput] = form.inputs if form else ()
    drawn = [_selection(field, option) for field in fields if isinstance(field, ChoiceInput | PersonInput)]
    return [selection for selection in drawn if selection][:MOST_LISTS]


def checkbox(form: Form | None) -> Selection | None:
    """The form's one question of several choices, where it asks nothing else: such a card holds nothing beside it.

    The page does not say that a client lets an empty one pass: choosing nothing is a choice of its own.
    """
    field = form.inputs[0] if form and len(form.inputs) == 1 else None
    if not isinstance(field, MultiChoiceInput) or not field.options:
        return None
    options = {clean(o.value): label(o.label or o.value, MOST_CHECKED_TEXT, "…") for o in field.options}
    initial = [name for name in clean(field.initial).split(";") if name in options]
    if UNCHOSEN in options or not all(0 < len(name.encode()) <= MOST_ID and plain(name) for name in options):
        return None
    if not field.required:
        options, initial = {UNCHOSEN: "不选"} | options, initial or [UNCHOSEN]
    if len(options) > MOST_CHECKED:
        return None
    listed = [{"id": name, "text": text, "is_checked": name in initial} for name, text in options.items()]
    return {"question_key": field.name, "mode": SEVERAL, "option_list": listed}


def _selection(field: ChoiceInput | PersonInput, option: int) -> Selection | None:
    """The client takes the first option for chosen: where nothing is chosen yet, the first one says so."""
    options = {clean(o.value): label(o.label or o.value, option, "…") for o in field.options}
    if UNCHOSEN in options or not options:
        return None
    initial = clean(field.initial)
    if initial not in options or not field.required:
        options = {UNCHOSEN: "请选择" if field.required else "不选"} | options
    if len(options) > MOST_OPTIONS or not all(0 < len(name.encode()) <= MOST_ID and plain(name) for name in options):
        return None
    return {
        "question_key": field.name,
        "title": label(field.label if field.required else f"{field.label}（选填）", MOST_TITLE, "请选择"),
        "option_list": [{"id": name, "text": text} for name, text in options.items()],
        "selected_id": initial if initial in options else UNCHOSEN,
    }
