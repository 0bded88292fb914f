"""What people are asked for: hours of quiet, and what they do not want to be reminded of today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot import parse
from bot.calendar import QuietHours
from bot.entry import ask
from bot.errors import Refusal
from bot.house import House
from bot.text import fold
from bot.values import ShortId
from handlers.alerts import rules

OFF: Final = ("关", "关闭", "取消", "恢复", "默认", "off")
_HOUR: Final = r"(早上|早|上午|中午|下午|傍晚|晚上|晚|夜里)? ?([0-9]{1,2})(?: ?[:点时] ?([0-9]{1,2}|半)?分?)?"
_SPAN: Final = re.compile(rf"{_HOUR} ?(?:-|–|—|~|到|至) ?{_HOUR}$")
_AFTERNOON: Final = ("下午", "傍晚", "晚上", "晚", "夜里")
HOW: Final = "请写成 21:00-8:30 这样；发送「免打扰 关」恢复默认。"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietEntry:
    hours: str | None = ask("免打扰时段", optional=True, hint="例如 21:00-8:30")


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteEntry:
    about: str | None = ask("编号", optional=True, hint="例如 RW601")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    about: str = ask("编号", hint="例如 RW601")


def read_hours(said: str, house: House) -> str:
    """``21:00-08:30`` for 21:00-8:30, 晚上9点到早上8点半 …; "" for 关. Refusal for anything else."""
    words = fold(said).text.strip()
    if words in OFF:
        return ""
    found = _SPAN.match(words)
    if found is None:
        raise Refusal("hours", f"没有看懂「{said[:20]}」。{HOW}")
    written = "-".join((_time(*found.groups()[:3]), _time(*found.groups()[3:])))
    try:
        lasts = QuietHours(written, house.zone).lasts
    except ValueError:
        raise Refusal("hours", f"没有「{said[:20]}」这样的时段。{HOW}") from None
    if not lasts or lasts > rules.LONGEST_QUIET:
        raise Refusal(
            "hours", f"免打扰一天最长 {rules.LONGEST_QUIET.seconds // 3600} 小时，好让重要的事能找到您。{HOW}"
        )
    return written


def _time(part: str | None, hour: str, minute: str | None) -> str:
    at = int(hour)
    if part in _AFTERNOON and at < 12:
        at += 12
    return f"{at:02}:{30 if minute == '半' else int(minute or 0):02}"


def ref_in(said: str) -> ShortId | None:
    return next((found.value for found in parse.find_ids(said)), None)
