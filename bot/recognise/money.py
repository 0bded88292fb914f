"""Amounts of money wherever they stand in a sentence.

A number is money by its unit (万 w 亿 千 元 块 ¥) or its label (金额 120万); a long round number alone is taken as 元 and
marked. Ranges, bounds and vague words are asked. Model names, floors, years, phones, ids and counts never are money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final, Literal, Self

from bot.recognise import money_words as words
from bot.recognise.found import MOST, Found, Unsure
from bot.recognise.money_runs import Run, runs_of
from bot.recognise.numerals import read_number
from bot.text import Folded, certainly, prepare
from bot.values import Money

Amount = Found[Money] | Unsure

LARGEST: Final = Decimal(100_000_000_000)
"""1,000 亿元: beyond that somebody slipped."""
SURE_FROM: Final = 10_000
"""A bare number from here on is 元; below it may just as well be 万元."""

_ASK_VAGUE: Final = "「{}」不是确定的金额，请写成一个数字，例如 35万。"
_ASK_RANGE: Final = "「{}」是一个范围，请写一个确定的金额，例如 120万。"
_ASK_SEVERAL: Final = "「{}」写了不止一个金额，请只写总金额，例如 120万。"
_ASK_LIMIT: Final = "「{}」只说了上限或下限，请写一个确定的金额，例如 50万。"
_ASK_FOREIGN: Final = "「{}」是外币，这里只记人民币，请换算成人民币后再写，例如 120万。"
_ASK_UNREADABLE: Final = "没有看懂金额「{}」，请写成一个数字，例如 120万。"
_ASK_NEGATIVE: Final = "金额「{}」要大于 0，请重新写，例如 120万。"
_ASK_LARGE: Final = "金额「{}」太大，请核对后再写，例如 120万。"
_ASK_FRACTION: Final = "金额「{}」不足一分的部分无法记录，请写到分为止。"
_ASK_UNIT_PRICE: Final = "「{}」看起来是单价，请写总金额，例如 120万。"
_ASK_BARE: Final = "「{}」是金额吗？是的话请带上单位，例如 120万。"


def find_money(text: str) -> list[Amount]:
    """Every amount in ``text``, in order. Unit prices are asked about only where no amount is found."""
    folded = prepare(text)
    hits = [_answer(folded, reading) for reading in islice(_readings(folded.text), MOST)]
    if any(isinstance(hit, Found) for hit in hits):
        return [hit for hit in hits if isinstance(hit, Found) or "单价" not in hit.question]
    return hits or _lone(folded)


def _lone(folded: Folded) -> list[Amount]:
    """空调改造 120 6月底: where nothing else is an amount, the one number that stands by itself is asked about."""
    numbers = list(islice(words.LONE.finditer(folded.text), 2))
    if len(numbers) != 1:
        return []
    number = read_number(numbers[0][0])
    return [] if number is None else [_answer(folded, _Reading(*numbers[0].span(), ask=_ask_unit(number)))]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A stretch of folded text that means an amount: its number of 元, or why it is asked."""

    start: int
    end: int
    yuan: Decimal = Decimal(0)
    ask: str = ""
    note: str = ""


def _answer(folded: Folded, reading: _Reading) -> Amount:
    start, end = folded.span(reading.start, reading.end)
    text = folded.original[start:end]
    ask = reading.ask or _fault(reading.yuan)
    if ask:
        return Unsure(start, end, text, ask.format(text.strip()))
    money = Money.of_yuan(reading.yuan)
    return Found(start, end, text, money, not reading.note, reading.note)


def _fault(yuan: Decimal) -> str:
    if yuan <= 0:
        return _ASK_NEGATIVE
    if yuan > LARGEST:
        return _ASK_LARGE
    return _ASK_FRACTION if yuan * 100 != int(yuan * 100) else ""


