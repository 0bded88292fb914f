"""Each messenger is away for two hours; a day of it is in the soak."""

from __future__ import annotations

import pytest

from storage.store import Database
from tests.delivery.outage import PLATFORMS, Outage, Platform


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_hours_without_the_messenger(platform: Platform, database: Database) -> None:
    outage = Outage(platform, hours=2, rows=1000, chats=250)
    outage.check(database, outage.lived_through(database))
