"""What people type, made safe to store (``clean``) and easy to match (``fold``).

A stored name keeps its characters as typed after ``clean``; only comparison and recognition look at the folded form, and
``Folded`` leads every place in it back to the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

MAX_TEXT: Final = 4_000
"""Characters of one message that are read; the rest is cut off and reported."""

_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# NUL and lone surrogates break PostgreSQL; bidi controls and tag characters show something else than what is stored.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MARK: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_STACKED: Final = re.compile(f"({_MARK}{_MARK}){_MARK}+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    cut: int
    """How many characters were cut off."""


def clean(text: str) -> Cleaned:
    """Text as it may be stored and shown: composed (NFC), without controls, bidi tricks and towers of accents."""
    cut = max(0, len(text) - MAX_TEXT)
    text = _HIDDEN.sub("", _BREAKS.sub("\n", text[:MAX_TEXT]).replace("\t", " "))
    return Cleaned(_STACKED.sub(r"\1", unicodedata.normalize("NFC", text)).strip(), cut)


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` for matching. ``starts`` and ``ends`` give each of its characters' place in ``original``; None: the same."""

    text: str
    original: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``start:end`` of the folded text was made from."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


_KEYCAP: Final = re.compile("[0-9#*]\ufe0f?\u20e3")
_WIDE_GROUPS: Final = re.compile("(?<=[０-９])，(?=[０-９]{3})")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


class _FoldTable(dict[int, str]):
    """Character by character: width, case and look; "" for what has no width, a space for pictures."""

    def __missing__(self, code: int) -> str:
        if code >= 0x10000:  # bounded: nobody fills the memory with rare characters
            return _rare(chr(code))
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Cs", "Cn", "Mn", "Me"):
        return char if char == "\n" else " " if char == "\t" else ""
    if category == "No":  # ① and ² are marks, not digits of an amount
        return char
    folded = unicodedata.normalize("NFKC", char).lower()
    if category in ("So", "Zs") and folded == char.lower():
        return "〇" if char in "○◯" else " "
    return folded


_TABLE: Final = _FoldTable(_DASHES | {ord("，"): "，", ord("〜"): "~", ord("∼"): "~"})


_rare: Final = lru_cache(maxsize=1024)(_fold_character)


@lru_cache(maxsize=256)
def fold(text: str) -> Folded:
    """Half width, lower case, simplified script, without pictures, accents and characters that have no width."""
    source = text
    if "\u20e3" in text:
        source = _KEYCAP.sub(lambda found: " " * len(found[0]), source)
    if "，" in text:
        source = _WIDE_GROUPS.sub(",", source)
    pieces = [_TABLE[ord(char)] for char in source]
    folded = simplified("".join(pieces))
    lengths = [len(piece) for piece in pieces]
    if lengths.count(1) == len(lengths):
        return Folded(folded, text)
    places = [place for place, length in enumerate(lengths) for _ in range(length)]
    return Folded(folded, text, tuple(places), tuple(place + 1 for place in places))


def simplified(text: str) -> str:
    """Traditional characters made simplified, one for one, so that places stay."""
    try:
        text.encode("gb2312")  # holds next to no traditional character: most texts need no converter
    except UnicodeEncodeError:
        if _TRADITIONAL.search(text):
            converted: str = _converter().convert(text)
            return converted if len(converted) == len(text) else "".join(map(_simplified_character, text))
    return text


_TRADITIONAL: Final = re.compile("[\u3400-\u9fff]")


def _simplified_character(char: str) -> str:
    converted: str = _converter().convert(char)
    return converted if len(converted) == 1 else char


@cache
def _converter() -> Any:
    import opencc  # 15 ms and 8 MB: only who is written to in traditional script pays for it

    return opencc.OpenCC("t2s")


def certainly(found: re.Match[str] | None) -> re.Match[str]:
    """The match of a pattern that matches the empty string too, and so always."""
    if found is None:
        raise AssertionError("a pattern for helper words must match the empty string")
    return found


_MARKER: Final = re.compile(r"^[ \u3000]*([0-9０-９]{1,2})[.、)）:：．]", re.MULTILINE)
_MARKER_INSIDE: Final = re.compile(
    r"(?:^|(?<=[\s,，;；、。:：]))([0-9０-９]{1,2}[.、)）．](?![0-9０-９])|[①-⑳])", re.MULTILINE
)


def _markers(text: str) -> list[re.Match[str]]:
    """The 1. 2. 3. before the lines of a list, or before the parts of a line; none where they do not count up."""
    for form in (_MARKER, _MARKER_INSIDE):
        markers = list(form.finditer(text))
        if len(markers) > 1 and [_place(marker[1]) for marker in markers] == list(range(1, len(markers) + 1)):
            return markers
    return []


def _place(marker: str) -> int:
    return ord(marker) - ord("①") + 1 if marker >= "①" and marker <= "⑳" else int(marker.rstrip(".、)）．"))


def unlisted(text: str) -> str:
    """``text`` without the numbers before the lines of a list (1. 客户 2. 项目), for words that are kept as typed."""
    for marker in reversed(_markers(text)):
        text = text[: marker.start()] + text[marker.end() :]
    return text


@lru_cache(maxsize=256)
def prepare(text: str) -> Folded:
    """``fold`` for the recognisers: at most MAX_TEXT characters, and the numbers before the lines of a list made blank."""
    text = text[:MAX_TEXT]
    for marker in _markers(text):
        text = text[: marker.start()] + " " * len(marker[0]) + text[marker.end() :]
    return fold(text)