def _readings(text: str) -> Iterator[_Reading]:
    marked = words.MARK.search(text) is not None
    runs = list(runs_of(text))
    used, reached = -1, 0
    for place, run in enumerate(runs):
        if place <= used:
            continue
        reading = _several(text, run, runs[place + 1]) if place + 1 < len(runs) else None
        if reading:
            used = place + 1
        elif marked or run.notable or words.CURRENCY.match(text, run.end):
            reading = _judge(_Place.around(text, run, reached))
        if reading:
            reached = reading.end
            yield reading


def _several(text: str, one: Run, other: Run) -> _Reading | None:
    """120-150万, 100万到150万, 80万+40万: the second must be money, the first free on its left."""
    joint = words.JOINED.fullmatch(text, one.end, other.start)
    if not joint or _left_of(text, one.start) == "stuck":
        return None
    second = _judge(_Place.around(text, other), joined=True)
    if not second:
        return None
    return _Reading(one.start, second.end, ask=_ASK_RANGE if joint["range"] else _ASK_SEVERAL)


@dataclass(frozen=True, slots=True)
class _Place:
    """A number and what stands around it."""

    text: str
    run: Run
    before: re.Match[str]
    after: re.Match[str]
    currency: bool
    cents: Decimal

    @classmethod
    def around(cls, text: str, run: Run, reached: int = 0) -> Self:
        """``reached``: where the words before this number may begin."""
        before = certainly(words.BEFORE.search(text[max(reached, run.start - 24) : run.start]))
        currency = words.CURRENCY.match(text, run.end)
        coins = words.CENTS.match(text, currency.end()) if currency else None
        end = coins.end() if coins else currency.end() if currency else run.end
        after = certainly(words.AFTER.match(text, end))
        return cls(text, run, before, after, currency is not None, _cents(coins))

    @property
    def start(self) -> int:
        return self.run.start - len(self.before[0])

    @property
    def marked(self) -> bool:
        """Something besides the number says that it is money."""
        return self.currency or self.before["sign"] is not None

    @property
    def labelled(self) -> bool:
        return self.before["label"] is not None

    def follows(self, *patterns: re.Pattern[str]) -> bool:
        """Whether one of them stands right behind the number."""
        return any(pattern.match(self.text, self.run.end) for pattern in patterns)

    def preceded(self, pattern: re.Pattern[str]) -> bool:
        return pattern.search(self.text[max(0, self.run.start - 12) : self.run.start]) is not None

    @property
    def ends_word(self) -> bool:
        return bool(self.after[0]) or self.follows(words.BOUNDARY, words.HELPER, words.STARTS_DATE)

    def reading(self, ask: str = "", note: str = "") -> _Reading:
        yuan = self.run.number + self.cents if self.run.number is not None else Decimal(0)
        return _Reading(self.start, self.after.end(), yuan, ask, note)


def _cents(coins: re.Match[str] | None) -> Decimal:
    if not coins:
        return Decimal(0)
    tenth = read_number(coins[1] or coins[3]) or Decimal(0)
    hundredth = read_number(coins[2]) if coins[2] else None
    return tenth / 10 + (hundredth or Decimal(0)) / 100


def _left_of(text: str, start: int) -> Literal["", "stuck", "broken", "negative"]:
    """What stands right before a number: part of a model or code, of another number, a minus, or nothing of the kind."""
    before, last = text[max(0, start - 2) : max(0, start - 1)], text[max(0, start - 1) : start]
    if last == "负" or (last == "-" and (not before or before in " :(\n")):
        return "negative"
    if last in tuple("abcdefghijklmnopqrstuvwxyz") or (last in ("-", "_") and before.isascii() and before.isalnum()):
        return "stuck"
    if last in (".", ",", "/") and (before.isdigit() or (last == "." and not before.isalpha())):
        return "broken"
    return ""


