"""The office on both databases, on Monday 2026-05-04 at 18:30: in the middle of the holiday."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.clock import ManualClock
from storage.store import Database
from tests.alerts.office import Office, at


@pytest.fixture
def unbound() -> tuple[str, ...]:
    return ()


@pytest.fixture
def office(open_database: Callable[[], Database], unbound: tuple[str, ...]) -> Office:
    return Office(open_database, ManualClock(at("05-04 18:30")), unbound)
