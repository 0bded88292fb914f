"""Numbers as Chinese people write them: 1,200,000 · 1.2百万 · 两万五 · 2万5 · 三十五万六 · 壹佰贰拾万 · 三点五 · 二〇二六.

Works on folded text (half width, simplified).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

ONES: Final = "[一二三四五六七八九]"
DIGITS: Final = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
TENS: Final = "十百千拾佰仟廿卅"
LONGEST: Final = 40
"""Characters of a number; more is noise."""

_PLAIN: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟两〇", "一二三四五六七八九十百千二零")
_VALUE: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_ARABIC: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,15})?")
_CONTINUED: Final = re.compile("[0-9,.]|.*,")
_DIGIT: Final = r"([一二三四五六七八九]|[0-9]{1,6}(?:\.[0-9]{1,6})?)"
_SECTION: Final = re.compile(f"(?:{_DIGIT}千)?(零)?(?:{_DIGIT}百)?(零)?(?:{_DIGIT}?(十))?(零)?{_DIGIT}?")
_POINT: Final = re.compile("([零一二三四五六七八九十百]{1,6})点([零一二三四五六七八九]{1,6})")


def read_number(text: str) -> Decimal | None:
    """The number the whole of ``text`` writes; None for anything else, a range like 三五 (three to five) included."""
    if len(text) > LONGEST:
        return None
    text = text.translate(_PLAIN).replace("廿", "二十").replace("卅", "三十")
    if "," in text:
        grouped = _GROUPED.match(text)
        if not grouped or _CONTINUED.match(text, grouped.end()):
            return None
        text = text.replace(",", "")
    return _scaled(text)


def _scaled(text: str) -> Decimal | None:
    for name, size in (("亿", 100_000_000), ("万", 10_000)):
        head, unit, tail = text.partition(name)
        if unit:
            upper, lower = _scaled(head), _remainder(tail, size)
            if upper is None or lower is None or (tail and upper != int(upper)):
                return None
            return upper * size + lower
    return _small(text)


def _remainder(tail: str, size: int) -> Decimal | None:
    """What follows 万 or 亿: a lone digit counts in the next smaller unit (两万五 is 25,000)."""
    if not tail:
        return Decimal(0)
    if len(tail) == 1 and tail != "零" and (tail.isdigit() or tail in _VALUE):
        return Decimal(_digit(tail)) * (size // 10)
    lower = _scaled(tail.removeprefix("零"))
    if lower is None or lower >= size or not (tail[0] in "零0123456789" or set(tail) & set("百千万")):
        return None
    return lower


def _small(text: str) -> Decimal | None:
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    point = _POINT.fullmatch(text)
    if point:
        whole = _small(point[1])
        return None if whole is None else whole + Decimal(f"0.{_row(point[2])}")
    if len(text) <= 12 and text and set(text) <= _VALUE.keys() and (len(text) != 2 or "零" in text):
        return Decimal(_row(text))
    section = _SECTION.fullmatch(text)
    return _sum(section) if section and text else None


def _sum(section: re.Match[str]) -> Decimal | None:
    thousands, _, hundreds, _, tens, ten, zero, ones = section.groups()
    total = Decimal(0)
    for digit, size in ((thousands, 1000), (hundreds, 100), (tens or (ten and "一"), 10)):
        if digit:
            total += _digit(digit) * size
    if not ones:
        return total
    hop = 1
    if not (ten or zero or section[2] or section[4]) and len(ones) == 1:  # 一百二 is 120, 两千五 is 2,500
        hop = 10 if hundreds else 100 if thousands else 1
    return total + _digit(ones) * hop


def _digit(text: str) -> Decimal:
    return Decimal(_VALUE[text]) if text in _VALUE else Decimal(text)


def _row(text: str) -> str:
    return "".join(str(_VALUE[digit]) for digit in text)