def _judge(place: _Place, *, joined: bool = False) -> _Reading | None:
    """What the number means where it stands; None when it is no money. ``joined``: what stands before it is a range."""
    run = place.run
    if not (run.large or place.marked or run.thousands):
        return _bare(place)
    if not place.marked and not _stands_for_money(place):
        return None
    left = "" if joined or place.before["sign"] else _left_of(place.text, run.start)
    if left:
        return place.reading(_ASK_NEGATIVE if left == "negative" else _ASK_BARE if left == "stuck" else _ASK_UNREADABLE)
    return place.reading(_doubt(place), note="按约数记" if place.before["about"] or place.after["about"] else "")


def _stands_for_money(place: _Place) -> bool:
    """A number with a large unit, but neither 元 nor ¥: not 5万台, not the 三万 of a name, not 千万别."""
    run = place.run
    if place.follows(words.COUNTED) or place.preceded(words.OTHER_LABEL):
        return False
    if run.headless and not run.vague:
        return place.labelled or bool(place.after[0]) or place.preceded(words.UP_TO)
    if not run.large or (run.chinese and not run.spelled_out):
        return place.ends_word or place.labelled
    return True


def _doubt(place: _Place) -> str:
    """The question about something that is money; empty when it is clear."""
    run, end = place.run, place.after.start()
    if place.preceded(words.FOREIGN_BEFORE) or words.FOREIGN.match(place.text, end):
        return _ASK_FOREIGN
    if run.vague or run.headless:
        return _ASK_VAGUE
    if place.before["limit"] or place.after["limit"]:
        return _ASK_LIMIT
    if words.UNIT_PRICE.match(place.text, end) or place.preceded(words.UNIT_PRICE_BEFORE):
        return _ASK_UNIT_PRICE
    if run.number is None:
        return _ASK_UNREADABLE
    if not place.marked and place.follows(words.NAME_AFTER_WAN):
        return _ASK_BARE
    spaced = " " in place.text[run.start : run.end] and not place.ends_word and not place.marked
    return _ASK_BARE if spaced else ""


def _bare(place: _Place) -> _Reading | None:
    """A number without any unit: money by its label, or because it is long and round."""
    run = place.run
    if (
        _left_of(place.text, run.start)
        or place.follows(words.COUNTED, words.NEXT_LETTER)
        or place.preceded(words.OTHER_LABEL)
    ):
        return None
    if run.vague:
        return place.reading(_ASK_VAGUE) if words.MANY.search(run.text) and place.ends_word else None
    if run.number is None or not place.ends_word:
        return None
    if place.labelled:
        return place.reading(_ask_unit(run.number) if run.number < SURE_FROM else _doubt(place))
    if run.chinese or words.NO_AMOUNT.fullmatch(run.text) or (run.number < SURE_FROM and "," not in run.text):
        return None
    if words.SHORT_DATE.fullmatch(run.text) or (run.number % 100 and not set(run.text) & set(",.")):
        return place.reading(_ASK_BARE)
    return place.reading(_doubt(place), note="" if words.PRINTED.search(run.text) else "没有写单位，按元记")


def _ask_unit(number: Decimal) -> str:
    return f"「{{}}」是 {number:f} 元还是 {number:f} 万元？请带上单位，例如 {number:f}万。"


def read_money(text: str) -> Amount | None:
    """The amount in an answer to a question for one: here a bare number counts too. None when there is none."""
    hits = find_money(text)
    if len(hits) > 1:
        return Unsure(
            hits[0].start, hits[-1].end, text[hits[0].start : hits[-1].end], _ASK_SEVERAL.format(text.strip()[:40])
        )
    if hits:
        return hits[0]
    folded = prepare(text)
    bare = words.ANSWER.fullmatch(folded.text) if len(folded.text) <= 40 else None
    if not bare:
        return None
    start, end = folded.span(*bare.span(1))
    number = read_number(bare[1].replace(" ", ""))
    if number is None or bare[2]:
        return Unsure(start, end, text[start:end], _ASK_UNREADABLE.format(text.strip()))
    if number < SURE_FROM:
        return Unsure(start, end, text[start:end], _ask_unit(number).format(text.strip()))
    return _answer(folded, _Reading(*bare.span(1), number))
