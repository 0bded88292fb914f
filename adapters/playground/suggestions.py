"""Lines above the composer: what this person may say that goes with what is typed, by characters, pinyin or initials."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from adapters.playground.values import Suggestion
from bot.feature import Command

BEGINNINGS = 3
FIRST = ("报备", "待办", "我的报备", "帮助")
"""What people come for, before whatever else there is."""
_ID = re.compile(r"[A-Za-z]{2}\d{3}")


def beginnings(commands: Iterable[Command]) -> list[Suggestion]:
    """Sentences to begin with: those that need no object which nobody has yet."""
    said = [command for command in commands if command.example and not command.on and not _ID.search(command.example)]
    wanted = [command for word in FIRST for command in said if command.words[0] == word]
    others = [command for command in said if command not in wanted]
    return [_line(command) for command in [*wanted, *others][:BEGINNINGS]]


def fitting(commands: Iterable[Command], typed: str) -> list[Suggestion]:
    """The best first: the beginning of a word, of its pinyin, of its initials, then anywhere inside a word."""
    wanted = "".join(typed.lower().split())
    ranked = [(_rank(command, wanted), command) for command in commands if command.example]
    found = sorted((pair for pair in ranked if pair[0] is not None), key=lambda pair: pair[0] or 0)
    return [_line(command) for _, command in found]


def _line(command: Command) -> Suggestion:
    return Suggestion(command.example, command.example, command.help)


def _rank(command: Command, wanted: str) -> int | None:
    ranks = [rank for word in (*command.words, command.example) if (rank := _word_rank(word, wanted)) is not None]
    return min(ranks, default=None)


def _word_rank(word: str, wanted: str) -> int | None:
    word = "".join(word.lower().split())
    if word.startswith(wanted):
        return 0
    if wanted.isascii() and (spelt := _spelt(word)):
        if spelt[0].startswith(wanted):
            return 1
        if spelt[1].startswith(wanted):
            return 2
    return 3 if wanted in word else None


@cache
def _spelt(word: str) -> tuple[str, str] | None:
    """Pinyin and initials of a command's word; None without Chinese in it."""
    if word.isascii():
        return None
    syllables: list[str] = _pinyin()(word)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


@cache
def _pinyin() -> Any:
    """0.3 s: loaded with the first Latin letter that somebody types."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin
