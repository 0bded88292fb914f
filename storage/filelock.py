"""One ``serve`` per SQLite file: a lock on a file beside it, gone with the process that held it."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from bot.errors import OperatorError


class FileLock:
    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: IO[str] | None = None

    @property
    def taken(self) -> bool:
        return self._file is not None

    def take(self) -> None:
        if self._file:
            return
        file = self._database.with_name(f"{self._database.name}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise OperatorError(f"{self._database} 正被另一个进程使用（bot serve？），请先停止它") from error
        self._file = file

    def give_back(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
