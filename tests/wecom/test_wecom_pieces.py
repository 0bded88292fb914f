"""A file on its way to a group when the connection or the platform does not do its part (page 4.3, 5.2)."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom import smartbot
from adapters.wecom.files import IN_GROUPS
from adapters.wecom.groups import Groups
from adapters.wecom.pieces import CHUNK, FINISH, INIT, PIECE
from bot.messages import Account, FileKind, Place
from bot.ports import FileRow, FileState, Media, Need, Retry
from tests.wecom.stage import NOW, config
from tests.wecom.test_wecom_smartbot import Answer, ack, stage

JSON = dict[str, Any]
DATA = bytes(range(256)) * 4097
NEED = Need(7, f"{IN_GROUPS}file")
FILE = FileRow(
    id=7,
    person=1,
    account=Account("wecom", "", "zhaomin"),
    place=Place("wecom", "", "wrTeam", group=True),
    kind=FileKind.FILE,
    name="报价.pdf",
    state=FileState.STORED,
    size=len(DATA),
    sha256="0" * 64,
    received=NOW - timedelta(hours=1),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    where = tmp_path / "file"
    where.write_bytes(DATA)
    return where


def says(**body: str) -> Answer:
    return lambda frame: ack(frame) | {"body": body}


def refuses(code: int) -> Answer:
    return lambda frame: ack(frame, code)


TAKES: dict[str, Answer] = {INIT: says(upload_id="up1"), FINISH: says(media_id="m1")}


async def test_every_piece_arrives_in_its_order(path: Path) -> None:
    async with stage(300.0, **TAKES) as it:
        await it.up()
        assert await it.groups.upload(NEED, FILE, path) == Media("m1")
        begun, *pieces, ended = [frame["body"] for frame in it.gateway.heard[1:]]
        assert (begun["total_size"], begun["total_chunks"], begun["type"]) == (len(DATA), 3, "file")
        assert [piece["chunk_index"] for piece in pieces] == [0, 1, 2]
        assert b"".join(base64.b64decode(piece["base64_data"]) for piece in pieces) == DATA
        assert max(len(base64.b64decode(piece["base64_data"])) for piece in pieces) == PIECE
        assert ended == {"upload_id": "up1"}


@pytest.mark.parametrize(
    ("answers", "again", "said"),
    [
        pytest.param({INIT: refuses(45009)}, True, "45009", id="too many uploads"),
        pytest.param({INIT: refuses(40006)}, False, "40006", id="a wrong size"),
        pytest.param({INIT: says()}, True, "编号", id="no upload_id"),
        pytest.param({CHUNK: refuses(-1)}, True, "-1", id="busy in between"),
        pytest.param({CHUNK: refuses(40058)}, False, "40058", id="a piece is refused"),
        pytest.param({FINISH: refuses(40005)}, False, "40005", id="a wrong type"),
        pytest.param({FINISH: says()}, True, "编号", id="no media_id"),
    ],
)
async def test_how_it_ends(path: Path, answers: dict[str, Answer], again: bool, said: str) -> None:
    async with stage(300.0, **TAKES | answers) as it:
        await it.up()
        ended = await it.groups.upload(NEED, FILE, path)
        assert isinstance(ended, Retry if again else Media)
        assert said in ended.reason
        assert again or (isinstance(ended, Media) and not ended.key)


async def test_silence_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smartbot, "ACK_SECONDS", 0.05)
    async with stage(300.0, **TAKES | {CHUNK: lambda _: None}) as it:
        await it.up()
        assert isinstance(await it.groups.upload(NEED, FILE, path), Retry)


async def test_without_a_connection_it_waits(path: Path) -> None:
    async with stage() as it:
        ended = await it.groups.upload(NEED, FILE, path)
        assert isinstance(ended, Retry)
        assert "没有连接" in ended.reason


async def test_without_a_smart_bot_it_is_said(path: Path) -> None:
    groups = Groups(config(), lambda: pytest.fail("no session is needed"), lambda: NOW, lambda _: None)
    ended = await groups.upload(NEED, FILE, path)
    assert isinstance(ended, Media)
    assert "smart_bot_id" in ended.reason
