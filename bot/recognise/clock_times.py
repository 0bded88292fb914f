"""Times of day as people say them: 下午3点, 上午10点半, 晚上8点, 15:30, 中午, 下班前, 3pm. Works on folded text.

An hour that may be before or after noon (3点, 7点) is asked; 8 to 11 o'clock without a word is the morning, as at work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.recognise.date_words import number

_EARLY: Final = ("凌晨", "清晨", "早上", "早晨", "一大早", "上午", "早")
_NOON: Final = ("中午", "正午")
_LATE: Final = ("下午", "午后", "傍晚", "黄昏")
_NIGHT: Final = ("晚上", "夜里", "夜晚", "深夜", "半夜", "晚")
_LONG: Final = "|".join(word for word in _EARLY + _NOON + _LATE + _NIGHT if len(word) > 1)
_DIGIT: Final = "零一二两三四五六七八九"
_NAMED: Final = f"(?:二十[一二三四]?|十[{_DIGIT}]?|[{_DIGIT}])"
# 周五五点: the first 五 is the day's.
_CHINESE: Final = rf"(?:(?<=[周期拜][{_DIGIT}日天])|(?<![{_DIGIT}百几第十])){_NAMED}"
_ARABIC: Final = "(?<![0-9几第.:/-])[0-9]{1,2}"
# 有一点, 差一点: without 上午 or 下午 an hour in Chinese stands by itself or behind a day.
_LEFT: Final = f"(?:(?<![\u4e00-\u9fff])|(?<=[天日号晚早午周{_DIGIT}末底到至在的前约]))"
_MINUTE: Final = f"[0-9]{{1,2}}|[二三四五]?十[{_DIGIT}]?|零?[{_DIGIT}]"
_NO_HOUR: Final = "(?!左?[钟位名米点多儿]|评|意见|建议|说明|要求|原因|注意|理由|问题|内容|以上)"

_SPOKEN: Final = (
    rf"(?:(?P<period>{_LONG}|[早晚](?= ?[0-9{_DIGIT}十])) ?(?P<hour>[0-9]{{1,2}}|{_CHINESE})"
    rf"|(?P<arabic>{_ARABIC})|{_LEFT}(?P<chinese>{_CHINESE}))"
    r" ?(?:点钟?|时(?![间候尚段代期刻]))(?![0-9]*(?:万|元|块))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|整|(?P<minute>{_MINUTE})分?(?![0-9万元个天月]))?{_NO_HOUR}"
)
_WRITTEN: Final = (
    rf"(?:(?P<before>{_LONG}|[早晚]) ?)?(?<![0-9:./])(?P<digital>[0-2]?[0-9]):(?P<minutes>[0-5][0-9])(?::00)?(?![0-9:])"
)
_ENGLISH: Final = "(?<![0-9a-z:.])(?P<english>1[0-2]|[1-9])(?::(?P<past>[0-5][0-9]))? ?(?P<half_day>am|pm)(?![a-z])"
_WORD: Final = "(?P<noon>中午|正午)(?![饭餐好])|(?P<word>[上下]班(?:时|以?前|之前)?|零点|午夜)"
_VAGUE: Final = f"(?P<vague>(?:{_LONG})(?![茶饭餐好])|(?<=[今明后昨当])[早晚](?![报饭餐]))"
_TIME: Final = re.compile("|".join((_ENGLISH, _SPOKEN, _WRITTEN, _WORD, _VAGUE)))
ASK_HALF: Final = "「{}」是上午还是下午？请写清楚，例如 下午3点 或 15:00。"
ASK_HOUR: Final = "「{}」没有说到几点，请写一个时间，例如 下午3点。"
ASK_TIME: Final = "「{}」不是一个时间，请重新写，例如 下午3点。"
ASK_MIDNIGHT: Final = "「{}」可能是前一天夜里，也可能是后一天，请写日期和时间，例如 3月5日 23:30。"


@dataclass(frozen=True, slots=True)
class Clocked:
    """A stretch of folded text that means a time of day: the time, an edge of the working day, or why it is asked."""

    start: int
    end: int
    at: time | None = None
    edge: str = ""
    """opens or closes"""
    ask: str = ""


def times_of(text: str) -> Iterator[Clocked]:
    for found in _TIME.finditer(text):
        yield _clocked(found)


def _clocked(found: re.Match[str]) -> Clocked:
    start, end = found.span()
    if found["vague"]:
        return Clocked(start, end, ask=ASK_HOUR)
    if found["noon"]:
        return Clocked(start, end, time(12))
    if word := found["word"]:
        if word in ("零点", "午夜"):
            return Clocked(start, end, ask=ASK_MIDNIGHT)
        return Clocked(start, end, edge="closes" if word.startswith("下") else "opens")
    if found["english"]:
        hour = int(found["english"]) % 12 + (12 if found["half_day"] == "pm" else 0)
        return Clocked(start, end, time(hour, int(found["past"] or 0)))
    said = found["hour"] or found["arabic"] or found["chinese"] or found["digital"]
    period = found["period"] or found["before"] or ""
    at = _hour(period, number(said), written=found["digital"] is not None and len(said) == 2)
    minute = _minute(found)
    if isinstance(at, str) or minute > 59:
        return Clocked(start, end, ask=at if isinstance(at, str) else ASK_TIME)
    return Clocked(start, end, time(at, minute))


def _minute(found: re.Match[str]) -> int:
    if found["half"]:
        return 30
    if found["quarter"]:
        return 15 if found["quarter"] == "一" else 45
    said = found["minutes"] or found["minute"] or "0"
    return number(said.removeprefix("零") or "0")


def _hour(period: str, hour: int, *, written: bool) -> int | str:
    """The hour of the day, or the question. ``written``: in two digits, as on a clock of 24 hours."""
    if hour > 24:
        return ASK_TIME
    if hour in (0, 24):
        return ASK_MIDNIGHT
    if not period:
        return hour if hour >= 8 or written else ASK_HALF
    if period in _EARLY:
        return hour if hour < 12 or (hour == 12 and period == "上午") else ASK_TIME
    if period in _NOON:
        return hour + 12 if hour <= 2 else hour if 11 <= hour <= 14 else ASK_TIME
    if period in _LATE:
        return hour if hour >= 12 else hour + 12
    if hour >= 18:
        return hour
    return hour + 12 if 5 <= hour <= 11 else ASK_MIDNIGHT
