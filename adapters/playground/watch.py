"""One messenger as the page sees it: everybody's chats, and what of them is new or changed since the last look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.playground.messengers.messenger import JSON, SINGLE, Messenger, Seen, Turned
from adapters.playground.people import seat
from adapters.playground.values import Message

ZONE = ZoneInfo("Asia/Shanghai")
Where = tuple[str, str]
"""A person and one of their rooms."""


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


@dataclass(slots=True)
class Look:
    """What one look found: messages to draw, and which of the bot's own are new or changed, by the messenger's title.

    A group's message is drawn for each of its members and counts once.
    """

    messages: list[Message] = field(default_factory=list)
    sent: dict[str, set[str]] = field(default_factory=dict)
    changed: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Mark:
    changes: int
    recalled: bool
    read: bool
    stuck: str
    read_by: int


class Watch:
    """``order`` numbers the messages over all messengers, as they are first seen."""

    def __init__(self, messenger: Messenger, order: Callable[[], int]) -> None:
        self.messenger, self._order = messenger, order
        self._marks: dict[str, _Mark] = {}
        self._orders: dict[str, int] = {}
        self._drawn: dict[str, Message] = {}
        self._turned: dict[tuple[int, str], Message | None] = {}
        self._gone = frozenset[str]()

    def look(self, into: Look) -> None:
        """Adds what is new or looks different now; everything on the first call."""
        for where, seen in self._everything_seen():
            key = _key(where, seen.id)
            mark = _Mark(seen.changes, seen.recalled, seen.read, seen.stuck, seen.beside.get("read_by", 0))
            before = self._marks.get(key)
            if before == mark:
                continue
            self._marks[key] = mark
            self._drawn[key] = self._draw(key, where, seen)
            into.messages.append(self._drawn[key])
            if not seen.sender:
                self._count(into, seen, before)
        for turned in self.messenger.turned_away():
            if (turned.call, turned.user) not in self._turned:
                refused = self._turned[turned.call, turned.user] = self._refused(turned)
                into.messages.append(refused)

    def everything(self) -> list[Message]:
        """As of the last look."""
        return [*self._drawn.values(), *filter(None, self._turned.values())]

    def forget(self) -> None:
        """What is there now belongs to the past and is not shown any more."""
        self._gone = frozenset(seen.id for _where, seen in self._everything_seen()) | self._gone
        self._drawn.clear()
        self._turned = dict.fromkeys(self._turned)

    def _everything_seen(self) -> Iterator[tuple[Where, Seen]]:
        for user in self.messenger.users():
            for room in self.messenger.rooms(user):
                for seen in self.messenger.seen(user, room.id):
                    if seen.id not in self._gone:
                        yield (user, room.id), seen

    def _count(self, into: Look, seen: Seen, before: _Mark | None) -> None:
        title = self.messenger.title
        if before is None:
            into.sent.setdefault(title, set()).add(seen.id)
        elif (before.changes, before.recalled) != (seen.changes, seen.recalled):
            into.changed.setdefault(title, set()).add(seen.id)

    def _draw(self, key: str, where: Where, seen: Seen) -> Message:
        before = self._drawn.get(key)
        same = before and (before.content, _drawn(before.beside)) == (seen.content, _drawn(seen.beside))
        return Message(
            key=key,
            id=seen.id,
            seat=seat(self.messenger.channel, where[0]),
            chat=where[1],
            sender=seen.sender,
            by=self.messenger.users().get(seen.sender, ""),
            kind=seen.kind,
            content=seen.content,
            beside=seen.beside,
            at=stamp(seen.at),
            changed=stamp(seen.changed) if seen.changed else "",
            version=before.version if before and same else seen.changes,
            recalled=seen.recalled,
            read=seen.read,
            order=self._orders.setdefault(seen.id, self._order()),
            stuck=seen.stuck,
            fault=self.messenger.fault(seen.id),
        )

    def _refused(self, turned: Turned) -> Message:
        key = f"refused-{self.messenger.channel}-{len(self._turned)}"
        return Message(
            key=key,
            id=key,
            seat=seat(self.messenger.channel, turned.user),
            chat=turned.room,
            sender="",
            by="",
            kind="refused",
            content={},
            beside={},
            at=stamp(turned.at),
            changed="",
            version=1,
            recalled=False,
            read=True,
            order=self._order(),
            fault=turned.fault,
        )


def _drawn(beside: JSON) -> JSON:
    """What the card looks like, without who has read it."""
    return beside | {"read_by": 0}


def _key(where: Where, message: str) -> str:
    """A group's message stands in several windows."""
    user, room = where
    return message if room == SINGLE else f"{message}~{user}"
