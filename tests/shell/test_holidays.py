"""Importing a holiday table: a file holds whole years; what it says of each row, and what the house then knows."""

from datetime import date, datetime
from pathlib import Path

import pytest

from bot import doctor, holidays
from bot.calendar import DayKind, SpecialDay, seed_days
from bot.clock import FileClock, WallClock
from bot.config import Clock, Config, Organization
from bot.errors import OperatorError
from bot.feature import Imported, Row
from bot.premises import Premises, open_clock


def special(day: str, kind: DayKind = "holiday", name: str = "元旦") -> SpecialDay:
    return SpecialDay(date.fromisoformat(day), kind, name)


def rows(*lines: str) -> list[Row]:
    return [
        Row(number, dict(zip(("date", "kind", "name"), line.split(","), strict=True)))
        for number, line in enumerate(lines, start=2)
    ]


KNOWN = [special("2026-01-01"), special("2026-01-04", "workday"), special("2027-01-01")]


@pytest.mark.parametrize(
    ("lines", "after", "counts"),
    [
        pytest.param(
            ["2028-01-01,holiday,元旦"],
            [*KNOWN, special("2028-01-01")],
            Imported(new=1, notes=("新增：第 2 行",)),
            id="a new year",
        ),
        pytest.param(["2027/1/1,放假,元旦"], KNOWN, Imported(same=1), id="nothing new"),
        pytest.param(
            ["2027-01-01,HOLIDAY,元旦", "2027-01-01,休,元旦"],
            KNOWN,
            Imported(same=1, duplicate=1, notes=("重复：第 3 行",)),
            id="said twice",
        ),
        pytest.param(
            ["2027-01-01,workday,", "2027-01-02,班,元旦"],
            [*KNOWN[:2], special("2027-01-01", "workday", ""), special("2027-01-02", "workday")],
            Imported(new=1, changed=1, notes=("新增：第 3 行", "更改：第 2 行")),
            id="a changed year",
        ),
        pytest.param(
            ["2026-01-02,holiday,元旦"],
            [special("2026-01-02"), KNOWN[2]],
            Imported(
                new=1,
                notes=("新增：第 2 行", "删除文件中没有的 2026-01-01（元旦）", "删除文件中没有的 2026-01-04（元旦）"),
            ),
            id="what the file no longer has is gone",
        ),
        pytest.param([], KNOWN, Imported(), id="an empty file"),
    ],
)
def test_a_file_replaces_its_years(lines: list[str], after: list[SpecialDay], counts: Imported) -> None:
    assert holidays.merge(KNOWN, rows(*lines)) == (tuple(after), counts)


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("2026-13-01,holiday,", "date", "不是日期，应写作 2026-03-02"),
        (",holiday,", "date", "不是日期，应写作 2026-03-02"),
        ("2026-01-01,off,", "kind", "应为 holiday（放假）或 workday（上班）"),
        ("2026-05-01,workday,", "date", "2026-05-01 在前面的行里是 holiday"),
    ],
)
def test_a_wrong_row_is_named(line: str, column: str, text: str) -> None:
    _, imported = holidays.merge([], rows("2026-05-01,holiday,劳动节", line))
    assert [(p.row, p.column, p.text) for p in imported.problems] == [(3, column, text)]


def test_the_shipped_table_imports_as_it_is() -> None:
    lines = [f"{each.day},{each.kind},{each.name}" for each in seed_days()]
    _, imported = holidays.merge(seed_days(), rows(*lines))
    assert imported == Imported(same=len(lines))


def test_the_house_follows_the_table() -> None:
    table: list[SpecialDay] = []
    premises = Premises(Organization(), lambda _: list(table))
    assert premises().calendar.is_workday(date(2026, 10, 1))

    table[:] = [special("2026-10-01", name="国庆节")]
    assert premises.refresh(None)
    before = premises()
    assert not before.calendar.is_workday(date(2026, 10, 1))
    assert not premises.refresh(None)
    assert premises() is before


@pytest.mark.parametrize(
    ("at", "level", "lines"),
    [
        ("2026-03-02", "ok", 1),
        ("2026-11-30", "warn", 1),
        ("2027-03-02", "warn", 1),
        ("2027-12-01", "warn", 2),
    ],
)
def test_a_missing_table_is_said_in_time(at: str, level: str, lines: int) -> None:
    premises = Premises(Organization(), lambda _: [special("2026-10-01", name="国庆节")])
    now = datetime.fromisoformat(f"{at}T09:00:00+08:00")
    premises.refresh(None)
    assert [line.level for line in doctor.calendar_lines(premises().calendar, now)] == [level] * lines


def test_the_clock_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "now").write_text("2026-03-02T09:00:00+08:00")
    rehearsing = open_clock(Config(clock=Clock(file=str(tmp_path / "now"))))
    assert isinstance(rehearsing, FileClock)
    assert doctor.clock_line(rehearsing).level == "warn"
    assert isinstance(open_clock(Config()), WallClock)
    assert doctor.clock_line(WallClock()).level == "ok"


@pytest.mark.parametrize("content", [None, "", "yesterday", "2026-03-02T09:00:00"])
def test_a_clock_file_without_an_instant_is_one_line(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "now").write_text(content)
    with pytest.raises(OperatorError, match=r"^clock\.file：") as refused:
        open_clock(Config(clock=Clock(file=str(tmp_path / "now"))))
    assert "\n" not in str(refused.value)
