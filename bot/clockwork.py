"""The clock's turns: a due slot run by its capability, with the same effects as a person's turn, by nobody."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from string import digits
from typing import Any
from zoneinfo import ZoneInfo

from bot.copies import REDRAW, Copyist
from bot.feature import Catalog, Job
from bot.house import House
from bot.jobs import Daily, Run
from bot.log import tracing
from bot.ports import Ended, Slot, Trace, Unit
from bot.reports import ENDS, DeliveryReport
from bot.turn import Turn
from bot.watching import of_slot, watched

MOST_REPORTS = 1000
"""Told in one transaction; the rest with the next tick."""


class Clockwork:
    """What the ticker runs, by job name."""

    def __init__(self, catalog: Catalog, copyist: Copyist, house: Callable[[], House]) -> None:
        self._catalog = catalog
        self._copyist = copyist
        self._house = house
        self.trace: Trace | None = None
        """Who hears of the steps of the clock's turns."""

    def runs(self) -> dict[str, Run]:
        return {REDRAW: self._redraw, **{job.name: self._run_of(job) for job in self._catalog.jobs.values()}}

    def daily(self, zone: ZoneInfo) -> Sequence[Daily]:
        return [Daily(job.name, job.daily, zone) for job in self._catalog.jobs.values() if job.daily]

    def _run_of(self, job: Job) -> Run:
        def run(slot: Slot, unit: Any, now: datetime) -> None:
            turn = self._turn(unit, now)
            listener = self.trace
            with (
                tracing(turn.trace),
                watched((lambda: of_slot(turn.trace, slot, job.why)) if listener else None) as watch,
            ):
                job.run(turn, unit, slot)
                self._effects(turn)
                if watch and listener:
                    watch.tell(listener)

        return run

    def report(self, unit: Unit, now: datetime) -> int:
        """Tells the capabilities what became of their cards since they were last told; how many."""
        told = 0
        ended = unit.outbox.take_ended(MOST_REPORTS)
        for view in sorted({each.view for each in ended}):
            turn = self._turn(unit, now)
            reports = [_report(each) for each in ended if each.view == view and each.state in ENDS]
            if reports and view in self._catalog.reporters:
                with tracing(turn.trace):
                    self._catalog.reporters[view](turn, unit, reports)
                    self._effects(turn)
                told += len(reports)
        return told

    def _redraw(self, slot: Slot, unit: Any, now: datetime) -> None:
        """The next chunk of an object's live copies."""
        turn = self._turn(unit, now)
        turn.bulk = True
        ref = slot.args["object"]
        kind = ref.rstrip(digits)
        turn.changed(kind, int(ref.removeprefix(kind)))
        self._copyist.redraw(turn, None, int(slot.args["after"]))

    def _turn(self, unit: Unit, now: datetime) -> Turn:
        return Turn(
            now=now,
            trace=secrets.token_hex(8),
            house=self._house(),
            catalog=self._catalog,
            unit=unit,
            signer=self._copyist.signer,
        )

    def _effects(self, turn: Turn) -> None:
        turn.follow()
        self._copyist.redraw(turn, None)
        for message in turn.messages:
            self._copyist.deliver(turn, message)


def _report(ended: Ended) -> DeliveryReport:
    return DeliveryReport(
        number=ended.number,
        became=ENDS[ended.state],
        person=ended.person,
        place=ended.place,
        at=ended.at,
        reason=ended.reason,
    )
