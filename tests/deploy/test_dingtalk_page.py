"""What an administrator clicks in DingTalk's consoles, against what the adapter reads, calls and understands."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.dingtalk import check, events
from adapters.dingtalk.errors import TABLE
from adapters.dingtalk.quota import MOST_CALLS, MOST_PUSHES
from tests.deploy.documents import DEPLOY, codes, tables

PAGE = DEPLOY / "platforms" / "dingtalk" / "README.md"
LISTS = {"invalidStaffIdList", "flowControlledStaffIdList"}
"""Not codes, but what an answer of success says of single receivers."""


def source(module: object) -> str:
    return Path(str(vars(module)["__file__"])).read_text(encoding="utf-8")


def column(heading: str, number: int) -> list[str]:
    return [code for table in tables(PAGE, heading) for row in table for code in codes(row[number])]


def test_events_are_those_that_are_read() -> None:
    assert set(column("## 3. 事件（可选）", 0)) == set(events._READERS)


def test_what_the_doctor_asks_for_are_the_permissions() -> None:
    asked = set(re.findall(r'"([\w.]+)（', source(check)))
    assert asked
    assert asked == set(column("## 2. 开通权限", 0))


def test_error_codes_are_known() -> None:
    named = {code for row in tables(PAGE, "## 10. 常见问题")[0] for code in codes(row[0])}
    of_the_platform = {code for code in named if re.fullmatch(r"\w+(\.\w+)*", code) and re.search(r"[A-Z]", code)}
    assert of_the_platform > LISTS
    assert [code for code in of_the_platform - LISTS if not any(part in code for part, _, _ in TABLE)] == []


def test_the_months_figures_are_the_doctors() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"每月 {MOST_CALLS} 次接口调用、{MOST_PUSHES} 次消息与回调推送" in text


def test_files_it_names_are_there() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / name).exists(), name
    assert (PAGE.parent / "template" / "make.py").exists()
