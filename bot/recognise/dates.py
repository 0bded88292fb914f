"""Dates wherever they stand in a sentence, as deadlines: looking ahead, on the working calendar, asked where they are open.

A month or week without a day is its last day, marked. What has passed, does not exist, is a range or has two readings is
asked with what was understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Final

from bot.calendar import WorkCalendar
from bot.recognise import date_absolute, date_english, date_festivals, date_relative
from bot.recognise.date_words import ASK_DAY, ASK_RANGE, EXAMPLE, HEAD, TAIL, WHOLE, Days, Rule, Scene, number
from bot.recognise.found import MOST, Found, Unsure
from bot.text import Folded, certainly, prepare

Day = Found[date] | Unsure

_RULES: Final = date_absolute.RULES + date_relative.RULES + date_festivals.RULES + date_english.RULES
_ASK_PAST: Final = "「{{}}」{}已经过去，请写今天或以后的日期，" + EXAMPLE + "。"
_MANY: Final = 8 * MOST
"""Of one rule, where a text is nothing but dates: of all that is found the first ``MOST`` are read."""
_ABOUT: Final = "按约定的大概日期记"
_BEFORE: Final = "按前一天记"
_JOINED: Final = re.compile(r" ?(?:-{1,2}|~{1,2}|到|至|或者?|还是|、|和|与|/|,|，)? ?")
_RIGHT_OPEN: Final = re.compile(
    r" ?(?:或者?|到|至|~|、|还是) ?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[号日]|$|[^\w])"
)
_LEFT_OPEN: Final = re.compile(r"(?:[月号日周底末初]|周[一二三四五六日]|[0-9]) ?(?:或者?|到|至|-|~|还是) ?$")


def find_dates(text: str, today: date, calendar: WorkCalendar) -> list[Day]:
    """Every date in ``text``, in order; ``today`` is the day in the organisation's zone."""
    folded = prepare(text)
    scene = Scene(today, calendar)
    return [_answer(folded, hit, scene) for hit in _joined(folded.text, _chosen(folded.text, scene))]


@dataclass(frozen=True, slots=True)
class _Hit:
    """``start`` and ``end`` are the core's place; ``head`` and ``tail`` what belongs to it around."""

    start: int
    end: int
    meaning: Days | str
    head: re.Match[str]
    tail: re.Match[str]

    @property
    def first(self) -> int:
        return self.start - len(self.head[0])

    @property
    def last(self) -> int:
        return self.tail.end()


def _chosen(text: str, scene: Scene) -> list[_Hit]:
    """What the rules find, without overlaps: the earlier first, of those the longer."""
    letters = set(text)
    found = [hit for rule in _RULES for hit in islice(_matches(rule, text, letters, scene), _MANY)]
    known = [(start, end) for start, end, _ in found]
    for start, end, meaning in _matches(date_relative.UNKNOWN, text, letters, scene):
        if not any(first < end and start < last for first, last in known):
            found.append((start, end, meaning))
    hits: list[_Hit] = []
    for start, end, meaning in sorted(found, key=lambda hit: (hit[0], -hit[1])):
        if not hits or start >= hits[-1].last:
            hits.append(_hit(text, (start, end), meaning, hits[-1].last if hits else 0))
            if len(hits) == MOST:
                break
    return hits


def _matches(rule: Rule, text: str, letters: set[str], scene: Scene) -> Iterator[tuple[int, int, Days | str]]:
    if rule.needs and letters.isdisjoint(rule.needs):
        return
    for match in rule.pattern.finditer(text):
        try:
            meaning = rule.read(match, scene)
        except ValueError:  # digits that are no number (二三十天后), a year the calendar does not have
            continue
        if meaning is not None:
            yield match.start(), match.end(), meaning


def _hit(text: str, core: tuple[int, int], meaning: Days | str, reached: int) -> _Hit:
    start, end = core
    head = certainly(HEAD.search(text[max(reached, start - 24) : start]))
    return _Hit(start, end, meaning, head, certainly(TAIL.match(text, end)))


def _joined(text: str, hits: list[_Hit]) -> Iterator[_Hit]:
    """Two dates with 到, 或 or a dash between them are one question."""
    place = 0
    while place < len(hits):
        hit = hits[place]
        place += 1
        while place < len(hits) and _together(text, hit, hits[place]):
            hit = replace(hit, end=hits[place].end, tail=hits[place].tail, meaning=ASK_RANGE)
            place += 1
        right = _RIGHT_OPEN.match(text, hit.last)  # 5月20或21
        if right:
            tail = certainly(TAIL.match(text, right.end() - (right[0][-1] not in "号日" and right.end() < len(text))))
            hit = replace(hit, meaning=ASK_RANGE, tail=tail)
        yield replace(hit, meaning=ASK_RANGE) if _LEFT_OPEN.search(text[max(0, hit.first - 6) : hit.start]) else hit


