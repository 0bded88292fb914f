"""Cells of the import files (contract 4): each reader returns the value, or notes a problem and returns None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot import sheets
from bot.feature import Row
from bot.messages import Account
from bot.tally import Tally
from handlers.people import places

SEPARATORS = re.compile(r"[;；]")
ACCOUNT = re.compile(r"(?P<channel>[\w-]+):(?:(?P<tenant>[^/:;\s]+)/)?(?P<user>[^/;\s]+)")


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
