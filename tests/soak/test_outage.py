"""A day without the messenger, 10,000 messages waiting, in virtual time: nothing lost, nothing doubled, no limit broken."""

from __future__ import annotations

import pytest

from storage.store import Database
from tests.delivery.outage import PLATFORMS, Outage, Platform
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_a_day_without_the_messenger(platform: Platform, database: Database, say: Say) -> None:
    outage = Outage(platform, hours=24, rows=COUNTS.queued, chats=COUNTS.queued // 20)
    took = outage.lived_through(database)
    outage.check(database, took)
    probes = sum(attempt.at < outage.back_at for attempt in outage.messenger.attempts)
    say(
        f"{len(outage.texts)} waiting, {probes} probes in 24 h, drained in {took:.0f} s of at least "
        f"{outage.least_seconds:.0f}, {len(outage.uncertain)} uncertain"
    )
