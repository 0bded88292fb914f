"""Dates that hang on a holiday: 国庆前, 春节后, 年前, 节后第一个工作日, 双十一前."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.calendar import Block
from bot.festivals import ALIASES, festival_day
from bot.recognise.date_words import (
    ASK_DAY,
    COUNT,
    DAY,
    YEAR,
    Meaning,
    Scene,
    asked,
    number,
    one,
    rule,
    signed,
    year_of,
)

GUESSED: Final = "放假安排还没有公布，按法定假日推算"
_ONE_DAY: Final = timedelta(days=1)
_FIXED: Final = {
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12),
    "圣诞": (12, 25), "六一": (6, 1), "儿童节": (6, 1), "教师节": (9, 10),
}  # fmt: skip


def _festival(found: re.Match[str], scene: Scene) -> Meaning:
    parts = found.groupdict()
    name = ALIASES[parts["name"]] if parts.get("name") else "春节" if parts.get("spring") else ""
    block = _block(name, year_of(parts.get("year"), scene.today), before=bool(parts["before"]), scene=scene)
    several = len({ALIASES[word] for word in ALIASES if word in found[0]}) > 1
    if block is None or several or parts["during"] or parts["within"]:
        return ASK_DAY
    note = "" if block.official else GUESSED
    if parts["before"]:
        return one(block.first - _ONE_DAY, note)
    if parts["itself"]:
        day = festival_day(name, block.last.year) if name else None
        return one(day) if day else ASK_DAY
    if parts["first"]:
        return one(scene.calendar.add_workdays(block.last, 1), note)
    if parts["nth"]:
        return one(scene.calendar.add_workdays(block.last, number(parts["nth"])), note)
    return one(scene.calendar.add_workdays(block.last, 1), note or "按节后第一个工作日记")


def _block(name: str, year: int | None, *, before: bool, scene: Scene) -> Block | None:
    """The break that is meant: of that year, or the next one still to begin (前) or to end (后); any holiday's without a name."""
    for each in [year] if year else [scene.today.year, scene.today.year + 1]:
        for block in scene.calendar.holidays(each):
            ahead = block.first > scene.today if before else block.last >= scene.today
            if (ahead or year) and (not name or name in block.names):
                return block
    return None


def _fixed(found: re.Match[str], scene: Scene) -> Meaning:
    month, day = _FIXED[found["name"]]
    this = date(scene.today.year, month, day)
    return one(this if this >= scene.today else this.replace(year=this.year + 1))


_EDGE: Final = (
    rf"(?:(?P<before>之前|以前|前夕|前(?!期|台|端|述|来|景|往|湾|海|门))|(?P<during>期间)|(?P<itself>当天|当日)"
    rf"|(?:之后|以后|过后|后(?!续|期|面|勤|台))的?(?:(?:上班|开工|复工)?(?:第(?P<nth>{DAY})|(?P<first>首))个?(?:工作日|天)"
    rf"|(?P<within>{COUNT} ?个?(?:工作日|天|周|星期|月|礼拜)(?:之内|以内|内|左右)?|第.周))?)"
)
_MORE: Final = r"(?:节|长假|小长假|假期|黄金周|放假|假|中秋|国庆|国际|劳动){0,4}"
_NAMES: Final = "国庆|春节|清明|端午|中秋|元旦"
_NO_SPRING: Final = "[周成青少老往多整全每新今明后去前本次来零一二三四五六七八九十百千万半几数0-9]"
RULES: Final = (
    rule(
        "前后间当",
        rf"(?:{YEAR})?(?P<name>{_NAMES}|(?<![零一二三四五六七八九十双第0-9])(?:五一|十一)|劳动(?=节)){_MORE}{_EDGE}",
        _festival,
    ),
    rule("前后间当", f"(?P<spring>(?<!{_NO_SPRING})年|过年){_EDGE}", _festival),
    rule(
        "前后间当",
        f"(?:(?<![季环章情细调关枝竹音春庆明午秋动])节(?:假日)?|长假|小长假|假期|放假|收假){_EDGE}",
        _festival,
    ),
    rule("过", f"过[完了](?:年|{_NAMES}|五一|十一)节?", asked(ASK_DAY)),
    rule("庆春明午秋旦动", f"(?:{_NAMES}|劳动)节?", signed(asked(ASK_DAY))),
    rule(
        "双圣六儿教",
        rf"(?P<name>双十一|双11|双十二|双12|圣诞|(?<![十0-9])六一|儿童节|教师节)节?(?:当天)?(?={_EDGE}|$|[^\w])",
        _fixed,
    ),
)