def _together(text: str, one: _Hit, other: _Hit) -> bool:
    between = text[one.last : other.start]
    return between != " " and _JOINED.fullmatch(between) is not None


def _answer(folded: Folded, hit: _Hit, scene: Scene) -> Day:
    start, end = folded.span(hit.first, hit.last)
    text = folded.original[start:end].strip()
    meaning = hit.meaning if isinstance(hit.meaning, str) else _deadline(hit, hit.meaning, scene)
    if isinstance(meaning, Days) and meaning.last < scene.today:
        meaning = _ASK_PAST.format("" if str(meaning.last) in text else f"（{meaning.last}）")
    if isinstance(meaning, str):
        return Unsure(start, end, text, meaning.format(text))
    return Found(start, end, text, meaning.last, not meaning.note, meaning.note)


def _deadline(hit: _Hit, days: Days, scene: Scene) -> Days | str:
    """What the words around a date make of it."""
    tail = hit.tail
    if tail["after"] or hit.head["limit"]:
        return ASK_DAY
    if tail["weekday"] and "一二三四五六日天".index(tail["weekday"]) % 7 != days.last.weekday():
        return f"「{{}}」对不上：{days.last} 是周{'一二三四五六日'[days.last.weekday()]}，请核对后再写。"
    if tail["nth"]:
        return _nth(tail, days, scene)
    if tail["before"] and days.first != days.last:
        return Days(days.first - timedelta(days=1), days.first - timedelta(days=1), _BEFORE)
    if tail["within"] and days.note == WHOLE:
        return Days(days.first, days.last)
    if tail["about"] or hit.head["about"]:
        return Days(days.first, days.last, days.note or _ABOUT)
    return days


def _nth(tail: re.Match[str], days: Days, scene: Scene) -> Days | str:
    """下周第一个工作日, 月底最后一个工作日, 本月最后一天."""
    if tail["final"] and tail["what"] in ("工作日", "天"):
        day = scene.calendar.previous_workday(days.last) if tail["what"] == "工作日" else days.last
    elif tail["what"] not in ("工作日", "天"):
        return ASK_DAY
    else:
        count = 1 if tail["head"] else number(tail["number"])
        before = days.first - timedelta(days=1)
        day = scene.calendar.add_workdays(before, count) if tail["what"] == "工作日" else before + timedelta(days=count)
    return Days(day, day) if days.first <= day <= days.last or days.first == days.last else ASK_DAY


_BARE_DAY: Final = re.compile(r"([0-9]{1,2}|[一二三四五六七八九十廿]{1,3})")
_BARE_MONTH_DAY: Final = re.compile(r"([0-9]{2})([0-9]{2})|([0-9]{1,2})\.([0-9]{1,2})")
_BARE_YEAR: Final = re.compile(r"(?:今|明|后)年|20[0-9]{2}年?")
_VAGUE: Final = re.compile(date_relative.VAGUE)
_BARE_VAGUE: Final = re.compile(rf"{date_relative.VAGUE}.{{0,8}}|.{{0,4}}{date_relative.VAGUE}.{{0,4}}")


def is_vague_date(word: str) -> bool:
    """Whether a word by itself says when, and nothing certain: 尽快, 待定, 近期."""
    return _VAGUE.fullmatch(prepare(word).text.strip()) is not None


def read_date(text: str, today: date, calendar: WorkCalendar) -> Day | None:
    """The date in an answer to a question for one: 0630 and a bare day are understood too. None when there is none."""
    hits = find_dates(text, today, calendar)
    if len(hits) > 1:
        stretch = text[hits[0].start : hits[-1].end]
        return Unsure(hits[0].start, hits[-1].end, stretch, ASK_RANGE.format(stretch))
    if hits:
        return hits[0]
    words = prepare(text).text.strip(" 。.!吧")
    four = _BARE_MONTH_DAY.fullmatch(words)
    month, day = (int(part) for part in four.groups() if part) if four else (0, 0)
    meaning = date_absolute.dated(None, month, day, Scene(today, calendar)) if four else None
    if isinstance(meaning, Days) and meaning.last >= today:
        return Found(0, len(text), text, meaning.last, False, f"按 {meaning.last:%m} 月 {meaning.last:%d} 日记")
    if four or any(form.fullmatch(words) for form in (_BARE_DAY, _BARE_YEAR, _BARE_VAGUE)):
        return Unsure(0, len(text), text, ASK_DAY.format(text.strip()))
    return None
