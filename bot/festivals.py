"""When China's statutory holidays fall, by year: the fixed ones, 清明 by its rule, the lunar ones from a table.

Needed for "春节前" in a year whose official table (with its make-up days) is not out yet.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

LUNAR_FROM: Final = 2024
# Month and day of 春节, 端午节 and 中秋节 from LUNAR_FROM on; computed once from the lunar calendar.
LUNAR: Final = {
    "春节": "0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 0212",
    "端午节": "0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610 0530 0618 0607 0527 0614",
    "中秋节": "0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916 1004 0924 0913 1002 0920",
}
LUNAR_UNTIL: Final = LUNAR_FROM + len(LUNAR["春节"]) // 5

# First day off, counted from the festival, and how many days the law gives; the rest of a break is arranged yearly.
STATUTORY: Final = {
    "元旦": (0, 1),
    "春节": (-1, 4),
    "清明节": (0, 1),
    "劳动节": (0, 2),
    "端午节": (0, 1),
    "中秋节": (0, 1),
    "国庆节": (0, 3),
}

ALIASES: Final = {
    "元旦": "元旦",
    "春节": "春节",
    "清明": "清明节",
    "五一": "劳动节",
    "劳动": "劳动节",
    "端午": "端午节",
    "中秋": "中秋节",
    "国庆": "国庆节",
    "十一": "国庆节",
}
"""What people say, without 节."""


def festival_day(name: str, year: int) -> date | None:
    """The day itself; None for a lunar one outside 2024-2040."""
    if name in LUNAR:
        if not LUNAR_FROM <= year <= LUNAR_UNTIL:
            return None
        place = (year - LUNAR_FROM) * 5
        month, day = int(LUNAR[name][place : place + 2]), int(LUNAR[name][place + 2 : place + 4])
        return date(year, month, day)
    if name == "清明节":
        short = year % 100  # the rule of the 21st century, right to 2099
        return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)
    month, day = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}[name]
    return date(year, month, day)


def festivals_of(year: int) -> dict[str, list[date]]:
    """The statutory days off of a year by holiday."""
    days: dict[str, list[date]] = {}
    for name, (offset, count) in STATUTORY.items():
        festival = festival_day(name, year)
        if festival:
            days[name] = [festival + timedelta(days=offset + n) for n in range(count)]
    return days
