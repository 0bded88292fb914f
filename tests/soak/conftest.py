"""What a long proof did is said at the end: counts and the seed, so that a failure can be tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.soak.counts import COUNTS

SAID = pytest.StashKey[list[str]]()
Say = Callable[[str], None]


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    lines = request.config.stash.setdefault(SAID, [])
    return lambda line: lines.append(f"{request.node.name}: {line}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.section("soak")
    terminalreporter.line(f"SOAK_SEED={COUNTS.seed}")
    for line in config.stash.get(SAID, []):
        terminalreporter.line(line)
