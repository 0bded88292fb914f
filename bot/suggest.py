"""The command somebody probably meant: compared by sound first, because slips come from the input method (保备, 报被)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from bot import text
from bot.feature import Command

MOST = 3
NEAR = 0.34
"""At most a third of the letters may differ, in pinyin or in what was typed."""
_HAN = re.compile("[\u3400-\u9fff]")


class Guess(Struct, frozen=True, order=True):
    """``distance`` 0 sounds the same; ``word`` is the command's, ``rest`` what was said behind it."""

    distance: float
    word: str
    command: str
    rest: str


def guesses(commands: Iterable[Command], words: str) -> Sequence[Guess]:
    """The nearest commands, the best first; none if nothing is near. Never run by itself."""
    folded = text.fold(words.strip())
    if not folded.text:
        return ()
    best: dict[str, Guess] = {}
    for command in commands:
        for word in command.words:
            guess = _guess(command.name, word, folded)
            if guess is not None and (command.name not in best or guess < best[command.name]):
                best[command.name] = guess
    return sorted(best.values())[:MOST]


def _guess(command: str, word: str, folded: text.Folded) -> Guess | None:
    """The beginning of what was said against one command word; a slip may have added or lost a character."""
    said = folded.text
    near = [_distance(word, said[:length]) for length in _lengths(word, said)]
    distance, length = min(zip(near, _lengths(word, said), strict=True), default=(1.0, 0))
    if distance > NEAR:
        return None
    return Guess(round(distance, 3), word, command, folded.original[folded.span(0, length)[1] :].strip())


def _lengths(word: str, said: str) -> list[int]:
    """How much of what was said may be the word; in pinyin letters a word is several times as long."""
    head = re.match(r"[a-z]+", said)
    if head and _HAN.search(word):
        return [head.end()]
    return [n for n in (len(word), len(word) - 1, len(word) + 1) if 2 <= n <= len(said)]


def _distance(word: str, said: str) -> float:
    from rapidfuzz.distance import DamerauLevenshtein  # 20 ms, only for who mistypes

    written = DamerauLevenshtein.normalized_distance(word, said)
    if not _HAN.search(word):
        return written
    sound = _sound(word)
    spoken = DamerauLevenshtein.normalized_distance(sound, said if said.isascii() else _sound(said))
    initials = 0.1 if said.isascii() and said == _initials(word) else 1.0
    return min(written, spoken, initials)


@lru_cache(maxsize=1024)
def _sound(word: str) -> str:
    return "".join(_pinyin()(word))


@lru_cache(maxsize=1024)
def _initials(word: str) -> str:
    return "".join(syllable[:1] for syllable in _pinyin()(word))


@cache
def _pinyin() -> Any:
    """0.3 s and 55 MB: loaded with the first slip, not at start."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin
