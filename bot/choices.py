"""One or several out of a closed vocabulary: by label, by number of the list, by another word for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.cards import Option
from bot.ports import Given
from bot.text import fold

JOINT = ";"
"""Between the values of several choices, stored and as forms deliver them."""
APART = re.compile(r"[\s,，、;；/和与及]+")
NUMBERS = re.compile(r"\s*\d{1,2}(?:[\s,，、;；.和与及]+\d{1,2})*[\s。.]*")
EVERYTHING = frozenset({"全部", "所有", "都要", "都选", "全选", "全要"})


def listed(options: Sequence[Option]) -> str:
    return "、".join(f"{at} {option.label}" for at, option in enumerate(options, 1))


def option_called(options: Sequence[Option], word: str) -> str | None:
    wanted = _folded(word)
    return next((o.value for o in options if wanted in map(_folded, (o.label, o.value, *o.also))), None)


def inside(options: Sequence[Option], words: str) -> list[Option]:
    """Those named within longer words; of 空调 and 中央空调 in one place the longer one. 提高效率 does not say 高."""
    said = _folded(words)
    found = [o for o in options if len(o.label) > 1 and _folded(o.label) in said]
    return [o for o in found if not any(o is not p and o.label in p.label for p in found)]


def read_one(prompt: str, answer: str, options: Sequence[Option]) -> Given | str:
    chosen = _by_number(options, answer) or option_called(options, answer)
    if chosen is None:
        named = [o for o in options if _folded(o.label) in _folded(answer)]
        chosen = named[0].value if len(named) == 1 else None
    return Given(chosen) if chosen is not None else f"{prompt}请选一个：{listed(options)}。"


def read_several(prompt: str, answer: str, options: Sequence[Option]) -> Given | str:
    """Every part of the answer must be one; in the order of the vocabulary."""
    said = _folded(answer)
    whole = option_called(options, answer)
    if said in EVERYTHING and whole is None:
        return several(options, [o.value for o in options])
    parts = [part for part in APART.split(answer.strip(" 。.")) if part]
    chosen = [whole] if whole else [_by_number(options, part) or option_called(options, part) for part in parts]
    if chosen and None not in chosen:
        return several(options, [value for value in chosen if value])
    named = inside(options, answer)
    if named and not re.search(r"\d", said):
        return several(options, [o.value for o in named])
    return f"{prompt}可选几项：{listed(options)}。请回复序号或名称，例如 1、2。"


def several(options: Sequence[Option], values: Sequence[str]) -> Given:
    return Given(JOINT.join(o.value for o in options if o.value in values))


def apart(raw: str) -> tuple[str, ...]:
    return tuple(value for value in raw.split(JOINT) if value)


def _by_number(options: Sequence[Option], word: str) -> str | None:
    said = _folded(word)
    return options[int(said) - 1].value if said.isdecimal() and 0 < int(said) <= len(options) else None


def _folded(words: str) -> str:
    return fold(words).text
