"""What is kept while the database is away, and what becomes of it (design 3)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config
from bot.errors import Unavailable
from bot.keys import Keyring
from bot.messages import NOTHING, AnyInbound, Upload
from bot.ports import Taken
from bot.shelf import Shelf
from bot.spool import folder_of
from tests.spool.office import NINE, Hands, Office, form, press, say, spool, upload


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_with_the_database_there_nothing_is_written(office: Office, clock: Hands, folder: Path) -> None:
    await spool(office, folder, clock).take(say("m1"))
    assert office.heard == [("m1", None)]
    assert files(folder) == []


async def test_what_was_kept_is_replayed_in_order_with_the_instant_it_came(
    office: Office, clock: Hands, folder: Path
) -> None:
    kept = spool(office, folder, clock)
    await kept.start()
    office.gone = True
    for minute, key in enumerate(("m1", "m2", "m3")):
        clock.at = NINE + timedelta(minutes=minute)
        assert await kept.take(say(key)) == Taken(NOTHING)
    clock.at = NINE + timedelta(hours=5)
    assert kept.waiting == 3
    office.gone = False
    assert await office.until(3) == [(f"m{n}", NINE + timedelta(minutes=n - 1)) for n in (1, 2, 3)]
    await kept.stop()
    assert files(folder) == []


async def test_nobody_overtakes_those_who_wait(office: Office, clock: Hands, folder: Path) -> None:
    kept = spool(office, folder, clock)
    office.gone = True
    await kept.take(say("m1"))
    office.gone = False
    await kept.take(say("m2"))
    assert office.heard == []
    await kept.start()
    assert [key for key, _ in await office.until(2)] == ["m1", "m2"]
    await kept.stop()


@pytest.mark.parametrize("refused", [press("p1"), form("p2"), press("p3", "feishu"), say("m1", "feishu")])
async def test_clicks_forms_and_what_is_repeated_are_refused(
    office: Office, clock: Hands, folder: Path, refused: AnyInbound
) -> None:
    office.gone = True
    with pytest.raises(Unavailable):
        await spool(office, folder, clock).take(refused)
    assert files(folder) == []


async def test_a_click_is_not_held_up_by_what_waits(office: Office, clock: Hands, folder: Path) -> None:
    kept = spool(office, folder, clock)
    office.gone = True
    await kept.take(say("m1"))
    office.gone = False
    await kept.take(press("p1"))
    assert office.heard == [("p1", None)]


async def test_the_next_process_takes_up_what_the_last_one_left(office: Office, clock: Hands, folder: Path) -> None:
    office.gone = True
    for key in ("m1", "m2"):
        await spool(office, folder, clock).take(say(key))
    office.gone = False
    clock.at = NINE + timedelta(days=1)
    after = spool(office, folder, clock)
    await after.start()
    assert await office.until(2) == [("m1", NINE), ("m2", NINE)]
    await after.stop()


async def test_stopping_in_an_outage_leaves_everything_where_it_is(office: Office, clock: Hands, folder: Path) -> None:
    kept = spool(office, folder, clock)
    await kept.start()
    office.gone = True
    await kept.take(say("m1"))
    await kept.stop()
    assert len(files(folder)) == 1
    assert office.heard == []


async def test_a_full_shelf_refuses(office: Office, clock: Hands, folder: Path) -> None:
    kept = spool(office, folder, clock, most=2)
    office.gone = True
    await kept.take(say("m1"))
    await kept.take(say("m2"))
    with pytest.raises(Unavailable):
        await kept.take(say("m3"))
    assert kept.waiting == 2


async def test_a_disk_that_refuses_is_told(office: Office, clock: Hands, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    office.gone = True
    with pytest.raises(Unavailable):
        await spool(office, tmp_path / "spool", clock).take(say("m1"))


async def test_what_cannot_be_replayed_holds_nobody_up(
    office: Office, clock: Hands, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = spool(office, folder, clock)
    office.gone = True
    for key in ("m1", "m2"):
        await kept.take(say(key))
    (folder / "00000000000000000000-0-000000.json").write_bytes(b'{"at": "2026-03-02T0')
    office.gone, office.stuck = False, {"m1"}
    await kept.start()
    assert await office.until(1) == [("m2", NINE)]
    await kept.stop()
    assert [path.suffix for path in files(folder)] == [".bad", ".bad"]
    assert caplog.text.count("was set aside") == 2
    assert "报备" not in caplog.text


# -- who may read it -------------------------------------------------------------------------------------------------


async def test_nobody_else_may_read_it_and_a_files_handle_is_sealed(office: Office, clock: Hands, folder: Path) -> None:
    office.gone = True
    await spool(office, folder, clock).take(upload("u1", "download-code-1"))
    (record,) = files(folder)
    assert (mode(folder), mode(record)) == (0o700, 0o600)
    assert b"download-code-1" not in record.read_bytes()


NEW, OLD = "1" * 32, "0" * 32


@pytest.mark.parametrize(
    ("later", "handle"),
    [([OLD], "download-code-1"), ([NEW, OLD], "download-code-1"), ([NEW], "")],
    ids=["same", "rotated", "lost"],
)
async def test_the_handle_comes_back_as_long_as_its_key_is_known(
    office: Office, clock: Hands, folder: Path, later: list[str], handle: str
) -> None:
    office.gone = True
    await spool(office, folder, clock, Keyring([OLD])).take(upload("u1"))
    office.gone = False
    after = spool(office, folder, clock, Keyring(later))
    await after.start()
    await office.until(1)
    await after.stop()
    (replayed,) = office.inbounds
    assert isinstance(replayed, Upload)
    assert replayed.handle == handle


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({"url": "sqlite:////srv/bot/bot.db"}, "/srv/bot/spool"),
        ({"url": "sqlite:///var/bot.db"}, "var/spool"),
        ({"url": "postgresql+psycopg://bot@db/bot", "files": "/srv/files"}, "/srv/spool"),
    ],
)
def test_where_it_lies(database: dict[str, str], expected: str) -> None:
    config = Config.model_validate({"database": database, "security": {"signing_key": OLD}})
    assert folder_of(config) == Path(expected)


# -- the folder --------------------------------------------------------------------------------------------------------


def test_a_draft_of_somebody_who_died_is_no_record_and_goes(folder: Path) -> None:
    shelf = Shelf(folder)
    shelf.put("1", b"{}")
    old, young = folder / "2.new", folder / "3.new"
    for draft in (old, young):
        draft.write_bytes(b'{"at": "20')
    os.utime(old, (1, 1))
    assert shelf.names() == ["1"]
    shelf.tidy()
    assert sorted(path.name for path in folder.iterdir()) == ["1.json", "3.new"]


def test_two_processes_may_be_through_with_the_same_record(folder: Path) -> None:
    shelf = Shelf(folder)
    shelf.put("1", b"{}")
    shelf.drop("1")
    shelf.drop("1")
    assert shelf.get("1") is None
