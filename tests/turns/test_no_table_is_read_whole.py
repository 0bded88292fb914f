"""What people say costs the same however much has piled up: no statement of a turn reads a table that grows (3.3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.chat import World

GROW = frozenset({"inbox", "outbox", "copies", "drafts", "talks", "audit", "jobs", "deals", "protections", "approvals"})
QUEUES = {"ix_outbox_line", "ix_outbox_report", "ix_jobs_due"}
"""Partial indexes that hold only what is still to be done."""
LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


@contextmanager
def statements() -> Iterator[list[str]]:
    """With their values in them, as SQLite runs them."""
    seen: list[str] = []

    def listen(driver: sqlite3.Connection, _record: Any) -> None:
        driver.set_trace_callback(seen.append)

    event.listen(Engine, "connect", listen)
    try:
        yield seen
    finally:
        event.remove(Engine, "connect", listen)


@pytest.fixture
def seen() -> Iterator[list[str]]:
    with statements() as found:
        yield found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_from_the_first_word_to_the_decision(seen: list[str], world: World, tmp_path: Path) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    for words in ("进度", "我的报备", "待办", "帮助", "信用代码 91330106MA0TEXT01T", "联系人 张总 13800000002"):
        await wang.says(words)
    await li.says("待办").sees("SP2001")
    await li.presses("同意")

    assert not read_whole(tmp_path, seen)
    assert len(seen) > 100


def read_whole(folder: Path, statements: list[str]) -> set[tuple[str, str]]:
    (file,) = folder.rglob("*.db")
    with closing(sqlite3.connect(file)) as database:
        return {(table, statement) for statement in statements for table in scans(database, statement)}


def scans(database: sqlite3.Connection, statement: str) -> list[str]:
    """The tables that grow among those it reads from end to end."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
        return []
    steps = [row[3].split() for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [step[1] for step in steps if step[0] == "SCAN" and step[1] in GROW and not QUEUES & set(step)]
