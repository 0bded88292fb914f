"""Periods people name, and an entry in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from bot import text
from bot.errors import Refusal
from bot.values import mask_phone
from handlers.audit.queries import Entry

MONTH = re.compile(r"(?:(\d{4})[年\-/.])?(\d{1,2})月?份?")
YEAR = re.compile(r"(\d{4})年?")
DAY = re.compile(r"(\d{4})[年\-/.](\d{1,2})[月\-/.](\d{1,2})日?")
LONGEST = 60


class Period(Struct, frozen=True):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} 至 {self.last}"


def period(words: str, today: date) -> Period | None:
    """3月, 2026年3月, 2026-03, 本月, 上月, 今年, 去年, 今天, 昨天, 2026-03-02; None for all. Refusal for anything else.

    A month without a year is the last one that has begun.
    """
    said = text.fold(words).text.replace(" ", "")
    if said in ("", "全部", "所有"):
        return None
    try:
        found = _relative(said, today) or _day(said) or _month(said, today) or _year(said)
    except ValueError:
        found = None
    if found is None:
        raise Refusal("period_unknown", "没看出是哪段时间。请这样写：校验审计链 3月，或 校验审计链 2026-03。")
    return found


def _relative(said: str, today: date) -> Period | None:
    this_month = today.replace(day=1)
    match said:
        case "今天" | "今日":
            return Period(today, today)
        case "昨天" | "昨日":
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        case "本月" | "这个月":
            return _whole_month(this_month)
        case "上月" | "上个月":
            return _whole_month((this_month - timedelta(days=1)).replace(day=1))
        case "今年":
            return Period(date(today.year, 1, 1), date(today.year, 12, 31))
        case "去年":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        case _:
            return None


def _day(said: str) -> Period | None:
    found = DAY.fullmatch(said)
    if found is None:
        return None
    day = date(int(found[1]), int(found[2]), int(found[3]))
    return Period(day, day)


def _month(said: str, today: date) -> Period | None:
    found = MONTH.fullmatch(said)
    if found is None:
        return None
    first = date(int(found[1] or today.year), int(found[2]), 1)
    return _whole_month(first if found[1] or first <= today else first.replace(year=first.year - 1))


def _year(said: str) -> Period | None:
    found = YEAR.fullmatch(said)
    return Period(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)) if found else None


def _whole_month(first: date) -> Period:
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def sentence(entry: Entry, glossary: Mapping[str, str]) -> str:
    """登记报备：金额 120 → 150，备注 加急."""
    action = glossary.get(entry.action, entry.action)
    keys = list(dict.fromkeys([*entry.before, *entry.after]))
    changed = [key for key in keys if (entry.before.get(key) or "") != (entry.after.get(key) or "")]
    changes = [_change(entry, key, glossary) for key in changed]
    return f"{action}：{'，'.join(changes)}" if changes else action


def _change(entry: Entry, key: str, glossary: Mapping[str, str]) -> str:
    name = glossary.get(key, key)
    after = _shown(entry.after.get(key), glossary, key)
    if key not in entry.before:
        return f"{name} {after}"
    return f"{name} {_shown(entry.before[key], glossary, key)} → {after}"


def _shown(value: Any, glossary: Mapping[str, str], key: str = "") -> str:
    match value:
        case str() if key == "phone":
            return mask_phone(value)
        case None | "" | [] | {}:
            return "空"
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(_shown(each, glossary) for each in value)
        case _:
            words = glossary.get(str(value), str(value))
            return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
