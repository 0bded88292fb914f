"""Files on the disk, under their content's hash: written aside, synced, renamed; readable by the owner of the process only.

The same content lies here once, whoever sent it. Nothing is ever opened to be looked at, beyond its first bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from bot.filekinds import HEAD, judged
from bot.ports import FileState, Kept, TooLarge
from bot.ports.files import FileRow

MOST_BYTES = 50 * 1024 * 1024
DRAFT_SECONDS = 3600.0
"""A draft as old as this belongs to a process that died."""


class Draft:
    """A file being written. Implements the Sink port."""

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._most = most
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None
        self.head = b""
        self.size = 0

    async def write(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._most:
            raise TooLarge
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        await asyncio.to_thread(self._write, piece)

    def _write(self, piece: bytes) -> None:
        if self._file is None:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb")
        self._hash.update(piece)
        self._file.write(piece)

    async def keep(self, folder: Path, name: str) -> Kept | str:
        """Its content's name on the disk; or why it is not kept, as people read it."""
        if not self.size:
            return "文件是空的"
        kind = judged(name, self.head)
        if isinstance(kind, str):
            return kind
        digest = await asyncio.to_thread(self._settle, folder)
        return Kept(digest, self.size, kind.media, kind.extension)

    def _settle(self, folder: Path) -> str:
        digest = self._hash.hexdigest()
        target = path_in(folder, digest)
        if self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        target.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.rename(target)
        _sync(target.parent)
        return digest

    def discard(self) -> None:
        if self._file:
            self._file.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()


class Cabinet:
    """``folder`` is made with the first file."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most = most

    @asynccontextmanager
    async def draft(self) -> AsyncIterator[Draft]:
        """What is not kept by the end of it is gone."""
        aside = self.folder / "drafts"
        await asyncio.to_thread(aside.mkdir, 0o700, parents=True, exist_ok=True)
        draft = Draft(aside / secrets.token_hex(16), self.most)
        try:
            yield draft
        finally:
            draft.discard()

    async def keep(self, draft: Draft, name: str) -> Kept | str:
        return await draft.keep(self.folder, name)

    def path(self, file: FileRow) -> Path | None:
        """None for what is not stored, or was taken away by hand."""
        if file.state is not FileState.STORED:
            return None
        found = path_in(self.folder, file.sha256)
        return found if found.is_file() else None

    def tidy(self) -> None:
        """Removes drafts of processes that died while writing: their rows are still wanted."""
        for draft in (self.folder / "drafts").glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > DRAFT_SECONDS:
                    draft.unlink()


def path_in(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    """The name itself reaches the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
