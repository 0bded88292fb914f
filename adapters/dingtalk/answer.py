"""The answer of a click: the changed variables in the callback's own response (page 4.5), within 2 s. There are no toasts."""

from __future__ import annotations

from typing import Any

from adapters.dingtalk.card import variables
from adapters.dingtalk.render import changed
from bot.messages import Answer


def response(answer: Answer) -> dict[str, Any]:
    """Empty leaves everything as it is."""
    return changed(variables(answer.card)) if answer.card else {}
