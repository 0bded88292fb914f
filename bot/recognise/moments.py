"""Instants wherever they stand in a sentence: 明天下午3点, 周五上午10点半, 15:30, 下班前, 2小时后. A date with a time of day.

Looking ahead like dates; a time that has passed today, or may be in the morning or in the afternoon, is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.calendar import WorkCalendar
from bot.recognise import clock_times
from bot.recognise.clock_times import Clocked
from bot.recognise.dates import find_dates, read_date
from bot.recognise.found import MOST, Found, Unsure
from bot.recognise.numerals import read_number
from bot.text import Folded, prepare

Instant = Found[datetime] | Unsure

_ASK_PAST: Final = "「{}」（{:%Y-%m-%d %H:%M}）已经过去，请写以后的时间，例如 明天上午9点。"
_ASK_SEVERAL: Final = "「{}」是一段时间或几个时间，请只写一个，例如 明天上午9点。"
_BETWEEN: Final = re.compile(r" ?(?:的|,|，|\((?:周|星期|礼拜)[一二三四五六日天]\))? ?")
_JOINED: Final = re.compile(r" ?(?:-{1,2}|~{1,2}|到|至|或者?|还是|、|和) ?")
_BEHIND: Final = re.compile(r" ?(?:之前|以前|前(?![台端面后])|左右)?")
_LATER: Final = re.compile(
    r"(?<![0-9.第])(?P<count>[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半) ?个?(?P<half>半)?(?P<unit>小时|钟头|分钟|刻钟)"
    r"(?:之后|以后|后|之内|以内|内)"
)
LONGEST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Hit:
    """Places in the original text; ``day`` is None where only a time is said."""

    start: int
    end: int
    clocked: Clocked | None
    day: Found[date] | Unsure | None
    later: timedelta | None = None


def find_moments(text: str, now: datetime, calendar: WorkCalendar, *, by_day: bool = False) -> list[Instant]:
    """Every instant in ``text``, in order, in the calendar's zone. ``by_day``: a date alone means the end of its work."""
    folded = prepare(text)
    today = now.astimezone(calendar.zone).date()
    hits = _apart(_hits(folded, find_dates(text, today, calendar)))
    found: list[Instant] = []
    for at, hit in enumerate(hits[:MOST]):
        if at and _together(folded, hits[at - 1], hit):
            stretch = text[found[-1].start : hit.end] if found else text[hits[at - 1].start : hit.end]
            start = found.pop().start if found else hits[at - 1].start
            found.append(Unsure(start, hit.end, stretch, _ASK_SEVERAL.format(stretch)))
        elif hit.clocked is not None or hit.later is not None or by_day:
            found.append(_instant(text, hit, now, calendar))
    return found


def _apart(hits: Iterable[_Hit]) -> list[_Hit]:
    """In order, without overlaps: the earlier first, of those the longer."""
    apart: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not apart or hit.start >= apart[-1].end:
            apart.append(hit)
    return apart


def _together(folded: Folded, one: _Hit, other: _Hit) -> bool:
    """下午3点到5点: the second belongs to the first."""
    timed = one.clocked is not None and other.clocked is not None
    return timed and _JOINED.fullmatch(folded.original[one.end : other.start]) is not None


def _hits(folded: Folded, days: list[Found[date] | Unsure]) -> Iterator[_Hit]:
    """Each time of day with the date it stands in or beside; dates without one."""
    left = list(days)
    for later in _LATER.finditer(folded.text):
        start, end = folded.span(*later.span())
        left = [day for day in left if day.end <= start or end <= day.start]
        if (distance := _distance(later)) is not None:
            yield _Hit(start, end, None, None, distance)
    for clocked in clock_times.times_of(folded.text):
        behind = _BEHIND.match(folded.text, clocked.end)
        start, end = folded.span(clocked.start, behind.end() if behind and behind[0].strip() else clocked.end)
        day = next((day for day in left if _belongs(folded.original, day, start, end)), None)
        if day is None:
            yield _Hit(start, end, clocked, None)
        else:
            left.remove(day)
            yield _Hit(min(start, day.start), max(end, day.end), clocked, day)
    for day in left:
        yield _Hit(day.start, day.end, None, day)


def _belongs(text: str, day: Found[date] | Unsure, start: int, end: int) -> bool:
    """Whether a time stands within a date's words, right behind them, or right before (下午3点，明天 does not)."""
    return day.start <= start < day.end or (day.end <= start and _BETWEEN.fullmatch(text[day.end : start]) is not None)


def _distance(found: re.Match[str]) -> timedelta | None:
    minutes = {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}[found["unit"]]
    if found["count"] == "半":
        return timedelta(minutes=30) if minutes == 60 and not found["half"] else None
    count = read_number(found["count"])
    if count is None or (found["half"] and minutes != 60):
        return None
    distance = timedelta(minutes=int(count) * minutes + (30 if found["half"] else 0))
    return distance if timedelta() < distance <= LONGEST else None


def _instant(text: str, hit: _Hit, now: datetime, calendar: WorkCalendar) -> Instant:
    words = text[hit.start : hit.end].strip()
    if hit.later is not None:
        moment = (now + hit.later).astimezone(calendar.zone).replace(second=0, microsecond=0)
        return Found(hit.start, hit.end, text[hit.start : hit.end], moment)
    if isinstance(hit.day, Unsure):
        return Unsure(hit.start, hit.end, words, hit.day.question)
    if hit.clocked is not None and hit.clocked.ask:
        return Unsure(hit.start, hit.end, words, hit.clocked.ask.format(words))
    day = hit.day.value if hit.day else now.astimezone(calendar.zone).date()
    moment = _on(day, hit.clocked, calendar)
    if moment <= now:
        return Unsure(hit.start, hit.end, words, _ASK_PAST.format(words, moment))
    certain, note = (hit.day.certain, hit.day.note) if hit.day else (True, "")
    return Found(hit.start, hit.end, text[hit.start : hit.end], moment, certain, note)


def _on(day: date, clocked: Clocked | None, calendar: WorkCalendar) -> datetime:
    if clocked is None or clocked.edge == "closes":
        return calendar.closes(day)
    if clocked.at is None:
        return calendar.opens(day)
    return datetime.combine(day, clocked.at, calendar.zone)


def read_moment(text: str, now: datetime, calendar: WorkCalendar, *, by_day: bool = False) -> Instant | None:
    """The instant in an answer to a question for one. A date without a time of day is asked, unless ``by_day``."""
    hits = find_moments(text, now, calendar, by_day=by_day)
    if len(hits) > 1:
        stretch = text[hits[0].start : hits[-1].end]
        return Unsure(hits[0].start, hits[-1].end, stretch, _ASK_SEVERAL.format(stretch))
    if hits:
        return hits[0]
    day = read_date(text, now.astimezone(calendar.zone).date(), calendar)
    if isinstance(day, Found):
        if by_day:
            return _instant(text, _Hit(day.start, day.end, None, day), now, calendar)
        return Unsure(day.start, day.end, day.text, clock_times.ASK_HOUR.format(day.text.strip()))
    return day
