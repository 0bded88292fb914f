"""What dates are made of: the words around them as patterns on folded text, and the stretch of days a phrase means.

No nested quantifiers: every pattern is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.calendar import WorkCalendar
from bot.recognise.numerals import ONES, read_number

MONTH: Final = rf"(?:(?<![0-9])(?:1[0-2]|0?[1-9])|(?<![十百千零一二三四五六七八九])(?:十[一二]?|{ONES}))"
DAY: Final = rf"(?:[0-9]{{1,2}}|三十[一二三]?|(?:二十|廿|十){ONES}?|{ONES})"
YEAR: Final = (
    rf"(?P<year>(?<![0-9])(?:20)?[0-9]{{2}} ?年|(?<!{ONES})二[零〇](?:[零〇]|{ONES}){{2}}年"
    r"|今年|本年|明年|次年|来年|后年|去年|前年)(?:的| )?"
)
COUNT: Final = r"(?:[0-9]{1,4}|[一二三四五六七八九十两俩百]{1,4}|半|几|数|[二三四五六七八九]?十[几来多]|好几|若干)"

BEFORE: Final = r"(?:之前|以前|前夕|前(?![期台端述来景往湾海门进线沿置后年天]))"
AFTER: Final = r"(?:之后|以后|往后|起(?![草诉来步])|后(?![续期面勤台天年端者街海湖来备]))"
_WITHIN: Final = r"(?:之内|以内|内(?![部容蒙控地江存衣外墙乡])|里(?![程面约])|为止)"
_ABOUT: Final = r"(?:左右|前后|上下(?!游))"
SIGN: Final = (
    r"(?:(?:可以|应该|肯定|一定|必须|争取|能|可|要|会|就|给){0,3} ?"
    r"(?:签(?:约|订|署|单|合同|字|下来|下|掉|完|了|好)?|成交|成单|落单|下单|拿下|落地|搞定|敲定|定下来|完成|交付|付款|到期|截止))"
)
_TIME: Final = (
    r"(?:[上下]班|(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|早)? ?(?:[0-9]{1,2}|[一二三四五六七八九十两]{1,3})"
    r"(?::[0-9]{2}|[点时](?:整|钟|半|一刻|三刻|[0-9]{1,2}分?|[一二三四五六七八九十]{1,3}分?)?)|凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上)"
)

_NTH: Final = (
    rf"(?:(?P<final>最后一?个?|最末)|第(?P<number>{DAY})个?|(?P<head>首个?))(?P<what>工作日|天|(?:周|星期|礼拜).?)"
)
TAIL: Final = re.compile(
    rf"(?: ?\(?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])\)?)?(?: ?{_TIME})?(?P<nth> ?的?{_NTH})?(?: ?(?P<about>{_ABOUT}))?"
    rf"(?: ?(?:(?P<before>{BEFORE})|(?P<after>{AFTER})|(?P<within>{_WITHIN})))?(?: ?{SIGN})?[的吧]?"
)
"""What may follow a date and belongs to it: a time of day, the last workday, 左右, 前, 后, 内, 签."""

HEAD: Final = re.compile(
    r"(?! )(?:(?:预计|计划|拟|预估|大概|争取|打算)?(?:签约|签单|签订|签合同|成交|签)(?:日期|日子|时间|日)? ?(?:[:是为在]|定在)? ?)?"
    r"(?P<limit>不早于|最[早快]|早于|晚于)?(?:最晚|最迟|不晚于|不迟于)? ?(?P<about>大概|大约|差不多|估计|约)?"
    r"(?:预计|计划|争取|打算|拟|定在)?(?:截止(?:日期|时间|日)?|截至|赶在)?(?P<to>[到至])?[:是为于在]? ?$"
)
"""What may stand before a date and belongs to it."""

EXAMPLE: Final = "例如 6月30日"
WHOLE: Final = "没有写到日，按最后一天记"
ASK_DAY: Final = "「{}」没有说到哪一天，请写一个日期，" + EXAMPLE + "。"
ASK_RANGE: Final = "「{}」是一段时间或几个日期，请只写一个，" + EXAMPLE + "。"


@dataclass(frozen=True, slots=True)
class Days:
    """The days a phrase means, first to last. A deadline is the last; it is marked when ``note`` says why."""

    first: date
    last: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a date depends on besides its words."""

    today: date
    calendar: WorkCalendar


Meaning = Days | str | None
"""Days; or a question, with {} for the words; or no date after all."""
Reader = Callable[[re.Match[str], Scene], Meaning]


class Rule(NamedTuple):
    """A form of date: a character it cannot be without (cheap to look for), how it is written, what it means.

    A reader may raise ValueError for a number that is none.
    """

    needs: str
    pattern: re.Pattern[str]
    read: Reader


def rule(needs: str, pattern: str, read: Reader) -> Rule:
    """``needs``: characters of which the text must hold one; empty where there are too many to be worth it."""
    return Rule(needs, re.compile(pattern), read)


def asked(question: str) -> Reader:
    return lambda found, scene: question


_FREE: Final = re.compile(
    rf"$|[^\w]| ?(?:{_ABOUT}|{BEFORE}|{AFTER}|{_WITHIN}|{SIGN}|{_TIME}|[的吧])"
    "|最后一|第.{1,3}个?(?:工作日|天|周|星期|礼拜)|首个|[到至或~-]|还是"
)
_SIGNED: Final = re.compile(f" ?(?:{BEFORE}|{AFTER}|{_WITHIN}|{SIGN})")


def free(found: re.Match[str]) -> bool:
    """Whether what follows lets a loose form (7月, 6-30, 15号) be a date, and not part of another word."""
    return _FREE.match(found.string, found.end()) is not None


def stands_signed(found: re.Match[str]) -> bool:
    """Whether 前, 内 or 签 follows and says that this is a date."""
    return _SIGNED.match(found.string, found.end()) is not None


def loose(read: Reader) -> Reader:
    """For forms that are dates only where they stand ``free``."""
    return lambda found, scene: read(found, scene) if free(found) else None


def signed(read: Reader) -> Reader:
    """For words that are dates only where they stand ``signed``."""
    return lambda found, scene: read(found, scene) if stands_signed(found) else None


def one(day: date, note: str = "") -> Days:
    return Days(day, day, note)


def number(text: str) -> int:
    """A small number in digits or Chinese; ValueError for anything else."""
    value = read_number(text.replace("俩", "两").replace("廿", "二十"))
    if value is None:
        raise ValueError(text)
    return int(value)


def year_of(word: str | None, today: date) -> int | None:
    """The year a word names; None when there is no word."""
    if not word:
        return None
    said = {"今年": 0, "本年": 0, "明年": 1, "次年": 1, "来年": 1, "后年": 2, "去年": -1, "前年": -2}.get(word)
    if said is not None:
        return today.year + said
    written = number(word.rstrip("年 "))
    return written if written >= 100 else 2000 + written


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def months_on(year: int, month: int, count: int) -> tuple[int, int]:
    """Year and month ``count`` months later."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def week_of(day: date) -> date:
    """Monday of the ISO week."""
    return day - timedelta(days=day.weekday())
