"""The command line in this process: quicker than a new one for each command, with the same words and exit codes."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.__main__ import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """What stands on stderr besides the log."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]


Bot = Callable[..., Ran]


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Whatever a test configures is undone after it."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.configure(**before[2])
    logging.captureWarnings(capture=False)


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_logging: None) -> Bot:
    """``bot("import", "people", "x.csv", BOT_CONFIG="y")``, in the test's folder."""

    def run(*arguments: str, **environ: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as here, redirect_stdout(out), redirect_stderr(err):
            here.chdir(tmp_path)
            here.setattr(sys, "argv", ["bot", *arguments])
            for name, value in environ.items():
                here.setenv(name, value)
            try:
                main()
            except SystemExit as end:
                if isinstance(end.code, str):  # the interpreter would print it and exit with 1
                    err.write(end.code + "\n")
                return Ran(
                    end.code if isinstance(end.code, int) else int(end.code is not None), out.getvalue(), err.getvalue()
                )
        raise AssertionError("a command always ends the process")

    return run
