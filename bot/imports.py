"""``import KIND FILE``: a sheet through its capability's importer, all or nothing, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from bot.desk import Desk
from bot.feature import Imported, Importer, Problem
from bot.ports import Unit
from bot.sheets import Sheet


class Undone(Exception):
    """Leaves the transaction without a commit, with what was found."""

    def __init__(self, imported: Imported) -> None:
        super().__init__()
        self.imported = imported


def load(unit: Unit, importer: Importer, sheet: Sheet, now: datetime, *, dry_run: bool = False) -> Imported:
    """Raises Undone, to be caught outside the transaction, for a dry run and whenever anything is wrong."""
    imported = importer.load(unit, sheet.rows, now)
    problems = sorted({*sheet.problems, *imported.problems}, key=lambda p: (p.row, p.column))
    imported = msgspec.structs.replace(imported, problems=tuple(problems))
    if dry_run or problems:
        raise Undone(imported)
    return imported


def run(desk: Desk, importer: Importer, sheet: Sheet, *, dry_run: bool) -> int:
    """The command: prints what it did and returns the exit code."""
    try:
        with desk.store.unit() as unit:
            imported = load(unit, importer, sheet, desk.clock.now(), dry_run=dry_run)
    except Undone as undone:
        imported = undone.imported
    for line in report(imported, dry_run=dry_run):
        desk.say(line)
    return 1 if imported.problems else 0


def report(imported: Imported, *, dry_run: bool) -> Iterator[str]:
    for problem in imported.problems:
        yield f"第 {problem.row} 行 {problem.column}：{problem.text}"
    yield from imported.notes
    if imported.problems:
        end = "有无效的行，全部没有导入"
    else:
        end = "试运行，没有写入" if dry_run else "已导入"
    yield f"{_counts(imported, imported.problems)}。{end}"


def _counts(imported: Imported, problems: tuple[Problem, ...]) -> str:
    invalid = len({problem.row for problem in problems})
    counts = {"新增": imported.new, "更改": imported.changed, "未变": imported.same, "重复": imported.duplicate}
    return "，".join(f"{word} {count}" for word, count in {**counts, "无效": invalid}.items())
