"""The answer of a click: a toast and the changed card in the callback's own response (page 2.6)."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.feishu.render import card_json
from adapters.text import clean, cut
from bot.messages import Answer, Place

MOST_TOAST = 200
WINDOW_SECONDS = 2.0
"""Of the client's three: what the push needed until it was read is not known, and an edit too many changes nothing."""


def answer_body(answer: Answer, place: Place) -> bytes:
    """``{}`` leaves everything as it is."""
    body: dict[str, Any] = {}
    if answer.toast:
        body["toast"] = {"type": answer.toast.tone.value, "content": cut(clean(answer.toast.text), MOST_TOAST)}
    if answer.card:
        body["card"] = {"type": "raw", "data": card_json(answer.card, group=place.group)}
    return msgspec.json.encode(body)
