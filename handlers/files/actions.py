"""What other capabilities ask of files: to belong to one of their objects, and to be listed on its card."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot.cards import AnyBlock, Attachment, Picture
from bot.copies import PICTURES
from bot.entry import File
from bot.errors import Refusal
from bot.ports import FileRow, FileState
from bot.turn import Turn, Viewer
from handlers.files.rules import named
from storage.unit import Unit


def attach(turn: Turn, db: Unit, file: File | FileRow, kind: str, number: int) -> str:
    """The file belongs to that object from now on. What its owner says of it, once it is stored; "" if it is still on its way."""
    row = db.files.lock(file.id)
    if row is None or row.state is FileState.LOST:
        raise Refusal("file_lost", "这个文件没有收到，请重新发送。")
    if row.owner:
        raise Refusal("file_filed", f"「{row.name}」已归到 {row.owner}。")
    row = replace(row, owner=f"{kind}{number}")
    db.files.save(row)
    turn.record("file.filed", row.owner, after={"file": row.id, "sha256": row.sha256})
    return received(turn, db, row) if row.state is FileState.STORED else ""


def received(turn: Turn, db: Unit, row: FileRow) -> str:
    """Tells the owner of a stored file; returns what its sender reads."""
    kind, number = row.owner[:2], int(row.owner[2:])
    holder = turn.catalog.holders.get(kind)
    said = holder.received(turn, db, number, row) if holder else f"「{row.name}」已归到 {row.owner}。"
    turn.changed(kind, number)
    return said


def listed(db: Unit, kind: str, number: int, viewer: Viewer, most: int = 10) -> Sequence[AnyBlock]:
    """An object's stored files as blocks of its card, the newest last; each a download for this viewer."""
    return [_block(row, viewer) for row in stored(db, kind, number)[-most:]]


def stored(db: Unit, kind: str, number: int) -> Sequence[FileRow]:
    return [row for row in db.files.of(f"{kind}{number}") if row.state is FileState.STORED]


def _block(row: FileRow, viewer: Viewer) -> AnyBlock:
    link = viewer.link(row.id)
    return Picture(row.id, named(row), link) if row.media in PICTURES else Attachment(row.id, named(row), url=link)
