"""Numbers people type."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.store import Database


def test_they_start_where_the_contract_says(database: Database) -> None:
    with database.unit() as unit:
        first = {kind: unit.numbers.next(kind) for kind in ("BB", "SP", "GG", "XM", "RW", "FY", "DD")}
        assert first == {"BB": 1001, "SP": 2001, "GG": 301, "XM": 501, "RW": 601, "FY": 701, "DD": 801}
        assert [unit.numbers.next("BB") for _ in range(3)] == [1002, 1003, 1004]


def test_an_undeclared_kind_is_a_mistake(database: Database) -> None:
    with pytest.raises(KeyError), database.unit() as unit:
        unit.numbers.next("ZZ")


def test_two_processes_never_get_the_same_one(open_database: Callable[[], Database]) -> None:
    processes = [open_database(), open_database()]

    def take(number: int) -> int:
        with processes[number % 2].unit() as unit:
            return unit.numbers.next("BB")

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(take, range(40)))
    assert len(set(taken)) == 40
