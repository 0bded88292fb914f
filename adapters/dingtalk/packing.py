"""Into so many bytes, and not one more: the platform counts UTF-8 (page 4.1: 1 KB a value; 3.3: 15,000 bytes)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from adapters.text import ending

T = TypeVar("T")

MOST_VALUE = 1000
"""Of the 1 KB a card's variable may have."""
STRONG = "**"


def size(text: str) -> int:
    return len(text.encode())


def cut_to(text: str, most: int, about: str = "") -> str:
    """At most so many bytes, visibly cut, never inside a character."""
    if size(text) <= most:
        return text
    tail = ending(about)
    if size(tail) > most:
        tail = ""
    return text.encode()[: max(0, most - size(tail))].decode(errors="ignore").rstrip() + tail


def joined(head: Sequence[str], tail: Sequence[str], glue: str, most: int, about: str) -> str:
    """The lines of ``head`` as far as they go, and all of ``tail``, which says what to do (cut only if it alone is too much)."""
    end = cut_to(glue.join(tail), most // 2)
    room = most - size(end) - size(glue) if end else most
    whole = glue.join(head)
    fits = whole if size(whole) <= room else _within(head, glue, room, about)
    return glue.join(filter(None, (fits, end)))


def _within(head: Sequence[str], glue: str, room: int, about: str) -> str:
    """Whole lines, and what fits of the next one."""
    kept: list[str] = []
    for line in head:
        if room <= size(line) + size(glue):
            kept += filter(None, [_cut_line(line, room, about)])
            break
        kept.append(line)
        room -= size(line) + size(glue)
    return glue.join(kept)


def _cut_line(line: str, most: int, about: str) -> str:
    """Stars are ours only, people's are written otherwise: what was strong stays so."""
    if not line.startswith(STRONG):
        return cut_to(line, most, about)
    inner = cut_to(line.strip(STRONG), most - 2 * len(STRONG), about)
    return STRONG + inner + STRONG if inner else ""


def fitting_items(
    items: Sequence[T], drawn: Callable[[T], Any], most: int = MOST_VALUE
) -> tuple[list[Any], Sequence[T]]:
    """As many of the first as make a JSON list of at most ``most`` bytes; and those left out."""
    kept: list[Any] = []
    room = most - len("[]")
    for at, item in enumerate(items):
        one = drawn(item)
        room -= len(msgspec.json.encode(one)) + len(",")
        if room < 0:
            return kept, items[at:]
        kept.append(one)
    return kept, ()


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
