"""Dates in English: tomorrow, next Friday, in 3 days, Dec 5, end of month."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.recognise.date_absolute import dated
from bot.recognise.date_relative import months_later, next_weekday
from bot.recognise.date_words import WHOLE, Days, Meaning, Scene, month_end, months_on, one, rule, week_of

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH: Final = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAYS: Final = "mon tue wed thu fri sat sun"
_BEGIN: Final = r"(?<![0-9a-z])(?:(?:by|before|on|until|due) (?:the )?)?"
_END: Final = r"(?:,? (?:at )?[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm))?(?![0-9a-z])"
_YEAR: Final = r"(?:,? (?P<year>20[0-9]{2}))?"


def _word(found: re.Match[str], scene: Scene) -> Meaning:
    days = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}[found["word"]]
    return one(scene.today + timedelta(days=days))


def _weekday(found: re.Match[str], scene: Scene) -> Meaning:
    place = _WEEKDAYS.split().index(found["day"][:3])
    if found["week"]:
        return one(week_of(scene.today) + timedelta(weeks=found["week"] == "next", days=place))
    return next_weekday(scene.today, place)


def _distance(found: re.Match[str], scene: Scene) -> Meaning:
    count, unit = int(found["count"]), found["unit"]
    if unit in ("working day", "business day"):
        return one(scene.calendar.add_workdays(scene.today, count))
    if unit == "month":
        return one(months_later(scene.today, count))
    return one(scene.today + timedelta(days=count * (7 if unit == "week" else 1)))


def _day(found: re.Match[str], scene: Scene) -> Meaning:
    month = _MONTHS.split().index(found["month"][:3]) + 1
    return dated(int(found["year"]) if found["year"] else None, month, int(found["day"]), scene)


def _period(found: re.Match[str], scene: Scene) -> Meaning:
    """End of month, next month: the last day, marked when only the period is named."""
    today, later, unit = scene.today, int((found["which"] or "").startswith("next")), found["unit"]
    if unit == "week":
        last = week_of(today) + timedelta(weeks=later, days=6)
    elif unit == "month":
        last = month_end(*months_on(today.year, today.month, later))
    elif unit == "quarter":
        last = month_end(*months_on(today.year, (today.month + 2) // 3 * 3, later * 3))
    else:
        last = date(today.year + later, 12, 31)
    if not found["end"] and not found["which"]:
        return None
    return Days(last, last, "" if found["end"] else WHOLE)


RULES: Final = (
    rule("t", rf"{_BEGIN}(?P<word>day after tomorrow|today|tonight|tomorrow){_END}", _word),
    rule("y", rf"{_BEGIN}(?:(?P<week>this|next) )?(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day){_END}", _weekday),
    rule(
        "n",
        rf"{_BEGIN}(?:in|within) (?P<count>[0-9]{{1,3}}) (?P<unit>(?:working |business )?day|week|month)s?{_END}",
        _distance,
    ),
    rule("aeou", rf"{_BEGIN}{_MONTH} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR}{_END}", _day),
    rule("aeou", rf"{_BEGIN}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}{_YEAR}{_END}", _day),
    rule(
        "hek",
        rf"{_BEGIN}(?P<end>end of )?(?:the )?(?P<which>this |next )?(?P<unit>week|month|quarter|year){_END}",
        _period,
    ),
)
