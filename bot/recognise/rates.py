"""Discounts, percentages and counts: 82折, 八八折, 打八折, 60%, 百分之六十, 20台, 3k台."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, TypeVar

from bot.recognise.found import Found, Unsure
from bot.recognise.numerals import DIGITS, TENS, read_number
from bot.text import Folded, prepare
from bot.values import Percent

Rate = Found[Percent] | Unsure
T = TypeVar("T")

_NUMBER: Final = rf"(?:[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?|[{DIGITS}{TENS}零〇点]{{1,8}})"
_DISCOUNT: Final = re.compile(
    rf"(?:打|按|给|做)?(?P<fold>{_NUMBER}) ?折(?![叠旧算页腾磨扣率线弯射])(?P<from>起|以[上下内]|左右)?|(?P<half>半价)"
    rf"|(?P<off>(?:下浮|优惠|让利|降价?|减|便宜|-) ?{_NUMBER} ?(?:%|个点|个百分点)|{_NUMBER} ?(?:% ?off|个点))"
)
_PERCENT: Final = re.compile(
    rf"(?<![0-9a-z.])(?P<sign>[-+])?(?P<percent>[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?) ?%|百分之(?P<words>{_NUMBER})"
    rf"|(?P<tenths>[0-9{DIGITS}])成(?![\u4e00-\u9fff0-9])"
)
_ASK_FOLD: Final = "「{}」不是能用的折扣，请写成 85折 或 8.5折。"
_ASK_OFF: Final = "「{}」是降多少还是打几折？请写成折扣，例如 85折。"


def find_discount(text: str) -> list[Rate]:
    """What is left to pay: 82折, 8.2折 and 八二折 are 82 %. 优惠5% has two readings and is asked."""
    return list(_hits(prepare(text), _DISCOUNT, _discount))


def find_percent(text: str) -> list[Rate]:
    return list(_hits(prepare(text), _PERCENT, _percent))


def _hits(
    folded: Folded, pattern: re.Pattern[str], read: Callable[[re.Match[str]], T | str | None]
) -> Iterator[Found[T] | Unsure]:
    for match in pattern.finditer(folded.text):
        value = read(match)
        start, end = folded.span(*match.span())
        text = folded.original[start:end]
        if isinstance(value, str):
            yield Unsure(start, end, text.strip(), value.format(text.strip()))
        elif value is not None:
            yield Found(start, end, text, value)


def _discount(match: re.Match[str]) -> Percent | str | None:
    if match["half"]:
        return Percent(5000)
    if match["off"] or match["from"]:
        return _ASK_OFF if match["off"] else _ASK_FOLD
    digits = match["fold"]
    pair = re.fullmatch(f"([{DIGITS}])([{DIGITS}])", digits)  # 八八折 is 88, not a range
    number = _pair(pair[0]) if pair else read_number(digits)
    if number is None or number <= 0 or number > 100 or number == 10:
        return _ASK_FOLD
    whole = number * 10 if number < 10 else number
    return _rate(whole) or _ASK_FOLD


def _pair(digits: str) -> Decimal:
    tens, ones = (read_number(digit) or Decimal(0) for digit in digits)
    return tens * 10 + ones


def _rate(percent: Decimal) -> Percent | None:
    return Percent.of(percent) if percent * 100 == int(percent * 100) else None


def _percent(match: re.Match[str]) -> Percent | str | None:
    number = read_number(match["percent"] or match["words"] or match["tenths"])
    if number is None:
        return None
    if match["tenths"]:
        number *= 10
    rate = _rate(-number if match["sign"] == "-" else number)
    return rate or "「{}」的小数太多，请写到小数点后两位。"


def read_discount(text: str) -> Rate | None:
    """The discount in an answer to a question for one: 0.88, 88 and 8.8 count too."""
    hits = find_discount(text) or find_percent(text)
    if len(hits) == 1:
        return hits[0]
    folded = prepare(text)
    bare = re.fullmatch(r" *([0-9]{1,3}(?:\.[0-9]{1,4})?) *", folded.text)
    if not bare:
        return None
    number = Decimal(bare[1])
    percent = number * 100 if number < 1 else number * 10 if number < 10 else number
    rate = _rate(percent) if 0 < percent <= 100 else None
    start, end = folded.span(*bare.span(1))
    return (
        Found(start, end, text[start:end], rate)
        if rate
        else Unsure(start, end, text[start:end], _ASK_FOLD.format(bare[1]))
    )


def read_percent(text: str) -> Rate | None:
    """The share in an answer to a question for one: 60 counts as 60%."""
    hits = find_percent(text)
    if len(hits) == 1:
        return hits[0]
    folded = prepare(text)
    bare = re.fullmatch(r" *([0-9]{1,3}(?:\.[0-9]{1,2})?)[ 。.]*", folded.text)
    if not bare:
        return None
    start, end = folded.span(*bare.span(1))
    return Found(start, end, text[start:end], Percent.of(Decimal(bare[1])))


_COUNT: Final = re.compile(
    rf"(?<![0-9a-z.,-])(?P<count>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{1,9}}|[{DIGITS}{TENS}零〇万]{{1,9}})(?P<k>k|千|万|w)? ?"
    r"(?P<unit>台套|[台套件只条个匹吨箱盒组张把支米])(?![月多])"
)


def find_counts(text: str) -> list[Found[int]]:
    """How many of something: 20台, 三十套, 3k台 (only here k is a thousand)."""
    folded, hits = prepare(text), []
    for match in _COUNT.finditer(folded.text):
        number = _whole(match["count"], match["k"])
        if number is not None:
            start, end = folded.span(*match.span())
            hits.append(Found(start, end, text[start:end], number))
    return hits


def _whole(digits: str, thousands: str | None) -> int | None:
    number = read_number(digits)
    if number is None:
        return None
    number *= {"k": 1000, "千": 1000, "万": 10_000, "w": 10_000}.get(thousands or "", 1)
    return int(number) if number == int(number) else None


def read_count(text: str) -> Found[int] | None:
    """The number in an answer to a question for a quantity: 20, 20台, 3k, 两百."""
    hits = find_counts(text)
    if len(hits) == 1:
        return hits[0]
    folded = prepare(text)
    bare = re.fullmatch(
        rf" *([0-9][0-9,]{{0,12}}(?:\.[0-9]{{1,3}})?|[{DIGITS}{TENS}零〇万]{{1,9}}) ?(k|千|万|w)?[ 。.]*", folded.text
    )
    number = _whole(bare[1], bare[2]) if bare else None
    if bare is None or number is None:
        return None
    start, end = folded.span(bare.start(1), bare.end(2) if bare[2] else bare.end(1))
    return Found(start, end, text[start:end], number)
