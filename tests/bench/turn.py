"""A signed, encrypted event through its whole durable turn, until the platform has the reply."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench import bare
from tests.bench.load import Answered, drive, message, quantile
from tests.bench.served import OTHERS, REPS, Served, databases, serving
from tests.bench.stub import Stub, stub
from tests.bench.table import Table, ms, rate
from tests.soak.crowd import customers

NAMES = ("SQLite", "PostgreSQL")
LINE = "报备 {} 中央空调改造 120万 明年6月底签"
TURNS = {
    "帮助": "help (one card)",
    "进度": "progress (a live card; the older one gives way)",
    LINE: "preview (words read, checked, a draft kept)",
}
REQUESTS = {1: 300, 32: 2000}
"""By concurrency."""
STEADY, STEADY_SECONDS = 50.0, 10
QUIET = 0.3
"""Seconds without a call after which everything has been sent."""


def measure(table: Table) -> None:
    floor = bare.measure(table)
    with databases(NAMES) as urls, stub(OTHERS) as platform:
        for name, url in urls.items():
            with serving(url, platform.base_url) as served:
                bench = Bench(table, name, served, platform, floor)
                bench.register_everybody()
                for text, concurrency in itertools.product(TURNS, REQUESTS):
                    bench.turns(text, concurrency)
                bench.steady()


@dataclass(slots=True)
class Bench:
    table: Table
    database: str
    served: Served
    platform: Stub
    floor: Mapping[int, float]
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _names: Iterator[str] = field(default_factory=customers)

    def register_everybody(self) -> None:
        """So that there is something to ask about: each preview is one message, each registration two and an edit or two."""
        for text, calls in ((LINE, 1), ("提交", 3)):
            self.platform.forget()
            assert not drive(self.served.address, self._said(text, len(REPS)), 8, OTHERS).failed
            assert len(self._until_quiet()) >= calls * len(REPS)

    def turns(self, text: str, concurrency: int) -> None:
        self.platform.forget()
        self.served.stalls()
        cpu = self.served.cpu()
        ended = drive(self.served.address, self._said(text, REQUESTS[concurrency]), concurrency, OTHERS)
        arrivals = self._until_quiet()
        assert not ended.failed, f"{ended.failed} pushes of {text} were not taken"
        cpu = (self.served.cpu() - cpu) / len(ended.sent)
        what = f"{TURNS[text]}; {concurrency} at once"
        per_second = len(ended.sent) / (arrivals[-1] - ended.sent[0])
        against = f"{per_second / self.floor[concurrency]:.2f} of the floor" if concurrency in self.floor else ""
        times = f"ack p50 {ms(ended.at(50))}, p99 {ms(ended.at(99))}, cpu {ms(cpu)}"
        self.table.add(self.database, what, rate(per_second), f"{times}, {against}".rstrip(", "))
        if concurrency > 1:
            late = quantile(self.served.stalls(), 99)
            self.table.add(self.database, f"{TURNS[text]}; loop stalls", f"p99 {ms(late)}", "aim: 50 ms")

    def steady(self) -> None:
        """All kinds by turns, so many a second whatever the answers do."""
        self.platform.forget()
        kinds = [text for _, text in zip(range(int(STEADY * STEADY_SECONDS)), itertools.cycle(TURNS), strict=False)]
        raws = [raw for text in kinds for raw in self._said(text, 1)]
        ended = drive(self.served.address, raws, 64, OTHERS, rate=STEADY)
        times = f"p50 {ms(ended.at(50))}, p99 {ms(ended.at(99))}"
        self.table.add(self.database, f"all three, {STEADY:.0f}/s: ack", times, "aim: p99 20 ms")
        self._replied(ended, self._until_quiet())

    def _replied(self, ended: Answered, arrivals: Sequence[float]) -> None:
        """Each push's first call after it: with a rate so far below what is possible, its own reply's."""
        coming = iter(arrivals)
        took = [next(at for at in coming if at > sent) - sent for sent in sorted(ended.sent)]
        times = f"p50 {ms(quantile(took, 50))}, p99 {ms(quantile(took, 99))}"
        self.table.add(self.database, f"all three, {STEADY:.0f}/s: reply at the platform", times)

    def _said(self, text: str, times: int) -> list[bytes]:
        """By all the reps in turn; each preview of another customer."""
        numbers = itertools.islice(self._numbers, times)
        return [
            message(n, REPS[n % len(REPS)], text.format(next(self._names)) if text == LINE else text) for n in numbers
        ]

    def _until_quiet(self) -> list[float]:
        """The instants of all calls, once no more come."""
        before = -1
        while (now := self.platform.count()) != before:
            before = now
            time.sleep(QUIET)
        return self.platform.arrivals()
