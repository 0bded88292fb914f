"""Our names of what we sent: a card's outTrackId, and the handle that edits and recalls go by.

``outTrackId`` comes from the row's key, so that a repetition creates no second card (page 4.1: at most 100 characters), and
for a group's card also from the group's company: a callback says neither that it comes from a group nor whose group it is.
"""

from __future__ import annotations

from msgspec import Struct

from bot.ports import OutboxRow

_CARD = "card-"


class Track(Struct, frozen=True):
    """``tenant`` is the group's company, None in a single chat."""

    name: str
    tenant: str | None


def track_id(row: OutboxRow) -> str:
    return f"{_CARD}{row.key}-{row.place.tenant}" if row.place.group else f"{_CARD}{row.key}"


def read_track(name: str) -> Track:
    """Also of cards that are not ours: their buttons mean nothing anyway."""
    _, dash, tenant = name.removeprefix(_CARD).partition("-")
    return Track(name, tenant if dash and name.startswith(_CARD) else None)


class Handle(Struct, frozen=True):
    """``track``: the card's outTrackId, "" for messages, which cannot be changed; ``query``: the processQueryKey for
    recalls ("" if the platform did not say it)."""

    track: str
    query: str

    def __str__(self) -> str:
        return f"{self.track} {self.query}".strip()


def read_handle(text: str) -> Handle:
    """Of a receipt, or of a click, which knows the card's name only."""
    track, _, query = text.partition(" ") if text.startswith(_CARD) else ("", "", text)
    return Handle(track, query)
