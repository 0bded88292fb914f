"""The holiday table as a file (contract 4: date, kind, name) against the one that is stored: what an import changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from bot.calendar import DayKind, SpecialDay
from bot.feature import Imported, Row
from bot.sheets import day
from bot.tally import Tally

HEADERS = {"date": ("日期",), "kind": ("类型", "类别"), "name": ("名称", "节日")}
REQUIRED = ("date", "kind")
KINDS: dict[str, DayKind] = {
    "holiday": "holiday",
    "放假": "holiday",
    "休": "holiday",
    "节假日": "holiday",
    "workday": "workday",
    "上班": "workday",
    "班": "workday",
    "调休上班": "workday",
}


def merge(known: Iterable[SpecialDay], rows: Sequence[Row]) -> tuple[tuple[SpecialDay, ...], Imported]:
    """The table as it will be, and what changes. A file holds whole years: its years are replaced, others stay."""
    before = {each.day: each for each in known}
    found: dict[date, SpecialDay] = {}
    tally = Tally()
    for row in rows:
        special = _special(tally, row)
        if special is None:
            continue
        if special.day in found:
            tally.duplicate.append(row.number)
            if found[special.day].kind != special.kind:
                tally.wrong(row, "date", f"{special.day} 在前面的行里是 {found[special.day].kind}")
            continue
        found[special.day] = special
        old = before.get(special.day)
        (tally.new if old is None else tally.same if old == special else tally.changed).append(row.number)
    years = {at.year for at in found}
    kept = [each for at, each in before.items() if at.year not in years]
    gone = [each for at, each in before.items() if at.year in years and at not in found]
    notes = tuple(f"删除文件中没有的 {each.day}（{each.name or each.kind}）" for each in gone)
    imported = tally.imported
    after = tuple(sorted([*kept, *found.values()], key=lambda each: each.day))
    return after, msgspec.structs.replace(imported, notes=imported.notes + notes)


def _special(tally: Tally, row: Row) -> SpecialDay | None:
    at, kind = day(row.cells["date"]), KINDS.get(row.cells["kind"].lower())
    if at is None:
        tally.wrong(row, "date", "不是日期，应写作 2026-03-02")
    if kind is None:
        tally.wrong(row, "kind", "应为 holiday（放假）或 workday（上班）")
    return SpecialDay(at, kind, row.cells["name"]) if at and kind else None
