"""The holiday table as a file (contract 4: date, kind, name) against the one that is stored: what an import changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.calendar import DayKind, SpecialDay
from bot.feature import Imported, Problem, Row
from bot.sheets import day

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
    problems: list[Problem] = []
    duplicate = 0
    for row in rows:
        at, kind = day(row.cells["date"]), KINDS.get(row.cells["kind"].lower())
        if at is None:
            problems.append(Problem(row.number, "date", "不是日期，应写作 2026-03-02"))
        if kind is None:
            problems.append(Problem(row.number, "kind", "应为 holiday（放假）或 workday（上班）"))
        if at is None or kind is None:
            continue
        special = SpecialDay(at, kind, row.cells["name"])
        if at in found and found[at].kind != kind:
            problems.append(Problem(row.number, "date", f"{at} 在前面的行里是 {found[at].kind}"))
        duplicate += at in found
        found.setdefault(at, special)
    years = {at.year for at in found}
    kept = [each for at, each in before.items() if at.year not in years]
    gone = [at for at in before if at.year in years and at not in found]
    imported = Imported(
        new=sum(at not in before for at in found),
        changed=sum(at in before and before[at] != each for at, each in found.items()),
        same=sum(before.get(at) == each for at, each in found.items()),
        duplicate=duplicate,
        problems=tuple(problems),
        notes=tuple(f"删除文件中没有的 {at}（{before[at].name or before[at].kind}）" for at in sorted(gone)),
    )
    return tuple(sorted([*kept, *found.values()], key=lambda each: each.day)), imported
