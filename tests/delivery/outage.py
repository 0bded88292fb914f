"""A messenger that is away for hours while the outbox is full, and comes back: what has to hold on each of the three (R6).

When it leaves and when it comes back some answers, and some requests, get lost on their way.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby, pairwise

from sqlalchemy import select

from adapters.dingtalk import adapter as dingtalk
from adapters.feishu import adapter as feishu
from adapters.wecom import adapter as wecom
from bot.clock import ManualClock
from bot.ports import Capabilities, Limits, OutState, Rate
from bot.sending.sender import Pace
from storage.store import Database
from storage.tables import outbox
from tests.delivery.messenger import Attempt, Fate, Messenger
from tests.delivery.office import AT_ONCE, START, TEAM, delivering, finished, sends, until
from tests.delivery.virtual import virtually

BUSY, BUSY_ROWS = TEAM, 90
"""The group: the one chat whose own limit is felt."""
LATE_ROWS = 10
"""What nobody wants to read any more after an hour."""
UNCERTAIN = 4
"""So many requests are uncertain when it leaves, and again when it has come back."""
UNDER_WAY = 64
BETWEEN_PROBES = 30.0


@dataclass(frozen=True)
class Platform:
    """``of_all`` and ``of_chat``: what its page says that it takes."""

    name: str
    can: Capabilities
    limits: Limits
    of_all: tuple[Rate, ...]
    of_chat: tuple[Rate, ...]


PLATFORMS = (
    Platform("feishu", feishu.CAN, feishu.LIMITS, (Rate(50, 1.0), Rate(1000, 60.0)), (Rate(5, 1.0),)),
    Platform("wecom", wecom.CAN, wecom.LIMITS, (Rate(10_000, 60.0),), (Rate(30, 60.0), Rate(1000, 3600.0))),
    Platform("dingtalk", dingtalk.WITH_CARDS, dingtalk.LIMITS, (Rate(20, 1.0),), (Rate(20, 60.0),)),
)


@dataclass
class Outage:
    """``rows`` for so many people and a group wait; times are the loop's."""

    platform: Platform
    hours: int
    rows: int
    chats: int
    back_at: float = 0.0
    uncertain: list[tuple[Attempt, Fate]] = field(default_factory=list)
    messenger: Messenger = field(init=False)

    def __post_init__(self) -> None:
        self.messenger = Messenger(
            channel=self.platform.name,
            window=self.platform.can.repeat_window,
            limits=self.platform.limits,
            fate=self._fate,
            answer_after=0.1,
        )
        self._answered = 0

    def _fate(self, attempt: Attempt) -> Fate:
        """Neither the first probe that finds it back nor many requests in a row stay without an answer."""
        away = attempt.at < self.back_at
        self._answered += not away
        doubtful = len(self.uncertain) < UNCERTAIN if away else self._answered % 20 == 0
        if doubtful and len(self.uncertain) < 2 * UNCERTAIN:
            fate = Fate.LOST if len(self.uncertain) % 2 else Fate.ANSWER_LOST
            self.uncertain.append((attempt, fate))
            return fate
        return Fate.DOWN if away else Fate.TAKEN

    @property
    def texts(self) -> list[str]:
        return [f"chat{n % self.chats} {n}" for n in range(self.rows)] + [f"{BUSY} {n}" for n in range(BUSY_ROWS)]

    def lived_through(self, database: Database) -> float:
        """Seconds from its return until nothing waits any more."""
        clock = self.messenger.clock = ManualClock(START)
        name = self.platform.name
        with database.unit() as unit:
            # The oldest go first: if the group's came last, its own limit would be felt when all others are done.
            for row in sends([BUSY] * BUSY_ROWS, channel=name):
                unit.outbox.add(row, START)
            for row in sends([f"chat{n % self.chats}" for n in range(self.rows)], channel=name):
                unit.outbox.add(row, START)
            for row in sends(["late"] * LATE_ROWS, channel=name, expires=START + timedelta(hours=1)):
                unit.outbox.add(row, START)

        async def live_through() -> float:
            loop = asyncio.get_running_loop()
            self.back_at = loop.time() + self.hours * 3600.0
            pace = Pace(poll=BETWEEN_PROBES, lease=7200.0, spread=AT_ONCE.spread)
            async with delivering(database, self.messenger, clock=clock, pace=pace):
                for _ in range(self.hours):
                    await asyncio.sleep(3600.0)
                    clock.advance(timedelta(hours=1))
                await until(lambda: finished(database), seconds=7200.0, look=1.0)
                return loop.time() - self.back_at

        return virtually(live_through)

    # -- what has to hold ----------------------------------------------------------------------------------------------

    def check(self, database: Database, took: float) -> None:
        self._all_accounted_for(database)
        self._in_order()
        self._within_the_limits()
        assert took < BETWEEN_PROBES + 1.05 * self.least_seconds + 5.0

    def _all_accounted_for(self, database: Database) -> None:
        """Shown once each, but for what was uncertain for longer than the messenger knows a message again.

        That is sent once more to a person, who may see it twice; in the group, and if it is uncertain again, it is named.
        """
        with database.unit() as unit:
            rows = unit.sql.execute(select(outbox.c.state, outbox.c.content)).all()
        unknown = {row.content for row in rows if row.state is OutState.UNKNOWN}
        states = Counter(row.state for row in rows)
        shown = self.messenger.everything()
        sent = len(self.texts) - len(unknown)
        assert states == Counter({OutState.SENT: sent, OutState.EXPIRED: LATE_ROWS, OutState.UNKNOWN: len(unknown)})
        doubts = Counter(str(attempt.row.content) for attempt, _ in self.uncertain if self._is_not_known_again(attempt))
        taken = {str(attempt.row.content) for attempt, fate in self.uncertain if fate is Fate.ANSWER_LOST}
        assert unknown == {text for text, times in doubts.items() if times > 1 or text.startswith(BUSY)}
        assert {text: times for text, times in shown.items() if times > 1} == dict.fromkeys(
            (doubts.keys() & taken) - unknown, 2
        )
        assert set(self.texts) - shown.keys() <= unknown

    def _is_not_known_again(self, attempt: Attempt) -> bool:
        window = self.platform.can.repeat_window
        return not window or (attempt.at < self.back_at and window <= timedelta(hours=self.hours))

    def _in_order(self) -> None:
        for chat in (BUSY, *(f"chat{n}" for n in range(0, self.chats, 25))):
            seen = [text for text, _ in groupby(self.messenger.seen_in(chat))]
            assert seen == [text for text in self.texts if text in seen]

    def _within_the_limits(self) -> None:
        """Those of the messenger; while it is away one probe in 30 s, once those under way together have failed."""
        probes = [attempt.at for attempt in self.messenger.attempts if attempt.at < self.back_at]
        assert all(later - earlier >= BETWEEN_PROBES for earlier, later in pairwise(probes[UNDER_WAY + 6 :]))
        assert len(probes) < UNDER_WAY + 3 + self.hours * 3600.0 / BETWEEN_PROBES
        for rate in self.platform.of_all:
            assert self.messenger.most_in(rate.seconds) <= rate.count
        for rate in self.platform.of_chat:
            assert all(self.messenger.most_in(rate.seconds, chat) <= rate.count for chat in (BUSY, "chat0", "chat7"))

    @property
    def least_seconds(self) -> float:
        """The windows that its limits take, for all rows or for the busy chat's."""
        limits, everything = self.platform.limits, len(self.texts)
        whole = [rate.seconds * math.ceil(everything / rate.count) for rate in limits.channel]
        return max(whole + [rate.seconds * math.ceil(BUSY_ROWS / rate.count) for rate in limits.chat])
