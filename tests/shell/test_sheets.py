"""What the rows of an import file are, and what is said about a file that is not right."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sheets
from bot.errors import OperatorError
from tests.shell.workbook import workbook

HEADERS = {"name": ("姓名",), "phone": ("手机", "手机号"), "start_date": ("开始日期",)}
REQUIRED = ("name",)


def csv_rows(text: str, encoding: str) -> list[tuple[int, dict[str, str]]]:
    sheet = sheets.parse("people.csv", text.encode(encoding), HEADERS, REQUIRED)
    assert sheet.problems == ()
    return [(row.number, row.cells) for row in sheet.rows]


def person(name: str, phone: str = "", start: str = "") -> dict[str, str]:
    return {"name": name, "phone": phone, "start_date": start}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("name,phone\n王磊,13800000001\n", [(2, person("王磊", "13800000001"))], id="plain"),
        pytest.param(
            "姓名,手机号,开始日期\n王磊,1,2026-03-02", [(2, person("王磊", "1", "2026-03-02"))], id="chinese headers"
        ),
        pytest.param(" Name ,START DATE*\n王磊,x\n", [(2, person("王磊", "", "x"))], id="spelling of headers"),
        pytest.param("姓名 \r\n\u3000王磊\u200b \r\n", [(2, person("王磊"))], id="trimmed"),
        pytest.param("name\n\n , \n王磊\n", [(4, person("王磊"))], id="empty rows keep the count"),
        pytest.param(
            'name,phone\n"王\n磊",1\n李静,2\n',
            [(2, person("王\n磊", "1")), (3, person("李静", "2"))],
            id="line in a cell",
        ),
        pytest.param("name,,\n王磊,,\n", [(2, person("王磊"))], id="columns without anything"),
        pytest.param("name\n", [], id="header only"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_of_csv(text: str, rows: list[tuple[int, dict[str, str]]], encoding: str) -> None:
    assert csv_rows(text, encoding) == rows


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("王磊", "王磊"),
        (13800000001, "13800000001"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02"),
        (datetime(2026, 3, 2, 17, 30, tzinfo=UTC), "2026-03-02T17:30:00"),
    ],
)
def test_cells_of_xlsx_are_text(cell: object, text: str) -> None:
    sheet = sheets.parse("people.xlsx", workbook(("姓名",), (), (cell,)), HEADERS, REQUIRED)
    assert [(row.number, row.cells["name"]) for row in sheet.rows] == [(3, text)]


@pytest.mark.parametrize(
    ("name", "data", "problems"),
    [
        ("a.csv", b"", [(1, "name", "缺少这一列")]),
        ("a.csv", b"phone\n1\n", [(1, "name", "缺少这一列")]),
        ("a.csv", b"name,nmae\n", [(1, "nmae", "没有这一列，可用的列：姓名、手机、开始日期")]),
        ("a.csv", "name,姓名\n".encode(), [(1, "姓名", "这一列出现了两次，请删除其中之一")]),
        ("a.csv", b"name\n\nx,y\n", [(3, "第 2 列", "这一格上面没有列名")]),
        (
            "a.xlsx",
            workbook(("name", "phone"), ("x", 911301000000000000)),
            [(2, "phone", "数字过长，已被表格软件改动，请把单元格设为文本后重填")],
        ),
    ],
)
def test_problems_name_row_and_column(name: str, data: bytes, problems: list[tuple[int, str, str]]) -> None:
    sheet = sheets.parse(name, data, HEADERS, REQUIRED)
    assert [(p.row, p.column, p.text) for p in sheet.problems] == problems


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", "姓名\n王磊\n".encode("gbk"), "a.csv：不是 UTF-8 编码，请另存为「CSV UTF-8」或 .xlsx"),
        ("a.csv", "name\n".encode("utf-16"), "a.csv：不是 UTF-8 编码，请另存为「CSV UTF-8」或 .xlsx"),
        ("a.csv", b'name\nx\n"y\n', "a.csv：第 3 行的引号没有配对，请修正"),
        ("a.csv", b"name\n" * 100_001, "a.csv：超过 100000 行，请拆分"),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx：不是可读的 .xlsx 文件，请用表格软件重新保存"),
        ("a.xls", b"", "a.xls：只接受 .csv 与 .xlsx 文件"),
    ],
)
def test_unreadable_files_are_one_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(OperatorError) as refused:
        sheets.parse(name, data, HEADERS, REQUIRED)
    assert str(refused.value) == sentence


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"people\.csv：无法读取（No such file or directory），请检查路径与权限$"):
        sheets.read(tmp_path / "people.csv", HEADERS, REQUIRED)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2026-3-2", date(2026, 3, 2)),
        ("2026/3/2", date(2026, 3, 2)),
        ("2026.3.2", date(2026, 3, 2)),
        ("2026年3月2日", date(2026, 3, 2)),
        ("46083", date(2026, 3, 2)),
        ("2026-02-30", None),
        ("2026-03", None),
        ("26-3-2x", None),
        ("0", None),
        ("-1", None),
        ("9999999", None),
        ("²", None),
        ("", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert sheets.day(text) == day


@given(st.dates(date(1900, 3, 1)))
def test_a_spreadsheets_number_is_the_day_a_workbook_shows(day: date) -> None:
    assert sheets.day(str((day - date(1899, 12, 30)).days)) == day == sheets.day(day.isoformat())


@given(st.binary())
def test_no_bytes_are_more_than_a_sentence(data: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        with suppress(OperatorError):
            sheets.parse(name, data, HEADERS, REQUIRED)
