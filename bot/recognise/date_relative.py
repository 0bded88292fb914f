"""Dates counted from today: 明天, 周五, 下周三, 三天后, 5个工作日内, 两周后, 下周内, and the vague ones that are asked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.recognise.date_words import (
    AFTER,
    ASK_DAY,
    ASK_RANGE,
    BEFORE,
    COUNT,
    DAY,
    EXAMPLE,
    MONTH,
    SIGN,
    WHOLE,
    Days,
    Meaning,
    Scene,
    asked,
    free,
    loose,
    month_end,
    months_on,
    one,
    rule,
    signed,
    week_of,
)
from bot.recognise.numerals import read_number

LONGEST: Final = 3_650
"""Days ahead that are still taken for a date."""

_WORDS: Final = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3,
}  # fmt: skip
_UNIT_DAYS: Final = {"周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 90, "年": 365}
_UNIT_MONTHS: Final = {"月": 1, "季度": 3, "年": 12}
_WEEKDAYS: Final = {
    day: place for place, days in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for day in days
}


def _word(found: re.Match[str], scene: Scene) -> Meaning:
    return one(scene.today + timedelta(days=_WORDS[found["day"]])) if free(found) else None  # 明天集团


def _weekday(found: re.Match[str], scene: Scene) -> Meaning:
    """周五 is the next one; 这周五 and 下周五 are those of this and the next ISO week."""
    today, weeks = scene.today, found["weeks"] or ""
    if found["day"] == "末":
        monday = week_of(today) + timedelta(weeks=weeks.count("下") - weeks.count("上"))
        return Days(monday + timedelta(days=5), monday + timedelta(days=6), "按周日记")
    place = _WEEKDAYS[found["day"]]
    if weeks:
        return one(week_of(today) + timedelta(weeks=weeks.count("下") - weeks.count("上"), days=place))
    if not free(found):
        return None  # 周一围
    return next_weekday(today, place)


def next_weekday(today: date, place: int) -> Meaning:
    """The next day of that place in the week (Monday is 0); on that very day it is asked."""
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
    words, unit = found["count"], found["unit"].removeprefix("个").removeprefix("半")
    half = 15 if found["half"] else 0
    if words == "半":
        months, days = {"月": (0, 15), "年": (6, 0)}.get(unit, (0, 0))
        return one(months_later(scene.today, months) + timedelta(days=days)) if months or days else ASK_DAY
    count = read_number(words.replace("俩", "两"))
    if count is None:
        return ASK_DAY  # 几天内, 两三天内
    if count * _UNIT_DAYS.get(unit, 1) > LONGEST:
        return "「{}」太远了，请核对后写一个日期，" + EXAMPLE + "。"
    if unit == "工作日":
        return one(scene.calendar.add_workdays(scene.today, int(count)))
    if unit in _UNIT_MONTHS:
        return one(months_later(scene.today, int(count) * _UNIT_MONTHS[unit]) + timedelta(days=half))
    return one(scene.today + timedelta(days=int(count) * _UNIT_DAYS.get(unit, 1)))


def months_later(today: date, count: int) -> date:
    """The same day of the month ``count`` months on, or that month's last."""
    end = month_end(*months_on(today.year, today.month, count))
    return end.replace(day=min(today.day, end.day))


VAGUE: Final = (
    r"(?:尽快|尽早|近期|近日|最近|不久|短期内|过阵子|这阵子|改天|回头|随时|马上|立刻|(?:过|这|再过|近)[一几两三]{1,2}(?:天|个月|周)|待定|未定|不确定|还?没定"
    r"|说不准|不好说|不清楚|很快|年后再说|再说)"
)
_WEEK: Final = r"(?:周|星期|礼拜)"
_TO: Final = r" ?(?:-{1,2}|~|到|至|、|或者?|和|还是|/) ?"
_ASK_LUNAR: Final = "「{}」是农历的说法，请写公历日期，" + EXAMPLE + "。"
_SEASON: Final = "(?:暑假|寒假|暑期|开学|旺季|淡季|[春夏秋冬]天|[入过]冬|[入立]夏|供暖季?|采暖季?|年中)"
RULES: Final = (
    rule(
        "天日儿晚早",
        r"(?P<day>大前|大后|今|昨|明|(?<!大)前|(?<![大明])后)(?:天|日(?![头之])|儿|晚(?!报)|早(?!报))(?![气猫鹅线台赋生才然津空])",
        _word,
    ),
    rule(
        "周期拜",
        rf"(?<![每一二两三四五六七八九十几数个0-9])(?P<weeks>[本这]|下{{1,3}}|上{{1,2}})?个?{_WEEK}"
        r"(?P<day>[一二三四五六日天末]|[1-7](?![0-9.万]|[个家次台套]))(?!年)",
        _weekday,
    ),
    rule("周期拜", rf"(?P<weeks>[本这]|下{{1,3}}|上{{1,2}})个?{_WEEK}(?P<part>[初中底])?", loose(_week)),
    rule(
        "后内",
        rf"(?:再?过|再等)? ?(?<![0-9.零一二三四五六七八九十百])(?P<count>{COUNT}) ?"
        r"(?P<unit>天|日|周|年|(?<=[两俩几数半])月|个?(?:工作日|自然日|星期|礼拜|季度)|个(?P<half>半)?月)"
        r"(?:的?时间)?(?:之后|以后|后(?![期续勤])|之内|以内|内(?![部容]))",
        _distance,
    ),
    rule("明", "明后天|今明(?:两天)?|今明后天", loose(asked(ASK_DAY))),
    rule("半", "半个?[月年]", signed(asked(ASK_DAY))),
    rule("", f"{VAGUE}|{_SEASON}", signed(asked(ASK_DAY))),
    rule("月", rf"(?:{MONTH}{_TO}{MONTH}|[一二三四五六七八九]{{2}})月份?(?![0-9])", asked(ASK_RANGE)),
    rule("月", rf"{MONTH}月份?{_TO}{MONTH}月份?", asked(ASK_RANGE)),
    rule("月", rf"{MONTH}月 ?{DAY}[号日]?{_TO}{DAY} ?[号日]", asked(ASK_RANGE)),
    rule(
        "./",
        r"(?<![0-9a-z./-])[0-9]{1,2}([./])[0-9]{1,2} ?[-~到至]{1,2} ?[0-9]{1,2}\1[0-9]{1,2}(?![0-9a-z])",
        asked(ASK_RANGE),
    ),
    rule("历月", r"(?:农历|阴历|旧历)[^\s,，。]{0,8}|(?:正月|腊月)[^\s,，。签前]{0,4}", asked(_ASK_LUNAR)),
    rule("夕宵阳年初", r"(?:除夕|元宵节?|七夕|重阳节?|小年|大年[初三][^\s签前])", loose(asked(_ASK_LUNAR))),
)
UNKNOWN: Final = rule(
    "前后间", rf"(?<![^\s,，。;；])[\u4e00-\u9fff]{{2,8}}?(?:期间|{AFTER}|{BEFORE}){SIGN}", asked(ASK_DAY)
)
"""开业前签: a date by something nobody but the speaker can date. Only where no other rule sees one."""
