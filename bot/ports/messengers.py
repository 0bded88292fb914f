"""One channel: what delivery asks of an adapter, and what an adapter asks of the core."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from bot.messages import Answer, AnyInbound, Place
from bot.ports.outbox import OutboxRow


class Receipt(Struct, frozen=True):
    """Taken. ``handle`` is the messenger's name of the message ("" for edits and where it gives none)."""

    handle: str


class Retry(Struct, frozen=True):
    """Not taken, try again after so many seconds; ``whole_channel``: it is not this chat's fault."""

    after: float
    reason: str
    whole_channel: bool = False


class Gone(Struct, frozen=True):
    """The message can no longer be changed, or the receiver is out of reach: for edits the copy is superseded."""

    reason: str


class Rejected(Struct, frozen=True):
    """Refused for good; ``reason`` is for an operator to read."""

    reason: str


class Unknown(Struct, frozen=True):
    """The request went out and no answer came: perhaps taken."""

    reason: str


Outcome = Receipt | Retry | Gone | Rejected | Unknown


class Rate(Struct, frozen=True):
    """At most ``count`` in ``seconds``."""

    count: int
    seconds: float


class Limits(Struct, frozen=True):
    """What a messenger allows a channel; delivery stays below. ``per_message`` is about edits of one message."""

    channel: tuple[Rate, ...]
    chat: tuple[Rate, ...] = ()
    per_message: tuple[Rate, ...] = ()


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a messenger can do, in the core's terms; the form planner and the answers of clicks follow it."""

    answers: bool
    """A click's callback takes the changed card."""
    toasts: bool
    edits: bool
    edit_window: timedelta
    inputs: frozenset[str] = frozenset()
    """Names of the input classes a card's form can hold; empty: no forms."""
    confirms: bool = False
    """Asks before a click is sent what the button wants confirmed; else the chat asks after it."""
    most_inputs: int = 0
    most_buttons: int = 0
    repeat_window: timedelta = timedelta(0)
    """How long the same key or bytes may be sent again without doubling."""
    dear_edits: bool = False
    """Edits cost quota or single-use codes: refresh edits are not spent, except on the copy that was just clicked."""
    most_form_bytes: int = 0
    """About as much JSON as a form may take; 0: no limit of its own."""
    repeats: bool = True
    """What was not acknowledged is pushed again; otherwise the edge keeps it itself while the database is away."""
    files: bool = True
    """People's files come by its single chats."""
    pictures: bool = True
    """People's pictures do."""
    in_groups: Capabilities | None = None
    """What it can do in a group, where that differs."""

    def at(self, place: Place) -> Capabilities:
        return self.in_groups if place.group and self.in_groups is not None else self


class Adapter(Protocol):
    """One channel."""

    @property
    def channel(self) -> str: ...
    @property
    def can(self) -> Capabilities: ...
    @property
    def limits(self) -> Limits: ...

    def render(self, row: OutboxRow) -> bytes:
        """Pure: the body of the call that sends or edits; the same row gives the same bytes."""

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        """One attempt; never raises for what a messenger or the network does."""


class Taken(Struct, frozen=True):
    """The end of a turn as the receiving adapter needs it: the answer, and the held edits it makes unnecessary."""

    answer: Answer
    held: tuple[int, ...] = ()


class Intake(Protocol):
    """Where adapters hand in what they received. Returns after the commit (or when the edge's patience ends)."""

    async def take(self, inbound: AnyInbound) -> Taken:
        """Raises Unavailable if it could not be stored."""

    async def answered(self, taken: Taken) -> None:
        """The answer was written to the open request in time."""
