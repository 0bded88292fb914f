"""Copies, questions and drafts: what a conversation leaves in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.cards import Confirm
from bot.messages import Place


class StoredButton(Struct, frozen=True):
    label: str
    command: str
    values: dict[str, str]
    confirm: Confirm | None = None


class CopyState(StrEnum):
    LIVE = "live"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


class Copy(Struct, frozen=True, kw_only=True):
    """One drawn card: which view of which object for whom and where; buttons by number (all ever drawn on it).

    ``current`` is the first number of the present drawing: smaller ones are stale. ``view`` is "" for a card that is not
    tied to an object and so never redrawn. ``send`` is the outbox row that put it there.
    """

    id: int
    view: str
    kind: str
    number: int
    person: int | None
    place: Place
    send: int
    state: CopyState
    buttons: dict[int, StoredButton]
    current: int
    digest: str


class Copies(Protocol):
    def add(self, copy: Copy, now: datetime) -> None: ...

    def get(self, copy_id: int) -> Copy | None:
        """Not for update: turns lock the object first and its copies last, so that no two wait for each other."""

    def lock(self, copy_id: int) -> Copy | None:
        """For update: what is then written is drawn from its newest state."""

    def save(self, copy: Copy) -> None: ...

    def live(self, kind: str, number: int) -> Sequence[Copy]:
        """The copies of an object that would be redrawn when it changes, oldest first; for update."""

    def by_send(self, outbox_id: int) -> Copy | None: ...

    def by_handle(self, channel: str, handle: str) -> Copy | None:
        """The copy that stands in this message of the messenger."""


class Given(Struct, frozen=True):
    """A slot's value in its stored spelling; ``inferred`` is marked 推定 in the preview."""

    raw: str
    inferred: bool = False


class DraftState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Draft(Struct, frozen=True, kw_only=True):
    """An entry on its way (7 days): the command, what was given so far, and the stored result once it was consumed."""

    id: int
    person: int
    command: str
    given: dict[str, Given]
    state: DraftState = DraftState.OPEN
    asked: str = ""
    """The slot that is being asked; "" while the preview stands, "*" while any may be changed."""
    question: str = ""
    """What is asked about it when the slot's prompt does not say enough."""
    heard: str = ""
    """The words that named several people: the answer only has to tell them apart."""
    page: int = 0
    """The upload page that asks for a file, where the chat does not take it."""
    lines: tuple[str, ...] = ()
    """What the check had to say, as the preview shows it."""
    digest: str = ""
    result: str = ""
    updated: datetime


class Talk(Struct, frozen=True, kw_only=True):
    """Where a person and the bot stand in one chat: the open draft (30 minutes) and what was last shown."""

    draft: int | None = None
    asked_at: datetime | None = None
    focus: tuple[str, ...] = ()
    """Last list shown, as full commands a number picks from; or one object's id."""
    focus_at: datetime | None = None


class Dialogue(Protocol):
    def talk(self, person: int, place: Place) -> Talk: ...

    def save_talk(self, person: int, place: Place, talk: Talk) -> None: ...

    def draft(self, draft_id: int) -> Draft | None:
        """For update: a draft is consumed once, whatever cards of it are pressed at the same moment."""

    def save_draft(self, draft: Draft) -> None:
        """Inserts or replaces."""

    def open_drafts(self, person: int, since: datetime) -> Sequence[Draft]: ...
