"""``python -m bot import KIND FILE``: a file through its capability's importer, all or nothing, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot import sheets
from bot.desk import Desk
from bot.feature import Imported, Importer, Problem


class _Undone(Exception):
    """Leaves the transaction without a commit."""


def run(desk: Desk, importer: Importer, file: Path, *, dry_run: bool) -> int:
    """The exit code. Writes unless ``dry_run`` or anything is wrong; OperatorError if the file cannot be read."""
    sheet = sheets.read(file, importer.headers, importer.required)
    loaded: list[Imported] = []
    try:
        with desk.store.unit() as unit:
            loaded.append(importer.load(unit, sheet.rows, desk.clock.now()))
            if dry_run or sheet.problems or loaded[0].problems:
                raise _Undone
    except _Undone:
        pass
    problems = sorted({*sheet.problems, *loaded[0].problems}, key=lambda p: (p.row, p.column))
    for line in report(loaded[0], problems, dry_run=dry_run):
        desk.say(line)
    return 1 if problems else 0


def report(imported: Imported, problems: list[Problem], *, dry_run: bool) -> Iterator[str]:
    for problem in problems:
        yield f"第 {problem.row} 行 {problem.column}：{problem.text}"
    yield from imported.notes
    invalid = len({problem.row for problem in problems})
    counts = (
        f"新增 {imported.new}，更改 {imported.changed}，未变 {imported.same}，重复 {imported.duplicate}，无效 {invalid}"
    )
    if problems:
        yield f"{counts}。有无效的行，全部没有导入"
    else:
        yield f"{counts}。{'试运行，没有写入' if dry_run else '已导入'}"
