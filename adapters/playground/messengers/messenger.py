"""A messenger as the page uses it, whatever its platform: who is there, what they see, what they do.

The only place that names platforms is a description itself; the rest of the page asks one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from adapters.playground.values import Fault

JSON = dict[str, Any]
SINGLE = "p2p"
"""The id, on the page, of everybody's own chat with the bot."""


class Refused(Exception):
    """The person's client does not let it happen; in the page's words."""


@dataclass(frozen=True, slots=True)
class Room:
    """A conversation of one person. ``sends``: what else than words can be sent there, in the menu's order."""

    id: str
    name: str
    members: tuple[str, ...]
    sends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as one person's client has it now.

    ``sender`` is "" for the bot; ``content`` is the payload as it was sent; ``beside`` what the client knows besides: the
    names behind mentions, a file's name, buttons that were replaced. ``changes`` counts from 1. ``stuck``: our words for
    what the platform does not let anybody change any more.
    """

    id: str
    sender: str
    kind: str
    content: JSON
    at: datetime
    changed: datetime | None
    changes: int
    recalled: bool
    read: bool
    beside: JSON = field(default_factory=dict)
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """Something of the bot's that the platform did not take: nobody's client shows it. ``call`` tells it from others."""

    call: int
    user: str
    room: str
    at: datetime
    fault: Fault


@dataclass(frozen=True, slots=True)
class Sent:
    """``problem``: the bot did not take it; ``note``: what the platform makes of such a message, in our words."""

    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the client shows: a toast (kind and words) or its own error's code. ``problem`` is for the strip below."""

    toast: tuple[str, str] | None = None
    code: int | None = None
    problem: str = ""


class Pushed(Protocol):
    """An emulator's push, as far as all are alike. ``due``: when the platform repeats it."""

    @property
    def due(self) -> datetime | None: ...


class Emulator(Protocol):
    """What all emulators have."""

    @property
    def bot_name(self) -> str: ...
    @property
    def pushes(self) -> Sequence[Any]: ...
    @property
    def calls(self) -> Sequence[Any]: ...
    @property
    def failed_pushes(self) -> Sequence[Pushed]: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    async def redeliver_due(self) -> Sequence[object]: ...
    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]: ...
    async def start(self) -> str: ...
    async def stop(self) -> None: ...


class Messenger(Protocol):
    """``skin`` names the page's drawing of it, ``title`` the messenger in sentences."""

    skin: ClassVar[str]
    title: ClassVar[str]
    channel: str
    stranger: ClassVar[str]
    most_file: ClassVar[int]
    """Bytes."""

    @property
    def emulator(self) -> Emulator: ...

    # Its life

    def table(self) -> JSON:
        """What the bot's configuration says of it; the emulator is started."""

    async def served(self, callback_url: str) -> None:
        """The bot runs and can be pushed to. Returns once it hears, or after a while without."""

    # Who is there

    def add_user(self, user: str, name: str) -> None: ...
    def add_group(self, room: str, name: str, members: Sequence[str]) -> None: ...
    def users(self) -> Mapping[str, str]:
        """Names by user id."""

    def rooms(self, user: str) -> list[Room]:
        """The single chat first."""

    # What they see

    def seen(self, user: str, room: str) -> Iterator[Seen]:
        """In order."""

    def fault(self, message: str) -> Fault | None:
        """Why the real client would not draw this card; asked when it is drawn."""

    def turned_away(self) -> Iterable[Turned]: ...
    def named(self, handle: str) -> list[str]:
        """The messages that the bot knows by this name."""

    def media(self, key: str) -> bytes | None: ...

    # What they do. All raise Refused.

    async def say(self, user: str, room: str, text: str) -> Sent: ...
    async def attach(self, user: str, room: str, kind: str, name: str, data: bytes) -> Sent:
        """``kind`` is one of the room's ``sends``; ``name`` a file's, or the words of a voice message."""

    async def press(self, user: str, message: str, label: str, which: int, form: Mapping[str, Any]) -> Pressed: ...
    async def read(self, user: str, room: str, messages: Sequence[str]) -> None: ...


def read_marks(sender: str, user: str, members: Sequence[str], readers: Iterable[str]) -> JSON:
    """Who of a group has read what this person wrote there; nothing for anything else."""
    others = [one for one in members if one != user]
    return {"others": len(others), "read_by": len(set(readers) & set(others))} if sender == user and others else {}


def mentions(text: str, bot_name: str) -> bool:
    return f"@{bot_name}" in text


def taken(title: str, delivered: bool, again: bool) -> Sent:
    """``again``: the platform repeats what the bot did not take."""
    return Sent() if delivered else Sent(f"机器人没有收下，{title}{'会再投' if again else '不会再投'}")
