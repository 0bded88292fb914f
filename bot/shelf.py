"""A folder of small records that survive a crash: each is a file that is there whole or not at all.

Several processes may share it. There is no offset to keep and no lock to lose: a record is done when its file is gone.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from bot.errors import Unavailable

MOST = 10_000
RECORD, DRAFT, ASIDE = ".json", ".new", ".bad"
DRAFT_SECONDS = 60.0
"""An older draft is nobody's any more."""


class Shelf:
    """Plain synchronous files; ``most`` is how many records may lie here, for whoever counts them."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self.most = most

    def put(self, name: str, data: bytes) -> None:
        """Returns once it is on the disk, under its name. Unavailable if the disk refuses."""
        draft = self._folder / f"{name}{DRAFT}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _write(draft, data)
                draft.rename(self._folder / f"{name}{RECORD}")
                _sync(self._folder)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"{self._folder}: {error.strerror}") from error

    def names(self) -> list[str]:
        """In the order of their names; [] as long as nothing was ever put here."""
        try:
            return sorted(path.stem for path in self._folder.iterdir() if path.suffix == RECORD)
        except FileNotFoundError:
            return []

    def get(self, name: str) -> bytes | None:
        """None if another process is through with it."""
        try:
            return (self._folder / f"{name}{RECORD}").read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> None:
        (self._folder / f"{name}{RECORD}").unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Nobody tries it again; an operator finds it beside the others."""
        record = self._folder / f"{name}{RECORD}"
        record.rename(record.with_suffix(ASIDE))

    def tidy(self) -> None:
        """Removes drafts of processes that died while writing; what was never finished was never acknowledged."""
        for draft in self._folder.glob(f"*{DRAFT}"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > DRAFT_SECONDS:
                    draft.unlink()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """The name itself reaches the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
