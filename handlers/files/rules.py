"""How files are spoken of; pure."""

from __future__ import annotations

from bot.messages import FileKind
from bot.ports import FileRow, FileState
from bot.recognise.ids import find_ids
from bot.values import ShortId

KIB = 1024


def sized(size: int) -> str:
    """1.2 MB, 340 KB."""
    if size >= KIB * KIB:
        return f"{size / KIB / KIB:.1f} MB"
    return f"{max(1, round(size / KIB))} KB"


def named(file: FileRow) -> str:
    return f"{file.name}（{sized(file.size)}）" if file.state is FileState.STORED else file.name


def spoken(file: FileRow) -> str:
    """The same before it is stored and after: a picture gets its ending from its content, and a name for the disk."""
    if file.kind is not FileKind.PICTURE:
        return file.name
    return (file.name.rpartition(".")[0] or file.name).replace(":", "")


def short_id(ref: str) -> ShortId | None:
    """The id these words are, None for anything else."""
    found = next(iter(find_ids(ref)), None)
    return found.value if found and found.text.strip() == ref.strip() else None
