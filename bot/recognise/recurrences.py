"""What is to happen again and again: 每周五下午3点, 每月最后一个工作日, 每天早上9点, 每个工作日, 每月15号和30号.

Without a time it is the beginning of work, marked. What is not offered (每两周, 每季度) or says no day is asked.
"""

from __future__ import annotations

import re
from typing import Final

from bot.calendar import WorkCalendar, parse_hours
from bot.recognise import clock_times
from bot.recognise.clock_times import Clocked
from bot.recognise.date_words import DAY, number
from bot.recognise.found import MOST, Found, Unsure
from bot.recurrence import LAST, Every, Recurrence
from bot.text import prepare

Repeated = Found[Recurrence] | Unsure

_WEEK: Final = "(?:周|星期|礼拜)"
_WEEKDAYS: Final = "一二三四五六日"
_DAYS_OF_WEEK: Final = rf"(?P<days>[一二三四五六日天](?:(?:[、,和及与]{_WEEK}?)?[一二三四五六日天])*)"
_DAYS_OF_MONTH: Final = rf"(?P<dates>{DAY}(?: ?[号日])?(?: ?[、,和及与] ?{DAY}(?: ?[号日])?)*)(?<=[号日])"
_STANDS: Final = (
    r"(?=$|[^\w]|[0-9早晚上下中凌傍清正的都]|[一二三四五六七八九十两零]{1,3}点|提醒|发|汇报|上报|检查|跟进)"
)
"""每日商报 is a newspaper."""
_RULE: Final = re.compile(
    rf"(?P<other>(?:每隔?|隔)(?:[两二三四五六2-6]|一)?个?(?:季度?|年|半年|双周|小时|分钟|旬)|每隔?[两二三四五六2-6]个?(?:{_WEEK}|月|天|日)|隔[周天日月]|每半[年月])"
    rf"|(?P<workday>每个?工作日(?:的?每天)?|工作日每[天日]|每[天日]\(?工作日\)?|(?:周一至周五|周一到周五)每[天日])"
    rf"|每个?{_WEEK}(?P<first>[一二三四五六日天]) ?(?:到|至|-|~) ?{_WEEK}?(?P<last>[一二三四五六日天])(?! ?[点时])"
    rf"|每个?{_WEEK}{_DAYS_OF_WEEK}"
    rf"|(?P<weekend>每个?周末)|(?P<week>每个?{_WEEK}{_STANDS})"
    rf"|每个?月的?(?:(?P<month_end>最后一[天日]|月?底|月?末)|(?P<nth>最后一?个?|第?[一二三四五六七八九十0-9]{{1,2}}个?|首个?)工作日|{_DAYS_OF_MONTH}|(?P<month>))"
    rf"|(?P<daily>每[天日晚早]{_STANDS})"
)
ASK_KIND: Final = "「{}」这样的重复暂不支持，请写成每天、每个工作日、每周几或每月几号，例如 每周五下午3点。"
ASK_WEEKDAY: Final = "「{}」没有说到周几，请写清楚，例如 每周五下午3点。"
ASK_DAY_OF_MONTH: Final = "「{}」没有说到几号，请写清楚，例如 每月25号上午9点。"
NO_TIME: Final = "没有写几点，按上班时间记"
_BETWEEN: Final = re.compile(r" ?(?:的|,|，)? ?")


def find_recurrences(text: str, calendar: WorkCalendar) -> list[Repeated]:
    """Every recurrence in ``text``, in order."""
    folded = prepare(text)
    times = list(clock_times.times_of(folded.text))
    found: list[Repeated] = []
    for rule in list(_RULE.finditer(folded.text))[:MOST]:
        at = next((t for t in times if _beside(folded.text, rule, t)), None)
        start, end = folded.span(rule.start(), max(rule.end(), at.end) if at else rule.end())
        words = folded.original[start:end]
        meant = _meant(rule, at, calendar)
        if isinstance(meant, str):
            found.append(Unsure(start, end, words, meant.format(words)))
        else:
            found.append(Found(start, end, words, meant, at is not None, "" if at else NO_TIME))
    return found


def _beside(text: str, rule: re.Match[str], at: Clocked) -> bool:
    """每天早上9点, 每晚8点 (whose 晚 says which 8), 每周五 15:00."""
    return rule.start() < at.start <= rule.end() or (
        rule.end() <= at.start and _BETWEEN.fullmatch(text, rule.end(), at.start) is not None
    )


def _meant(rule: re.Match[str], at: Clocked | None, calendar: WorkCalendar) -> Recurrence | str:
    if at is not None and at.ask:
        return at.ask
    when = _when(rule)
    if isinstance(when, str):
        return when
    if at is None and rule[0].endswith("晚"):
        return clock_times.ASK_HOUR
    opens, closes = parse_hours(calendar.hours)
    clock = opens if at is None else at.at or (closes if at.edge == "closes" else opens)
    return Recurrence(when[0], clock, when[1])


def _when(rule: re.Match[str]) -> tuple[Every, tuple[int, ...]] | str:
    """Which days; or the question."""
    if rule["other"]:
        return ASK_KIND
    if rule["workday"]:
        return Every.WORKDAY, ()
    if rule["daily"]:
        return Every.DAY, ()
    if rule["first"]:
        first, last = _weekday(rule["first"]), _weekday(rule["last"])
        return (Every.WEEK, tuple(range(first, last + 1))) if first < last else ASK_WEEKDAY
    if rule["days"]:
        return Every.WEEK, tuple(sorted({_weekday(day) for day in re.findall("[一二三四五六日天]", rule["days"])}))
    if rule["weekend"] or rule["week"]:
        return ASK_WEEKDAY
    return _of_month(rule)


def _of_month(rule: re.Match[str]) -> tuple[Every, tuple[int, ...]] | str:
    if rule["month_end"]:
        return Every.MONTH, (LAST,)
    if nth := rule["nth"]:
        if nth.startswith("最"):
            return Every.MONTH_WORKDAY, (LAST,)
        place = 1 if nth.startswith("首") else number(nth.strip("第个"))
        return (Every.MONTH_WORKDAY, (place,)) if 1 <= place <= 23 else ASK_DAY_OF_MONTH
    if dates := rule["dates"]:
        days = {number(day.strip(" 号日")) for day in re.split("[、,和及与]", dates)}
        return (Every.MONTH, tuple(sorted(days))) if all(1 <= day <= 31 for day in days) else ASK_DAY_OF_MONTH
    return ASK_DAY_OF_MONTH


def _weekday(word: str) -> int:
    return _WEEKDAYS.index(word.replace("天", "日"))


def read_recurrence(text: str, calendar: WorkCalendar) -> Repeated | None:
    """The recurrence in an answer to a question for one; None when there is none."""
    hits = find_recurrences(text, calendar)
    if len(hits) > 1:
        stretch = text[hits[0].start : hits[-1].end]
        return Unsure(
            hits[0].start, hits[-1].end, stretch, f"「{stretch}」写了几种重复，请只写一种，例如 每周五下午3点。"
        )
    return hits[0] if hits else None
