"""Business time from a file, by hand, from the wall."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import FileClock, ManualClock, WallClock, machine


def test_the_file_is_read_anew_and_time_never_moves_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "clock"
    path.write_text("2026-03-02T09:00:00+08:00\n")
    clock = FileClock(path)
    path.write_text("2026-03-02T13:00:00+08:00")
    one = datetime.fromisoformat("2026-03-02T13:00:00+08:00")
    assert clock.now() == one
    with caplog.at_level(logging.WARNING):
        for text in ("2026-03-02T12:00:00+08:00", "", "yesterday", "2026-03-02T14:00:00"):
            path.write_text(text)
            assert clock.now() == one
            assert clock.now() == one
        path.unlink()
        assert clock.now() == one
    assert len(caplog.records) == 5
    path.write_text("2026-03-02T05:00:01Z")
    assert clock.now() == one + timedelta(seconds=1)


@pytest.mark.parametrize("text", [None, "", "2026-03-02 09:00", "soon"])
def test_a_file_without_an_instant_stops_the_start(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "clock"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match=r"clock\.file"):
        FileClock(path)


def test_by_hand() -> None:
    clock = ManualClock(datetime.fromisoformat("2026-03-02T09:00:00+08:00"))
    clock.advance(timedelta(hours=4))
    assert clock.now() == datetime.fromisoformat("2026-03-02T13:00:00+08:00")
    with pytest.raises(ValueError, match="back"):
        clock.advance(-timedelta(seconds=1))
    with pytest.raises(ValueError, match="offset"):
        ManualClock(datetime(2026, 3, 2))  # noqa: DTZ001


def test_the_wall_and_the_machine() -> None:
    assert WallClock().now().tzinfo is not None
    assert machine() <= machine()
