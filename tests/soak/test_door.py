"""Thousands hold connections open and say nothing (abuse case 6): honest pushes are answered as before, the rest is shown out."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from adapters.silence import EVERY, PATIENCE
from tests.bench.load import Answered, drive, message
from tests.bench.served import OTHERS, REPS, Served, databases, serving
from tests.bench.stub import stub
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS

RATE = 50.0
PUSHES = 250
ALLOWED = 0.05
"""Seconds the slowest hundredth of the answers may take longer."""


@pytest.fixture
def files() -> Iterator[int]:
    """As many as this process may open."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield most
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


def test_silent_connections_keep_nobody_out(files: int, say: Say) -> None:
    count = min(COUNTS.silent, files // 2)
    with databases(("SQLite",)) as urls, stub(OTHERS) as platform, serving(urls["SQLite"], platform.base_url) as served:
        before = _honest(served, 0)
        with ExitStack() as stack:
            began = time.monotonic()
            silent = [stack.enter_context(_silent(served)) for _ in range(count)]
            opened = time.monotonic()
            during = _honest(served, PUSHES)
            for each in silent:
                each.settimeout(max(0.1, opened + PATIENCE + 2 * EVERY + 1.0 - time.monotonic()))
                assert each.recv(1) == b""
            ended = time.monotonic()
        after = _honest(served, 2 * PUSHES)
    assert during.at(99) <= max(before.at(99), after.at(99)) + ALLOWED
    p99 = " / ".join(f"{each.at(99) * 1e3:.1f}" for each in (before, during, after))
    say(
        f"{count} connections opened in {opened - began:.1f} s, all closed {ended - opened:.1f} s later; "
        f"{PUSHES} pushes at {RATE:.0f}/s before, during, after: ack p99 {p99} ms"
    )


def _silent(served: Served) -> socket.socket:
    host, _, port = served.address.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10.0)


def _honest(served: Served, first: int) -> Answered:
    raws = [message(number, REPS[number % len(REPS)], "帮助") for number in range(first, first + PUSHES)]
    answered = drive(served.address, raws, 16, OTHERS, rate=RATE)
    assert not answered.failed
    return answered
