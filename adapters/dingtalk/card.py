"""A card as the variables of the template (contract 6): always all eleven of them, each a string of at most 1 KB."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from adapters.degrade import Sizes, about, shrunk
from adapters.dingtalk.clicks import END
from adapters.dingtalk.form import EMPTY, form_variable
from adapters.dingtalk.markdown import lines, literal_line, plain, typed
from adapters.dingtalk.packing import MOST_VALUE, as_json, cut_to, fitting_items, joined
from adapters.text import cut, ending
from bot.cards import AnyInput, Button, Card, Fields, Style

SIZES = Sizes(text=1000, rows=60, pairs=60, options=60, blocks=60)
MOST_SUBMITS = 2
MOST_BUTTONS = 5
"""A decision's two, and three more: what a phone shows without pushing the chat away. The rest is typed."""
BREAK = "<br>"
"""Blank lines get lost in the Markdown component (template page 2.4)."""
_MOST_LABEL = 20
_MOST_FACT, _SHORT_FACT = 600, 120
_COLOURS = {Style.PRIMARY: "blue", Style.PLAIN: "gray", Style.DANGER: "red"}

Variables = dict[str, str]


def variables(card: Card) -> Variables:
    """What decides the buttons' fate: a settled card has a status in their place."""
    subject = about(card)
    small = shrunk(card, SIZES)
    pairs, facts_left = _facts(small, subject)
    form, submits, buttons = _asked(small)
    drawn, buttons_left = fitting_items(buttons[:MOST_BUTTONS], _button)
    unpressable = (*buttons_left, *buttons[MOST_BUTTONS:], *submits[MOST_SUBMITS:])
    tail = [
        *([ending(subject)] if facts_left else ()),
        *(literal_line(f"{button.label}：{button.confirm.text}") for button in card.all_buttons if button.confirm),
        *([f"可直接回复：{literal_line('、'.join(typed(card, unpressable)))}"] if unpressable else ()),
    ]
    return {
        "title": titled(small),
        "tone": small.tone.value,
        "body": joined([*lines(small.blocks, with_facts=False)], tail, BREAK, MOST_VALUE, subject),
        "fields": as_json(pairs),
        "buttons": as_json(drawn),
        "form": form,
        **_submits(submits),
        "status": cut_to(plain(small.decided.line), MOST_VALUE) if small.decided else "",
    }


def titled(card: Card) -> str:
    """The state's word stands in the title: the colour alone says nothing, and not every client shows it."""
    return cut_to(" · ".join(filter(None, (plain(card.title).replace("\n", " "), plain(card.tag)))) or "…", MOST_VALUE)


def _facts(card: Card, subject: str) -> tuple[list[Any], Sequence[Any]]:
    """As they are; where there is no room for all, shorter."""
    pairs = [pair for block in card.blocks if isinstance(block, Fields) for pair in block.pairs]
    whole = fitting_items(pairs, partial(_fact, most=_MOST_FACT, subject=subject))
    return whole if not whole[1] else fitting_items(pairs, partial(_fact, most=_SHORT_FACT, subject=subject))


def _fact(pair: tuple[str, str], most: int, subject: str) -> dict[str, str]:
    return {"label": plain(pair[0]).rstrip(":："), "text": cut_to(plain(pair[1]), most, subject)}


def _asked(card: Card) -> tuple[str, Sequence[Button], Sequence[Button]]:
    """The form, its buttons, and the card's own. A form of which nothing fits is asked for in the chat."""
    if card.decided or card.form is None:
        return EMPTY, (), () if card.decided else card.buttons
    inputs: Sequence[AnyInput] = card.form.inputs
    form, left_out = form_variable(inputs)
    if len(left_out) == len(inputs):
        return EMPTY, (), (*card.form.submits, *card.buttons)
    return form, card.form.submits, card.buttons


def _button(button: Button) -> dict[str, str]:
    return {"id": button.id + END, "text": _label(button), "color": _COLOURS[button.style]}


def _label(button: Button) -> str:
    return cut(plain(button.label).replace("\n", " "), _MOST_LABEL) or "…"


def _submits(buttons: Sequence[Button]) -> Variables:
    """A pair that is empty is no button."""
    found: Variables = {}
    for number in range(1, MOST_SUBMITS + 1):
        button = buttons[number - 1] if len(buttons) >= number else None
        found[f"submit{number}_id"] = button.id + END if button else ""
        found[f"submit{number}_text"] = _label(button) if button else ""
    return found
