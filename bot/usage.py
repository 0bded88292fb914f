"""What the messengers charge by the month, counted over all processes and their restarts.

Every process counts for itself and writes its own rows, with what it has counted so far: whatever is written twice, or
lost with its transaction, is right again with the next one.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.ports import Charge, Slot, Unit

WRITE_EVERY = 15.0
"""Machine seconds; so much is forgotten when a process dies."""


class Usage:
    """One process's. ``now`` is business time, ``zone`` the one in which months begin; ``news`` the job that tells people what
    a channel has to say of its quota, "" where nobody is told."""

    def __init__(self, now: Callable[[], datetime], zone: ZoneInfo, news: str = "") -> None:
        self._now = now
        self._zone = zone
        self._job = news
        self._news: dict[str, Slot] = {}
        self._process = secrets.token_hex(8)
        self._own: Counter[Charge] = Counter()
        self._others: Mapping[Charge, int] = {}

    def meter(self, channel: str) -> Meter:
        return Meter(self, channel)

    def spend(self, channel: str, kind: str) -> None:
        self._own[Charge(channel, self.month(), kind)] += 1

    def spent(self) -> dict[tuple[str, str], int]:
        """(channel, kind) → this month's, as far as the other processes have written theirs."""
        month = self.month()
        found: Counter[tuple[str, str]] = Counter()
        for counts in (dict(self._own), self._others):
            for charge, count in counts.items():
                if charge.month == month:
                    found[charge.channel, charge.kind] += count
        return dict(found)

    def exchange(self, unit: Unit, _now: datetime) -> None:
        """Writes what is new here, and reads what the others wrote; may run in any thread."""
        written = unit.charges.own(self._process)
        if new := {charge: count for charge, count in dict(self._own).items() if written.get(charge) != count}:
            unit.charges.write(self._process, new)
        self._others = unit.charges.others(self._process, self.month())

    def warn(self, channel: str, about: str, args: Mapping[str, str]) -> None:
        """``about`` ends in its period; whatever is said again of the same is one slot, over all processes."""
        if self._job and (name := f"{channel}/{about}") not in self._news:
            self._news[name] = Slot(job=self._job, slot=name, due=self._now(), args={"channel": channel, **args})

    def promise_news(self, unit: Unit, _now: datetime) -> None:
        """With every tick, since a transaction may be lost: a slot that was promised before stays as it is."""
        current = (self.month(), self.today())
        for name, slot in list(self._news.items()):
            unit.jobs.promise(slot)
            if not name.endswith(current):
                del self._news[name]

    def today(self) -> str:
        return self._now().astimezone(self._zone).date().isoformat()

    def month(self) -> str:
        return self._now().astimezone(self._zone).strftime("%Y-%m")


class Meter:
    """Of one channel."""

    def __init__(self, usage: Usage, channel: str) -> None:
        self._usage = usage
        self._channel = channel

    def spend(self, kind: str) -> None:
        self._usage.spend(self._channel, kind)

    def warn(self, about: str, text: str, *, daily: bool = False, mute: bool = False) -> None:
        """Once a month, or once a day. ``mute``: nothing is sent by this channel now, so it is told by others or not at all."""
        period = self._usage.today() if daily else self._usage.month()
        self._usage.warn(self._channel, f"{about}/{period}", {"text": text, "mute": "yes" if mute else ""})

    def spent(self) -> dict[str, int]:
        """This month's, by kind."""
        return {kind: count for (channel, kind), count in self._usage.spent().items() if channel == self._channel}
