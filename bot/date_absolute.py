"""Dates with a month or a day in them: 6月30日, 2026-06-30, 6/30, 6月底, 下月20号, 15号, Q2末, 年底."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.date_words import (
    DAY,
    EXAMPLE,
    FREE,
    MONTH,
    PART,
    SIGNED,
    YEAR,
    Days,
    Meaning,
    Scene,
    month_end,
    months_on,
    number,
    one,
    year_of,
)

Reader = Callable[[re.Match[str], Scene], Meaning]
Rule = tuple[re.Pattern[str], Reader]

SOON: Final = timedelta(days=183)
"""A date without a year that has passed means next year only where that is nearer than half a year."""

NEXT_YEAR: Final = "没有写年份，按明年记"
WHOLE: Final = "没有写到日，按最后一天记"
ASK_DAY: Final = "「{}」没有说到哪一天，请写一个日期，" + EXAMPLE + "。"
ASK_ORDER: Final = "「{}」的年月日顺序不清楚，请写成 2026-06-30 这样的日期。"
ASK_RANGE: Final = "「{}」是一段时间或几个日期，请只写一个，" + EXAMPLE + "。"
ASK_LUNAR: Final = "「{}」是农历的说法，请写公历日期，" + EXAMPLE + "。"

_NOT_COUNTED: Final = r"(?![0-9]|[-/.][0-9]| ?(?:[万亿千百w元块%折台套匹号楼层栋期个家条米吨路]|平米|平方))"
_DAY_WORD: Final = r"[号日](?![线楼院店厂机库馆])"
_LOOSE_DAY: Final = rf"(?:(?P<day>{DAY}) ?{_DAY_WORD}|(?P<loose>{DAY}){_NOT_COUNTED}{FREE})"
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
    day = number(found["day"] or found["loose"])
    return dated(year_of(found["year"], scene.today), number(found["month"]), day, scene)


def _relative_day(found: re.Match[str], scene: Scene) -> Meaning:
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
    if part in ("初", "中"):
        return ASK_DAY
    if part.endswith("旬"):
        first, last = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, end.day)}[part]
        return Days(end.replace(day=first), end.replace(day=last), WHOLE)
    return one(end, note)


def _month_alone(found: re.Match[str], scene: Scene) -> Meaning:
    year, month, note = _named_month(found, scene)
    return Days(date(year, month, 1), month_end(year, month), note or WHOLE)


def _numbers(found: re.Match[str], scene: Scene) -> Meaning:
    parts = found.groupdict()
    written = parts.get("year")
    year = int(written) if written else None
    if year is not None and year < 100:
        year += 2000
        if not -1 <= year - scene.today.year <= 10:
            return None
    month, day = int(found["month"]), int(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    meaning = dated(year, month, day, scene)
    if parts.get("sep") == "." and isinstance(meaning, Days) and not meaning.note:
        if day < 10 and len(found["day"]) == 1 and not _SIGNED.match(found.string, found.end()):
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
    end = month_end(end_year, end_month)
    if parts.get("part") in ("初", "中"):
        return ASK_DAY
    return one(end, note) if parts.get("part") else Days(date(end.year, end.month - 2, 1), end, note or WHOLE)


def _half(found: re.Match[str], scene: Scene) -> Meaning:
    month = 6 if found["half"] == "上" else 12
    end = month_end(year_of(found["year"], scene.today) or scene.today.year, month)
    return one(end) if found["part"] else Days(date(end.year, month - 5, 1), end, WHOLE)


def _year(found: re.Match[str], scene: Scene) -> Meaning:
    parts = found.groupdict()
    year = year_of(parts.get("year"), scene.today) or scene.today.year
    if parts.get("part") in ("初", "中"):
        return ASK_DAY
    end = date(year, 12, 31)
    return one(end) if parts.get("part") else Days(date(year, 1, 1), end, WHOLE)


def _ask(question: str) -> Callable[[re.Match[str], Scene], Meaning]:
    return lambda found, scene: question


def _rule(pattern: str, meaning: Callable[[re.Match[str], Scene], Meaning]) -> Rule:
    return re.compile(pattern), meaning


_NO_END: Final = "[蕴薪商盘线会奖总]"
_SIGNED: Final = re.compile(SIGNED)
_LEFT: Final = r"(?<![0-9a-z第])(?<![0-9a-z][-/._:])"
RULES: Final[tuple[Rule, ...]] = (
    _rule(rf"(?:{YEAR})?(?P<month>{MONTH}|(?<![0-9])[0-9]{{1,2}}) ?月份? ?{_LOOSE_DAY}", _month_day),
    _rule(rf"{_RELATIVE} ?{_LOOSE_DAY}", _relative_day),
    _rule(rf"(?:(?:{YEAR})?(?P<month>{MONTH})月份?|{_RELATIVE}|(?<![0-9岁蜜满个半几])月)的?{PART}", _month_part),
    _rule(rf"(?:{YEAR})?(?P<month>{MONTH})月份?{FREE}", _month_alone),
    _rule(rf"{_RELATIVE}{FREE}|(?<![0-9岁蜜满个半几])月(?=[之以]?内)", _month_alone),
    _rule(
        rf"{_LEFT}(?P<year>(?:20)?[0-9]{{2}})(?P<s>[-/.])(?P<month>[0-9]{{1,2}})(?P=s)(?P<day>[0-9]{{1,2}})[号日]?(?![0-9a-z]|-[0-9])",
        _numbers,
    ),
    _rule(r"(?<![0-9a-z./-])[0-9]{1,2}[-/.][0-9]{1,2}[-/.]20[0-9]{2}(?![0-9a-z])", _ask(ASK_ORDER)),
    _rule(
        r"(?<![0-9a-z-])(?P<year>20[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3][0-9])(?![0-9a-z.]| ?[万亿元])",
        _numbers,
    ),
    _rule(
        rf"{_LEFT}(?P<month>[0-9]{{1,2}})(?P<sep>[-/.])(?P<day>[0-9]{{1,2}})(?:[号日](?![线楼院])|{_NOT_COUNTED}{FREE})(?![a-z:])",
        _numbers,
    ),
    _rule(
        rf"{_LEFT}(?P<year>20[0-9]{{2}})[-/.](?P<month>[0-9]{{1,2}})(?![0-9a-z]|[-/.][0-9])(?:{FREE}|月)", _year_month
    ),
    _rule(
        rf"(?<![0-9.第路街道巷弄村月线园#/-])(?<![0-9零一二三四五六七八九十百])(?P<day>{DAY}) ?{_DAY_WORD}{FREE}",
        _day_alone,
    ),
    _rule(
        rf"(?:{YEAR}|(?P<plain>20[0-9]{{2}}) ?年?)?(?:第?(?P<quarter>[一二三四1-4])季度?|(?<![a-z])q(?P<q>[1-4])(?![0-9a-z]))"
        rf"(?:的?(?P<part>[底末]|[初中]{FREE})|(?<=度|[1-4]){FREE})",
        _quarter,
    ),
    _rule(rf"(?P<rel>本|这个?|当|下个?|上个?)季度?(?:的?(?P<part>[底末]|[初中]{FREE})|(?<=度){FREE})", _quarter),
    _rule(r"(?<![四花旺淡雨本这个当下上一二三四1-4])季度?的?(?P<part>[底末])", _quarter),
    _rule(rf"(?:{YEAR})?(?P<half>[上下])半年(?:的?(?P<part>[底末])|{FREE})", _half),
    _rule(rf"{YEAR}年?(?P<part>[底末终](?!{_NO_END})|[初中]{FREE})", _year),
    _rule(rf"(?<![百千万零一二三四五六七八九十半几0-9])年(?P<part>[底末终](?!{_NO_END})|[初中]{FREE})", _year),
    _rule(rf"{YEAR}(?:度?(?=[之以]?内)|{SIGNED})", _year),
    _rule(r"(?<![百千万零一二三四五六七八九十半几两数0-9])年度?(?=[之以]?内)", _year),
)
