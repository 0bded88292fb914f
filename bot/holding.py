"""How capabilities take part in files: objects that files belong to, and what becomes of files no entry asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.permit import Person
from bot.ports import FileRow

if TYPE_CHECKING:
    from bot.turn import Reply, Turn


@dataclass(frozen=True, slots=True)
class Holder:
    """How a capability's objects take files that people send.

    ``may_add(turn, db, number)`` raises Refusal; ``may_see(db, person, number)`` is asked with every download; ``received(turn, db,
    number, file)`` runs once a file is stored and returns what its sender reads of it; ``likely(db, person)`` are the objects a
    file may belong to that came without a word, the likeliest first, each with what it is called.
    """

    kind: str
    may_add: Callable[[Turn, Any, int], None]
    may_see: Callable[[Any, Person, int], bool]
    received: Callable[[Turn, Any, int, FileRow], str]
    likely: Callable[[Any, Person], Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Filing:
    """What becomes of files no entry asked for; one capability does it. ``arrived`` gets the record they were a reply to, or ""."""

    arrived: Callable[[Turn, Any, FileRow, str], Reply]
    settled: Callable[[Turn, Any, FileRow], Reply]
