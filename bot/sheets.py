"""Rows of a spreadsheet for ``import``: .csv (UTF-8) and .xlsx, cells as trimmed text, days as ISO dates.

Only what the file itself says wrong is judged here; what the cells mean is the importer's. CSV in another encoding is
refused rather than guessed at: Big5 reads as GBK without an error and with the wrong names.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from msgspec import Struct

from bot.errors import OperatorError
from bot.feature import Problem, Row

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 100_000
EXACT = 2**53  # a spreadsheet's number keeps no more: longer codes are already wrong in the file
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet's calendar, which has no zones
LAST_SERIAL = 2_958_465  # 9999-12-31
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\0"))

Cell = str | int | float | bool | date | datetime | time | timedelta


class Sheet(Struct, frozen=True):
    """Rows by canonical header (a column the file lacks is ""), numbered as the spreadsheet shows them."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read(path: Path, headers: Mapping[str, Sequence[str]], required: Iterable[str]) -> Sheet:
    """``headers``: canonical name to its other spellings. OperatorError if the file cannot be read at all."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise OperatorError(f"{path}：文件超过 {LARGEST_FILE // 1024 // 1024} MB，请拆分")
        data = path.read_bytes()
    except OSError as error:
        raise OperatorError(f"{path}：无法读取（{error.strerror}），请检查路径与权限") from None
    return parse(path.name, data, headers, required)


def parse(name: str, data: bytes, headers: Mapping[str, Sequence[str]], required: Iterable[str]) -> Sheet:
    lines = _lines(name, data)
    columns, problems = _columns(next(lines, []), headers, required)
    if problems:
        return Sheet((), tuple(problems))
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = [_text(cell) for cell in line]
        if any(cells):
            problems += _misfits(number, line, cells, columns)
            rows.append(Row(number, dict.fromkeys(headers, "") | dict(zip(columns, cells, strict=False))))
    return Sheet(tuple(rows), tuple(problems))


def day(text: str) -> date | None:
    """A cell as a day: ``2026-03-02``, ``2026/3/2``, ``2026.3.2``, ``2026年3月2日``, or a spreadsheet's bare number."""
    written = text.translate(str.maketrans("/.年月", "----", "日"))
    try:
        year, month, of_month = map(int, written.split("-"))
        return date(year, month, of_month)
    except ValueError:
        pass
    if text.isascii() and text.isdigit() and 0 < int(text) <= LAST_SERIAL:
        return (FIRST_DAY + timedelta(days=int(text))).date()
    return None


# -- the two formats -------------------------------------------------------------------------------------------------


def _lines(name: str, data: bytes) -> Iterator[Sequence[Cell]]:
    match Path(name).suffix.lower():
        case ".csv":
            return iter(_csv(name, data))
        case ".xlsx":
            return iter(_xlsx(name, data))
        case _:
            raise OperatorError(f"{name}：只接受 .csv 与 .xlsx 文件")


def _csv(name: str, data: bytes) -> Sequence[Sequence[Cell]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise OperatorError(f"{name}：不是 UTF-8 编码，请另存为「CSV UTF-8」或 .xlsx") from None
    lines: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for line in reader:
            lines.append(line)
            _limit(name, len(lines))
    except csv.Error:
        raise OperatorError(f"{name}：第 {len(lines) + 1} 行的引号没有配对，请修正") from None
    return lines


def _xlsx(name: str, data: bytes) -> Sequence[Sequence[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        _limit(name, sheet.total_height)
        return sheet.to_python(skip_empty_area=False)
    except CalamineError:
        raise OperatorError(f"{name}：不是可读的 .xlsx 文件，请用表格软件重新保存") from None


def _limit(name: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise OperatorError(f"{name}：超过 {MOST_ROWS} 行，请拆分")


# -- header and cells ------------------------------------------------------------------------------------------------


def _columns(
    line: Sequence[Cell], headers: Mapping[str, Sequence[str]], required: Iterable[str]
) -> tuple[list[str], list[Problem]]:
    """The canonical name of each column, up to the last that has one."""
    names = {_plain(spelling): name for name, spellings in headers.items() for spelling in (name, *spellings)}
    titles = [_text(cell) for cell in line]
    while titles and not titles[-1]:
        titles.pop()
    columns: list[str] = []
    problems: list[Problem] = []
    for title in titles:
        name = names.get(_plain(title), "")
        if not name:
            known = "、".join(spellings[0] if spellings else each for each, spellings in headers.items())
            problems.append(Problem(1, title, f"没有这一列，可用的列：{known}"))
        elif name in columns:
            problems.append(Problem(1, title, "这一列出现了两次，请删除其中之一"))
        columns.append(name)
    problems += [Problem(1, name, "缺少这一列") for name in required if name not in columns]
    return columns, problems


def _plain(title: str) -> str:
    return unicodedata.normalize("NFKC", title).casefold().replace(" ", "").replace("_", "").strip("*")


def _misfits(number: int, line: Sequence[Cell], cells: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    for position, (cell, text) in enumerate(zip(line, cells, strict=True)):
        if position >= len(columns) and text:
            yield Problem(number, f"第 {position + 1} 列", "这一格上面没有列名")
        elif isinstance(cell, float) and abs(cell) > EXACT:
            yield Problem(number, columns[position], "数字过长，已被表格软件改动，请把单元格设为文本后重填")


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return str(cell).upper()
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell).translate(INVISIBLE).strip()
