"""What can go wrong, by who has to hear of it.

Refusal      a person: what is wrong, the rule, the next thing to do; the handler's rows are rolled back
Unavailable  a messenger: nothing was stored, so it should repeat the push if it does that
OperatorError  an operator: one line on stderr that says what to change
"""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Unit


MOST_LINES = 4
OURS = tuple(Path(__file__).parents[1] / name for name in ("bot", "adapters", "handlers", "storage"))
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


class Refusal(Exception):
    """Says no to a person. ``code`` names the rule (for audit and metrics), ``sentence`` is what the person reads.

    ``marks`` is what the refusal itself leaves behind (a wrong-code counter, a security event); it runs after the
    handler's rows were rolled back and is committed with the refusal.
    """

    def __init__(self, code: str, sentence: str, *, marks: Callable[[Unit], None] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.marks = marks


class Unavailable(Exception):
    """The push could not be stored; the messenger is to be told so."""


class OperatorError(Exception):
    """A mistake in configuration, files or commands that an operator can put right."""


def reason(error: Exception) -> str:
    """What and where, the innermost of our lines first, one of each file that it passed through, in words that quote no
    data: errors of the database do."""
    if isinstance(error, OperatorError | Unavailable):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in reversed(frames) if not _is_a_librarys(frame.filename)] or frames[-1:]
    passed = [next(lines) for _, lines in groupby(ours, key=lambda frame: frame.filename)][:MOST_LINES]
    return f"{type(error).__name__} in {', '.join(f'{Path(f.filename).name}:{f.lineno}' for f in passed)}"


def _is_a_librarys(file: str) -> bool:
    """Where the database's driver gave up says less than which of our lines asked it."""
    if any(Path(file).is_relative_to(home) for home in OURS):
        return False
    return any(Path(file).is_relative_to(folder) for folder in LIBRARIES)
