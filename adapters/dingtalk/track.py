"""Our names of cards, and the handles that edits and recalls go by.

A card's ``outTrackId`` comes from the row's key, so that a repetition creates no second card (page 4.1: at most 100
characters), and for a group's card also from the group's company: a callback says neither that it comes from a group nor
whose group it is. The handle of whatever was sent is its ``processQueryKey`` (a card's ``carrierId`` is one, page 3.7): by that
the platform tells what was read, and what a message quotes. A click, and a repetition that finds the card there already, know
the card's own name only, which is then the handle.
"""

from __future__ import annotations

from msgspec import Struct

from bot.messages import Place
from bot.ports import OutboxRow

_CARD = "card-"


class Track(Struct, frozen=True):
    """``tenant`` is the group's company, None in a single chat."""

    name: str
    tenant: str | None


def track_id(row: OutboxRow) -> str:
    return _named(row.key, row.place)


def read_track(name: str) -> Track:
    """Also of cards that are not ours: their buttons mean nothing anyway."""
    _, dash, tenant = name.removeprefix(_CARD).partition("-")
    return Track(name, tenant if dash and name.startswith(_CARD) else None)


def edited_card(row: OutboxRow) -> str:
    """Which card an edit is about, "" if that is not known. Of a message that is no card the platform says there is none."""
    if row.handle.startswith(_CARD):
        return row.handle
    return _named(row.target_key, row.place) if row.handle and row.target_key else ""


def recalled_key(row: OutboxRow) -> str:
    """The processQueryKey of what is to be recalled, "" if the platform never said it."""
    return "" if row.handle.startswith(_CARD) else row.handle


def _named(key: str, place: Place) -> str:
    return f"{_CARD}{key}-{place.tenant}" if place.group else f"{_CARD}{key}"
