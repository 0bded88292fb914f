"""Lines above the composer: what this person may say that goes with what is typed, by characters, pinyin or initials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from msgspec import Struct

from adapters.playground.values import Suggestion
from bot.feature import Command

BEGINNINGS = 3
FIRST = ("报备", "待办", "我的报备", "帮助")
"""What people come for, before whatever else there is."""
MOST_OF_ONE = 2
"""Objects that a command is offered with."""
_ID = re.compile(r"[A-Za-z]{2}\d{3}")


class Mine(Struct, frozen=True):
    """An object of a person's own, and what it is called."""

    ref: str
    called: str


def beginnings(commands: Iterable[Command]) -> list[Suggestion]:
    """Sentences to begin with: those that need no object which nobody has yet."""
    said = [command for command in commands if command.example and not command.on and not _ID.search(command.example)]
    wanted = [command for word in FIRST for command in said if command.words[0] == word]
    others = [command for command in said if command not in wanted]
    return [_line(command) for command in [*wanted, *others][:BEGINNINGS]]


def fitting(commands: Iterable[Command], typed: str, mine: Iterable[Mine] = ()) -> list[Suggestion]:
    """The best first: the beginning of a word, of its pinyin, of its initials, then anywhere inside a word.

    A command about an object is offered with those of ``mine`` that it takes, else with its example.
    """
    wanted = "".join(typed.lower().split())
    word, _, about = typed.strip().partition(" ")
    own = list(mine)
    ranked: list[tuple[int, Suggestion]] = []
    for command in commands:
        rank, rank_of_word = _rank(command, wanted), _rank(command, word.lower())
        lines = list(_about(command, own, about.strip())) if command.on and rank_of_word is not None else []
        if lines:
            ranked += ((rank_of_word or 0, line) for line in lines)
        elif command.example and rank is not None:
            ranked.append((rank, _line(command)))
    return [line for _, line in sorted(ranked, key=lambda pair: pair[0])]


def _about(command: Command, mine: Iterable[Mine], about: str) -> Iterator[Suggestion]:
    """「跟进 BB0987 …」 with what it is called."""
    fits = (one for one in mine if _ID.match(one.ref) and one.ref.startswith(command.on))
    found = (one for one in fits if one.ref.lower().startswith(about.lower()) or about in one.called)
    for one in islice(found, MOST_OF_ONE):
        said = f"{command.words[0]} {one.ref}"
        yield Suggestion(f"{said} …", f"{said} ", one.called)


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
