"""What can go wrong, by who has to hear of it.

Refusal      a person: what is wrong, the rule, the next thing to do; the handler's rows are rolled back
Unavailable  a messenger: nothing was stored, so it should repeat the push if it does that
OperatorError  an operator: one line on stderr that says what to change
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Unit


class Refusal(Exception):
    """Says no to a person. ``code`` names the rule (for audit and metrics), ``sentence`` is what the person reads.

    ``marks`` is what the refusal itself leaves behind (a wrong-code counter, a security event); it runs after the
    handler's rows were rolled back and is committed with the refusal.
    """

    def __init__(self, code: str, sentence: str, *, marks: Callable[[Unit], None] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.marks = marks


class Unavailable(Exception):
    """The push could not be stored; the messenger is to be told so."""


class OperatorError(Exception):
    """A mistake in configuration, files or commands that an operator can put right."""
