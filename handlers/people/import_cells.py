"""Cells of the import files (contract 4): each reader returns the value, or notes a problem and returns None."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot import sheets
from bot.feature import Imported, Problem, Row
from bot.messages import Account
from handlers.people import places

SEPARATORS = re.compile(r"[;；]")
ACCOUNT = re.compile(r"(?P<channel>[\w-]+):(?:(?P<tenant>[^/:;\s]+)/)?(?P<user>[^/;\s]+)")


@dataclass(slots=True)
class Tally:
    """What an import found, row by row; problems name row and column."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    duplicate: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.number, column, text))

    @property
    def imported(self) -> Imported:
        named = {"新增": self.new, "更改": self.changed, "重复": self.duplicate}
        return Imported(
            new=len(self.new),
            changed=len(self.changed),
            same=len(self.same),
            duplicate=len(self.duplicate),
            problems=tuple(self.problems),
            notes=tuple(f"{word}：第 {row_numbers(rows)} 行" for word, rows in named.items() if rows),
        )


def row_numbers(rows: Sequence[int]) -> str:
    """2-5、8、10-11."""
    spans: list[list[int]] = []
    for number in sorted(rows):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def one_of(tally: Tally, row: Row, column: str, words: Mapping[str, str], default: str) -> str:
    """``words``: what may stand in the cell, and what it means."""
    cell = row.cells[column]
    if not cell:
        return default
    if cell not in words:
        tally.wrong(row, column, f"应为 {'、'.join(dict.fromkeys(words.values()))} 之一")
    return words.get(cell, default)


def day(tally: Tally, row: Row, column: str) -> date | None:
    cell = row.cells[column]
    found = sheets.day(cell) if cell else None
    if cell and found is None:
        tally.wrong(row, column, "不是日期，应写作 2026-03-02")
    return found


def items(cell: str) -> tuple[str, ...]:
    """A list separated by semicolons, each once."""
    return tuple(dict.fromkeys(part.strip() for part in SEPARATORS.split(cell) if part.strip()))


def territory(tally: Tally, row: Row) -> tuple[str, str]:
    """(region, province); a province alone says the region as well."""
    region, province = row.cells["region"], places.province(row.cells["province"])
    if region and region not in places.REGIONS:
        tally.wrong(row, "region", f"应为 {'、'.join(places.REGIONS)} 之一")
    if row.cells["province"] and not province:
        tally.wrong(row, "province", "没有这个省份，应写作 浙江")
    return region or places.region_of(province), province


def account(tally: Tally, row: Row, cell: str) -> Account | None:
    found = ACCOUNT.fullmatch(cell)
    if found is None:
        tally.wrong(row, "accounts", f"「{cell}」应写作 渠道:账号 或 渠道:租户/账号，多个用分号隔开")
        return None
    return Account(found["channel"], found["tenant"] or "", found["user"])
