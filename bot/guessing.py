"""Ids that people type without knowing whether they exist: whoever guesses is refused before anything is looked up (R12.3).

What a button carries was given to its person, and is no guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import parse
from bot.entry import Kind, Slot
from bot.errors import Refusal
from bot.ports import Draft

if TYPE_CHECKING:
    from bot.feature import Command
    from bot.turn import Turn

NOT_FOUND = "not_found"
"""The code of every refusal that says so, of what is missing and of what is out of reach."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who counts the guesses; one capability does it.

    ``has_code(words)``: whether there is a code of the organisation's own in them (A0571-01); ``may_look(turn, db)`` raises Refusal
    for whoever guessed too often; ``missed(turn, db, refusal)`` counts one not-found answer and returns what is said.
    """

    has_code: Callable[[str], bool]
    may_look: Callable[[Turn, Any], None]
    missed: Callable[[Turn, Any, Refusal], Refusal]


def must_not_guess(turn: Turn, slots: Sequence[Slot], words: str) -> None:
    """Before ``words`` are read into these slots."""
    guard = turn.catalog.guard
    if guard is not None and turn.person is not None and _looks_up(guard, slots, words):
        guard.may_look(turn, turn.unit)


def must_not_guess_in_form(turn: Turn, command: Command, values: Mapping[str, str]) -> None:
    for slot in command.slots:
        if slot.name in values:
            must_not_guess(turn, [slot], values[slot.name].strip())


def must_not_guess_in_answer(turn: Turn, command: Command, draft: Draft, words: str) -> None:
    """An answer is read into what is asked and what is missing; a correction of the preview into anything."""
    changing = all(s.name != draft.asked for s in command.slots)
    slots = [s for s in command.slots if changing or s.name == draft.asked or s.name not in draft.given]
    must_not_guess(turn, slots, words)


def counted(turn: Turn, refusal: Refusal) -> Refusal:
    """Every refusal of a turn comes by here; a stranger has nothing to look up."""
    guard = turn.catalog.guard
    if guard is None or turn.person is None or refusal.code != NOT_FOUND:
        return refusal
    return guard.missed(turn, turn.unit, refusal)


def _looks_up(guard: Guard, slots: Sequence[Slot], words: str) -> bool:
    """An id of a kind that is asked for, anywhere; where a text may name any record, one that stands in front."""
    ids = parse.find_ids(words)
    named = any(_takes(slot, found.value.kind) for slot in slots for found in ids)
    short = any(slot.kind is Kind.TEXT and not slot.long for slot in slots)
    return named or (short and (any(found.start == 0 for found in ids) or guard.has_code(words)))


def _takes(slot: Slot, kind: str) -> bool:
    return bool(slot.pattern) or (slot.kind is Kind.REF and (slot.ref == kind or slot.via is not None))
