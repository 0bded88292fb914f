"""What a messenger's cards can hold decides how a form is asked: on the card, on a later page, or in the chat.

An input that does not fit is left out of the form: what is then missing is asked as if it had never been there. A form
of which nothing is left becomes its buttons: pressed, each asks in the chat for what it needs.
"""

from __future__ import annotations

import msgspec

from bot.cards import AnyInput, Button, Card, Form, Style
from bot.ports import Capabilities

NEEDS_FORM = frozenset({"core.fill"})
"""Commands that only take a form's values: without inputs there is nothing to press."""


def suited(card: Card, can: Capabilities) -> Card:
    """The card as this messenger can ask it; unchanged where its form fits."""
    if card.form is None:
        return card
    inputs = _fitting(card.form.inputs, can)
    if len(inputs) == len(card.form.inputs):
        return card
    if inputs:
        return msgspec.structs.replace(card, form=Form(inputs, card.form.submits))
    submits = tuple(button for button in card.form.submits if button.command not in NEEDS_FORM)
    return msgspec.structs.replace(card, form=None, buttons=_merged(card.buttons, submits))


def _fitting(inputs: tuple[AnyInput, ...], can: Capabilities) -> tuple[AnyInput, ...]:
    """The first ones the messenger knows, as many as it takes."""
    kept: list[AnyInput] = []
    room = can.most_form_bytes or float("inf")
    for field in inputs:
        room -= len(msgspec.json.encode(field))
        if type(field).__name__ in can.inputs and len(kept) < can.most_inputs and room >= 0:
            kept.append(field)
    return tuple(kept)


def _merged(buttons: tuple[Button, ...], submits: tuple[Button, ...]) -> tuple[Button, ...]:
    """What decides comes before what only looks or gives up: 同意 驳回 查看."""
    decided = {(button.command, tuple(sorted(button.values.items()))) for button in submits}
    others = tuple(b for b in buttons if (b.command, tuple(sorted(b.values.items()))) not in decided)
    first = tuple(button for button in others if button.style is not Style.PLAIN)
    rest = tuple(button for button in others if button.style is Style.PLAIN)
    return first + submits + rest
