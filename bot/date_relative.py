"""Dates counted from today: 明天, 周五, 下周三, 三天后, 5个工作日内, 两周后, 下周内, and the vague ones that are asked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.date_absolute import ASK_DAY, ASK_LUNAR, ASK_RANGE, WHOLE, Rule
from bot.date_words import (
    COUNT,
    DAY,
    EXAMPLE,
    FREE,
    MONTH,
    SIGNED,
    Days,
    Meaning,
    Scene,
    month_end,
    months_on,
    number,
    one,
    week_of,
)

LONGEST: Final = 3_650
"""Days ahead that are still taken for a date."""

_WORDS: Final = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3,
}  # fmt: skip
_UNIT_DAYS: Final = {"周": 7, "星期": 7, "礼拜": 7, "月": 30, "半月": 45, "季度": 90, "年": 365}
_WEEKDAYS: Final = {
    day: place for place, days in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for day in days
}


def _word(found: re.Match[str], scene: Scene) -> Meaning:
    return one(scene.today + timedelta(days=_WORDS[found["day"]]))


def _weekday(found: re.Match[str], scene: Scene) -> Meaning:
    """周五 is the next one; 这周五 and 下周五 are those of this and the next ISO week."""
    today, weeks = scene.today, found["weeks"] or ""
    if found["day"] == "末":
        monday = week_of(today) + timedelta(weeks=weeks.count("下") - weeks.count("上"))
        return Days(monday + timedelta(days=5), monday + timedelta(days=6), "按周日记")
    place = _WEEKDAYS[found["day"]]
    if weeks:
        return one(week_of(today) + timedelta(weeks=weeks.count("下") - weeks.count("上"), days=place))
    if place == today.weekday():
        return "今天就是「{}」，请写清楚是今天还是下周，例如 下周" + "一二三四五六日"[place] + "。"
    return one(today + timedelta(days=(place - today.weekday()) % 7))


def _week(found: re.Match[str], scene: Scene) -> Meaning:
    weeks = found["weeks"]
    monday = week_of(scene.today) + timedelta(weeks=weeks.count("下") - weeks.count("上"))
    if found["part"]:
        return ASK_DAY
    return Days(monday, monday + timedelta(days=6), WHOLE)


def _distance(found: re.Match[str], scene: Scene) -> Meaning:
    words, unit = found["count"], found["unit"].removeprefix("个")
    if set(words) & set("几数若"):
        return ASK_DAY
    half_month = 15 if found["half"] or (words == "半" and unit == "月") else 0
    count = number(words) if words != "半" else 6 if unit == "年" else 0
    days = count * _UNIT_DAYS.get(unit, 1)
    if days > LONGEST:
        return "「{}」太远了，请核对后写一个日期，" + EXAMPLE + "。"
    if unit == "工作日":
        return one(scene.calendar.add_workdays(scene.today, count))
    if unit not in ("月", "半月", "季度", "年"):
        return one(scene.today + timedelta(days=days))
    months = count if words == "半" else count * {"季度": 3, "年": 12}.get(unit, 1)
    return one(_months_later(scene.today, months) + timedelta(days=half_month))


def _months_later(today: date, count: int) -> date:
    """The same day of the month ``count`` months on, or that month's last."""
    end = month_end(*months_on(today.year, today.month, count))
    return end.replace(day=min(today.day, end.day))


def _ask_day(found: re.Match[str], scene: Scene) -> Meaning:
    return ASK_DAY


def _ask_range(found: re.Match[str], scene: Scene) -> Meaning:
    return ASK_RANGE


def _ask_lunar(found: re.Match[str], scene: Scene) -> Meaning:
    return ASK_LUNAR


VAGUE: Final = (
    r"(?:尽快|尽早|近期|近日|最近|不久|短期内|过阵子|这阵子|改天|回头|随时|马上|立刻|(?:过|这|再过)[几两](?:天|个月|周)|待定|未定|不确定|还?没定"
    r"|说不准|不好说|不清楚|很快|年后再说|再说)"
)
_WEEK: Final = r"(?:周|星期|礼拜)"
_TO: Final = r" ?(?:-{1,2}|~|到|至|、|或者?|和|还是|/) ?"
RULES: Final[tuple[Rule, ...]] = (
    (
        re.compile(
            r"(?P<day>大前|大后|今|昨|明|(?<!大)前|(?<!大)后)(?:天|日(?![头之])|儿|晚(?!报)|早(?!报))(?!气|猫|鹅|线|台|赋|生|才|然|津|空)"
        ),
        _word,
    ),
    (
        re.compile(
            rf"(?<![每一二两三四五六七八九十几数0-9])(?P<weeks>[本这]|下{{1,3}}|上{{1,2}})?个?{_WEEK}"
            r"(?P<day>[一二三四五六日天末]|[1-7](?![0-9.万]|[个家次台套]))(?!年)"
        ),
        _weekday,
    ),
    (re.compile(rf"(?P<weeks>[本这]|下{{1,3}}|上{{1,2}})个?{_WEEK}(?:(?P<part>[初中底])|{FREE})"), _week),
    (
        re.compile(
            rf"(?:再?过|再等)? ?(?<![0-9.零一二三四五六七八九十百])(?P<count>{COUNT}) ?"
            r"(?P<unit>天|日|周|年|(?<=[两俩几数])月|个?(?:工作日|自然日|星期|礼拜|季度)|个(?P<half>半)?月|半年)"
            r"(?:的?时间)?(?:之后|以后|后(?![期续勤])|之内|以内|内(?![部容]))"
        ),
        _distance,
    ),
    (re.compile(rf"(?P<count>半)个?(?P<unit>月|年){SIGNED}"), _ask_day),
    (re.compile(rf"{VAGUE}{SIGNED}"), _ask_day),
    (re.compile(rf"(?:{MONTH}{_TO}{MONTH}|[一二三四五六七八九][一二三四五六七八九])月份?(?![0-9])"), _ask_range),
    (re.compile(rf"{MONTH}月份?{_TO}{MONTH}月份?"), _ask_range),
    (re.compile(rf"{MONTH}月 ?{DAY}[号日]?{_TO}{DAY} ?[号日]"), _ask_range),
    (
        re.compile(r"(?<![0-9a-z./-])[0-9]{1,2}([./])[0-9]{1,2} ?[-~到至]{1,2} ?[0-9]{1,2}\1[0-9]{1,2}(?![0-9a-z])"),
        _ask_range,
    ),
    (
        re.compile(
            rf"(?:农历|阴历|旧历)[^\s,，。]{{0,8}}|(?:正月|腊月)[^\s,，。签前]{{0,4}}|(?:除夕|元宵节?|七夕|重阳节?|小年|大年[初三][^\s签前]){FREE}"
        ),
        _ask_lunar,
    ),
)
