"""China's administrative regions at the beginning of a name: province, city, district, with their GB/T 2260 codes."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_KINDS: Final = re.compile("(?:特别行政区|新区|地区|省|市|区|县|盟|旗|林区|特区)$")
# Cities whose short name is more often a common word, or another city's district, at the beginning of a name.
_WORDS: Final = frozenset(
    {"朝阳", "东方", "新星", "白杨", "合作", "同仁", "双河", "灯塔", "无为", "安宁", "天长", "明光"}
    | {"大安", "安达", "永安", "新民", "五常", "江山", "开平", "新乐", "海林", "兴城", "高平", "铁力"}
)
_STREET: Final = frozenset("路街道巷弄")
_WATER: Final = frozenset("湾江湖河山岛港桥")
_LONGEST: Final = 15


@dataclass(frozen=True, slots=True)
class Region:
    """``codes``: of 2, 4 or 6 digits, all of the same length; more than one where the name is used more than once."""

    codes: frozenset[str]

    @property
    def level(self) -> int:
        """1 province, 2 city, 3 district."""
        return len(next(iter(self.codes))) // 2

    @property
    def province(self) -> str:
        """Its short name; empty when the name is used in more than one."""
        provinces = {code[:2] for code in self.codes}
        return _table().shorts[provinces.pop()] if len(provinces) == 1 else ""

    @property
    def short(self) -> str:
        return _table().shorts[min(self.codes)]


@dataclass(frozen=True, slots=True)
class _Table:
    """``full`` and ``short`` names with the codes they stand for; ``shorts`` the short name of a code."""

    full: dict[str, frozenset[str]]
    short: dict[str, frozenset[str]]
    shorts: dict[str, str]


@cache
def _table() -> _Table:
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    shorts: dict[str, str] = {}
    text = files("bot").joinpath("regions.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        code, name = row["code"], row["name"]
        brief = row["short"] or _KINDS.sub("", name)
        shorts[code] = brief = brief if len(brief) >= 2 else name
        full.setdefault(name, set()).add(code)
        short.setdefault(brief, set()).add(code)
    return _Table(_frozen(full), _frozen(short), shorts)


def _frozen(names: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(codes) for name, codes in names.items()}


def leading(text: str) -> tuple[Region, int] | None:
    """The region that ``text`` (folded) begins with, down to the district, and the length of its words."""
    first = _one(text, inside=None)
    if not first:
        return None
    region, length = first
    while region.level < 3 and (deeper := _one(text[length:], inside=region.codes)):
        region, length = deeper[0], length + deeper[1]
    return region, length


def _one(text: str, *, inside: frozenset[str] | None) -> tuple[Region, int] | None:
    table = _table()
    for length in range(min(_LONGEST, len(text)), 1, -1):
        word = text[:length]
        codes = table.full.get(word) or _by_short_name(word, text[length : length + 1], inside)
        if codes and inside is not None:
            codes = frozenset(
                code for code in codes if any(code.startswith(outer) and code != outer for outer in inside)
            )
        if codes:
            level = min(len(code) for code in codes)
            return Region(frozenset(code for code in codes if len(code) == level)), length
    return None


def _by_short_name(word: str, following: str, inside: frozenset[str] | None) -> frozenset[str] | None:
    """杭州, 浙江, 昆山; but no district (西湖 and 朝阳 are names as well), no street (南京路), no 胶州湾."""
    codes = _table().short.get(word)
    if not codes or following in _STREET or (word in _WORDS and inside is None):
        return None
    towns: frozenset[str] = frozenset() if following in _WATER else _county_cities()
    return frozenset(code for code in codes if len(code) < 6 or code in towns)


@cache
def _county_cities() -> frozenset[str]:
    return frozenset(
        code for name, codes in _table().full.items() for code in codes if len(code) == 6 and name.endswith("市")
    )


def province_named(word: str) -> str:
    """浙江 for 浙江, 浙江省; empty for anything else."""
    table = _table()
    codes = table.full.get(word) or table.short.get(word) or frozenset()
    return next((table.shorts[code] for code in codes if len(code) == 2), "")


def province_coded(digits: str) -> str:
    """The province of the first two digits of a region code; empty when there is none."""
    return _table().shorts.get(digits[:2], "")
