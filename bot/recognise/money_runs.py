"""Rows of numeral characters in folded text, cut free of the words they run into (120万|6月底, 五一|120万, 120万|万达)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.recognise import money_words as words
from bot.recognise.numerals import DIGITS, TENS, read_number

_CHINESE_BEFORE_ARABIC: Final = re.compile(f"[{DIGITS}{TENS}零〇]+(?=[0-9])")
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Run:
    """``text`` has its units unified (w is 万) and no spaces; ``number`` is None when it is vague or none at all."""

    start: int
    end: int
    text: str
    number: Decimal | None

    @property
    def large(self) -> bool:
        return "万" in self.text or "亿" in self.text

    @property
    def thousands(self) -> bool:
        return "千" in self.text or "仟" in self.text

    @property
    def chinese(self) -> bool:
        return not any(char in "0123456789" for char in self.text)

    @property
    def notable(self) -> bool:
        """Whether it may be money without a label or sign; 16, 3 and 二 are not."""
        return len(self.text) >= 4 or self.large or self.thousands or self.vague

    @property
    def spelled_out(self) -> bool:
        """五十万, 一百二十万: too long for a part of a name; 三万, 十万 and 百万 may be one."""
        return self.chinese and len(self.text) > 2

    @property
    def vague(self) -> bool:
        return bool(words.VAGUE.search(self.text) or words.NEIGHBOURS.search(self.text))

    @property
    def headless(self) -> bool:
        """百万, 千万: no digit in front, more often a word than an amount."""
        return self.text[0] in "百千佰仟"


def runs_of(text: str) -> Iterator[Run]:
    for match in words.RUN.finditer(text):
        start = _start(text, match.start(), match.end())
        if start < match.end():
            yield _cut(text, start, match.end())


def _start(text: str, start: int, end: int) -> int:
    """Leaves out digits that belong to the word before: 周五|五十万, 五一|120万."""
    if start and text[start - 1] in "周期拜第" and text[start] in DIGITS:
        start += 1
        if start < end and text[start] == " ":
            return end  # 周五 万达广场
    date_word = _CHINESE_BEFORE_ARABIC.match(text, start, end)
    return date_word.end() if date_word else start


def _cut(text: str, start: int, end: int) -> Run:
    """The longest readable stretch from ``start`` that does not swallow the beginning of the next word."""
    run = _run(text, start, end)
    place = max(run.text.rfind("万"), run.text.rfind("亿"))
    tail = run.text[place + 1 :]
    if place >= 0 and tail and not _vague_tail(tail) and not _belongs(text, end, tail, run.number):
        run = _run(text, start, end - len(tail))
    if run.number is None and not run.vague and run.large:
        first = min(text.find(unit, start, end) for unit in "万亿w" if text.find(unit, start, end) >= 0)
        if not words.DIGIT.search(text, first + 1, run.end) and not words.BOUNDARY.match(text, run.end):
            return _run(text, start, first + 1)
    return run


def _run(text: str, start: int, end: int) -> Run:
    plain = re.sub("wan|w", "万", text[start:end]).replace(" ", "").replace("个", "")
    return Run(start, end, plain, read_number(plain))


def _vague_tail(tail: str) -> bool:
    """多 of 120万多, 五六千 of 2万五六千; but not the 五一 of 120万五一前."""
    return bool(words.VAGUE.search(tail) or (words.NEIGHBOURS.search(tail) and words.MANY.search(tail)))


def _belongs(text: str, end: int, tail: str, number: Decimal | None) -> bool:
    """Whether what follows 万 in a row is part of the amount (2万5, 两万五千, 1万2000) or the next word (120万6月底)."""
    if number is None:
        return False
    if words.CURRENCY.match(text, end):
        return True
    if words.NEXT_WORD.match(text, end):
        return False
    alone = words.BOUNDARY.match(text, end) is not None
    if tail.isdigit():
        return alone and (len(tail) == 1 or (len(tail) in (3, 4) and not _YEAR.fullmatch(tail)))
    if len(tail) == 1:
        return alone or words.HELPER.match(text, end) is not None
    return bool(set(tail) & set("百千佰仟")) or (
        tail[0] in "零〇" and (alone or words.HELPER.match(text, end) is not None)
    )
