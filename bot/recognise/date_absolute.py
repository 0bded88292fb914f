"""Dates with a month or a day in them: 6月30日, 2026-06-30, 6/30, 6月底, 下月20号, 15号, Q2末, 年底."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.recognise.date_words import (
    ASK_DAY,
    DAY,
    EXAMPLE,
    MONTH,
    WHOLE,
    YEAR,
    Days,
    Meaning,
    Scene,
    asked,
    free,
    loose,
    month_end,
    months_on,
    number,
    one,
    rule,
    signed,
    stands_signed,
    year_of,
)

SOON: Final = timedelta(days=183)
"""A date without a year that has passed means next year only where that is nearer than half a year."""

NEXT_YEAR: Final = "没有写年份，按明年记"
ASK_ORDER: Final = "「{}」的年月日顺序不清楚，请写成 2026-06-30 这样的日期。"

_ALONE: Final = r"(?![0-9]|[-/.][0-9]| ?(?:[万亿千百w元块%折台套匹号楼层栋期个家条米吨路]|平米|平方))"
_DAY_WORD: Final = r"[号日](?![线楼院店厂机库馆])"
_DAYS: Final = rf"(?:(?P<day>{DAY}) ?{_DAY_WORD}|(?P<loose>{DAY}){_ALONE})"
_PART: Final = "(?P<part>最后一天|底|末(?!端)|尾(?!款)|[上中下]旬|上中旬|中下旬|[初中])"
_OPEN_PARTS: Final = ("初", "中", "上中旬", "中下旬")
_RELATIVE: Final = r"(?P<rel>本|这|当|下下|下|次|上)个?月份?"
_SHIFT: Final = {"本": 0, "这": 0, "当": 0, "下": 1, "次": 1, "下下": 2, "上": -1}


def dated(year: int | None, month: int, day: int, scene: Scene) -> Meaning:
    """A day by its numbers; a missing year is this one, or the next where that is near."""
    if not 1 <= month <= 12 or day < 1:
        return "「{}」不是一个日期，请重新写，" + EXAMPLE + "。"
    last = month_end(year or scene.today.year, month).day
    if day > last:
        return f"「{{}}」不存在，{month} 月只有 {last} 天，请重新写日期。"
    if year is None:
        year, note = near_year(date(scene.today.year, month, day), scene)
        return one(date(year, month, min(day, month_end(year, month).day)), note)
    return one(date(year, month, day))


def near_year(last: date, scene: Scene) -> tuple[int, str]:
    """The year of something yearly that would end on ``last`` this year, and the note when it is the next."""
    if last < scene.today and last.replace(year=last.year + 1, day=min(last.day, 28)) - scene.today <= SOON:
        return last.year + 1, NEXT_YEAR
    return last.year, ""


def _month_day(found: re.Match[str], scene: Scene) -> Meaning:
    if found["loose"] and not free(found):
        return None
    day = number(found["day"] or found["loose"])
    return dated(year_of(found["year"], scene.today), number(found["month"]), day, scene)


def _relative_day(found: re.Match[str], scene: Scene) -> Meaning:
    if found["loose"] and not free(found):
        return None
    year, month = months_on(scene.today.year, scene.today.month, _SHIFT[found["rel"]])
    return dated(year, month, number(found["day"] or found["loose"]), scene)


def _named_month(found: re.Match[str], scene: Scene) -> tuple[int, int, str]:
    """Year, month and note of 6月, 明年6月, 下个月, or of this month when none is named."""
    parts = found.groupdict()
    if parts.get("month"):
        month, year = number(parts["month"]), year_of(parts.get("year"), scene.today)
        if year is not None:
            return year, month, ""
        near, note = near_year(month_end(scene.today.year, month), scene)
        return near, month, note
    shift = _SHIFT[parts["rel"]] if parts.get("rel") else 0
    return *months_on(scene.today.year, scene.today.month, shift), ""


def _month_part(found: re.Match[str], scene: Scene) -> Meaning:
    year, month, note = _named_month(found, scene)
    end, part = month_end(year, month), found["part"]
    if part in _OPEN_PARTS:
        return ASK_DAY if free(found) else None
    if part.endswith("旬"):
        first, last = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, end.day)}[part]
        return Days(end.replace(day=first), end.replace(day=last), WHOLE)
    return one(end, note)


def _month_alone(found: re.Match[str], scene: Scene) -> Meaning:
    year, month, note = _named_month(found, scene)
    return Days(date(year, month, 1), month_end(year, month), note or WHOLE)


def _numbers(found: re.Match[str], scene: Scene) -> Meaning:
    parts = found.groupdict()
    if parts.get("loose") and not free(found):
        return None
    written = parts.get("year")
    year = int(written) if written else None
    if year is not None and year < 100:
        year += 2000
        if not -1 <= year - scene.today.year <= 10:
            return None
    month, day = int(found["month"]), int(parts["day"] or parts["loose"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    meaning = dated(year, month, day, scene)
    if parts.get("sep") == "." and isinstance(meaning, Days) and not meaning.note:
        if len(parts["loose"] or "10") == 1 and not stands_signed(found):
            return None  # 3.5 may be anything
        return Days(meaning.first, meaning.last, f"按 {month} 月 {day} 日记")
    return meaning


def _year_month(found: re.Match[str], scene: Scene) -> Meaning:
    year, month = int(found["year"]), int(found["month"])
    return Days(date(year, month, 1), month_end(year, month), WHOLE) if 1 <= month <= 12 else None


def _day_alone(found: re.Match[str], scene: Scene) -> Meaning:
    """15号: this month's, or the next one's when it has passed."""
    day, today = number(found["day"]), scene.today
    if not 1 <= day <= 31:
        return None
    if day >= today.day:
        return dated(today.year, today.month, day, scene)
    meaning = dated(*months_on(today.year, today.month, 1), day, scene)
    return one(meaning.last, "本月已过，按下月记") if isinstance(meaning, Days) else meaning


def _quarter(found: re.Match[str], scene: Scene) -> Meaning:
    today, parts = scene.today, found.groupdict()
    year, quarter = year_of(parts.get("year") or parts.get("plain"), today), (today.month + 2) // 3
    if named := parts.get("quarter") or parts.get("q"):
        quarter = number(named)
    shift = {"下": 1, "上": -1}.get((parts.get("rel") or "")[:1], 0)
    end_year, end_month = months_on(year or today.year, quarter * 3, shift * 3)
    note = ""
    if named and year is None:
        end_year, note = near_year(month_end(end_year, end_month), scene)
    end, part = month_end(end_year, end_month), parts.get("part")
    if part in _OPEN_PARTS:
        return ASK_DAY if free(found) else None
    if not part and not (free(found) and (parts.get("full") or parts.get("q"))):
        return None
    return one(end, note) if part else Days(date(end.year, end.month - 2, 1), end, note or WHOLE)


def _half(found: re.Match[str], scene: Scene) -> Meaning:
    month = 6 if found["half"] == "上" else 12
    end = month_end(year_of(found["year"], scene.today) or scene.today.year, month)
    if not found["part"] and not free(found):
        return None
    return one(end) if found["part"] else Days(date(end.year, month - 5, 1), end, WHOLE)


def _year(found: re.Match[str], scene: Scene) -> Meaning:
    parts = found.groupdict()
    year = year_of(parts.get("year"), scene.today) or scene.today.year
    if parts.get("part") in _OPEN_PARTS:
        return ASK_DAY if free(found) else None
    end = date(year, 12, 31)
    return one(end) if parts.get("part") else Days(date(year, 1, 1), end, WHOLE)


_LEFT: Final = r"(?<![0-9a-z第])(?<![0-9a-z][-/._:])"
_NO_COUNT: Final = r"(?<![百千万零一二三四五六七八九十半几两数0-9])"
_NO_MONTH: Final = "(?<![0-9岁蜜满个半几])"
RULES: Final = (
    rule("月", rf"(?:{YEAR})?(?P<month>{MONTH}|(?<![0-9])[0-9]{{1,2}}) ?月份?[ 的]?{_DAYS}", _month_day),
    rule("月", rf"{_RELATIVE} ?{_DAYS}", _relative_day),
    rule("月", rf"(?:(?:{YEAR})?(?P<month>{MONTH}) ?月份?|{_RELATIVE}|{_NO_MONTH}月)[ 的]?{_PART}", _month_part),
    rule("月", rf"(?:{YEAR})?(?P<month>{MONTH}) ?月份?", loose(_month_alone)),
    rule("月", _RELATIVE, loose(_month_alone)),
    rule("月", f"{_NO_MONTH}月(?=[之以]?内)", _month_alone),
    rule(
        "-/.",
        rf"{_LEFT}(?P<year>(?:20)?[0-9]{{2}})(?P<s>[-/.])(?P<month>[0-9]{{1,2}})(?P=s)(?P<day>[0-9]{{1,2}})[号日]?"
        r"(?![0-9a-z]|-[0-9])",
        _numbers,
    ),
    rule("-/.", r"(?<![0-9a-z./-])[0-9]{1,2}[-/.][0-9]{1,2}[-/.]20[0-9]{2}(?![0-9a-z])", asked(ASK_ORDER)),
    rule(
        "0",
        r"(?<![0-9a-z-])(?P<year>20[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?![0-9a-z.]| ?[万亿元])",
        _numbers,
    ),
    rule(
        "-/.",
        rf"{_LEFT}(?P<month>[0-9]{{1,2}})(?P<sep>[-/.])(?:(?P<day>[0-9]{{1,2}})[号日](?![线楼院])|(?P<loose>[0-9]{{1,2}}){_ALONE}(?![a-z:]))",
        _numbers,
    ),
    rule(
        "-/.",
        rf"{_LEFT}(?P<year>20[0-9]{{2}})[-/.](?P<month>[0-9]{{1,2}})(?![0-9a-z]|[-/.][0-9])月?",
        loose(_year_month),
    ),
    rule(
        "号日",
        rf"(?<![0-9.第路街道巷弄村月线园#/-])(?<![零一二三四五六七八九十百])(?P<day>{DAY}) ?{_DAY_WORD}",
        loose(_day_alone),
    ),
    rule(
        "季q",
        rf"(?:{YEAR}|(?P<plain>20[0-9]{{2}}) ?年?)?"
        r"(?:第?(?P<quarter>[一二三四1-4])季(?P<full>度)?|(?<![a-z])q(?P<q>[1-4])(?![0-9a-z]))(?:的?(?P<part>[底末初中]))?",
        _quarter,
    ),
    rule("季", r"(?P<rel>本|这个?|当|下个?|上个?)季(?P<full>度)?(?:的?(?P<part>[底末初中]))?", _quarter),
    rule("季", r"(?<![四花旺淡雨本这个当下上一二三四1-4])季度?的?(?P<part>[底末])", _quarter),
    rule("半", rf"(?:{YEAR})?(?P<half>[上下])半年(?:的?(?P<part>[底末]))?", _half),
    rule("年", rf"{YEAR}[年度]?(?P<part>[底末终初中])(?![蕴薪商盘线会奖总])", _year),
    rule("年", rf"{_NO_COUNT}年(?P<part>[底末终初中])(?![蕴薪商盘线会奖总])", _year),
    rule("年", rf"{YEAR}度?(?=[之以]?内)", _year),
    rule("年", YEAR, signed(_year)),
    rule("年", f"{_NO_COUNT}年度?(?=[之以]?内)", _year),
)
