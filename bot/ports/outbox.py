"""What goes out, as the store keeps it and delivery sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.cards import Card
from bot.messages import Place


class Sending(StrEnum):
    """What an outbox row does, and how dear it is: a refresh may be coalesced, a closing edit must arrive."""

    SEND = "send"
    CLOSING = "closing"
    REFRESH = "refresh"
    RECALL = "recall"


class OutState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    """Perhaps taken by the messenger; its window for a safe repetition is over, or it has none."""
    DEAD = "dead"
    DROPPED = "dropped"
    EXPIRED = "expired"


class Outgoing(Struct, frozen=True, kw_only=True):
    """One row for the outbox, before the store gives it id and key.

    ``not_before`` and ``expires`` are business time; ``hold`` is machine time in seconds from now.
    """

    what: Sending
    place: Place
    content: Card | str
    target: int | None = None
    copy: int | None = None
    person: int | None = None
    trace: str = ""
    not_before: datetime | None = None
    expires: datetime | None = None
    hold: float = 0.0
    via: str = ""
    """An edit of the clicked copy goes by the handle its click brought: WeCom's is a code of one use."""
    bulk: bool = False
    """One of many alike: whatever else is due on the channel goes first, in the same chat too."""
    report: str = ""
    """The view whose capability is told how this send ended; "" if nobody wants to know."""


class OutboxRow(Struct, frozen=True, kw_only=True):
    """A row as delivery sees it. ``handle`` of an edit or recall is ``via``, else its target's; "" if there is none.
    ``target_key``: the target's key, "" of a send.

    ``payload`` is None until it was rendered once; retries send those bytes. ``created`` and ``first_sent`` are business
    time; ``first_sent`` is the first attempt that may have been taken, None if surely none was. ``losses`` counts the
    claims in a row that ended without an outcome because their sender died.
    """

    id: int
    key: str
    what: Sending
    state: OutState
    place: Place
    content: Card | str
    payload: bytes | None
    target: int | None
    target_state: OutState | None
    handle: str
    copy: int | None
    attempts: int
    first_sent: datetime | None
    expires: datetime | None
    trace: str
    losses: int = 0
    created: datetime | None = None
    via: str = ""
    bulk: bool = False
    target_key: str = ""
    media: dict[int, str] = {}
    """What the messenger calls the files its content shows, by file; filled in before it is rendered."""


class Ended(Struct, frozen=True, kw_only=True):
    """A send that has come to its end, and the card it brought: object ``number`` of a ``view``. ``at`` is business time."""

    view: str
    number: int
    person: int | None
    place: Place
    state: OutState
    at: datetime
    reason: str


class Settled(Struct, frozen=True, kw_only=True):
    """How one attempt ended, to be recorded: the new state, and for PENDING how long to wait (machine time).

    ``first_sent`` and ``losses`` are stored as they stand here: only delivery knows whether an attempt may have been
    taken (a 24 h outage of clear refusals must not use up the window of a safe repetition).
    """

    row: int
    state: OutState
    handle: str = ""
    reason: str = ""
    wait: float = 0.0
    first_sent: datetime | None = None
    losses: int = 0


class Outbox(Protocol):
    def add(self, row: Outgoing, now: datetime) -> int:
        """Stores a row and returns its id. An edit replaces pending ones of the same copy (they become DROPPED)."""

    def drop_held(self, row_ids: Sequence[int]) -> None:
        """The clicked copy was answered in the callback: its held edit is not needed.

        Only if it is still pending, and no older edit of that message is on its way, which might arrive after the answer.
        """

    def due(self, channel: str, now: datetime, most: int) -> Sequence[OutboxRow]:
        """The rows that may go now, bulk last, else oldest first; at most one per order (a chat's sends, a message's edits).

        Not: rows behind an unfinished due row of the same chat; edits whose send is not finished. Rows past ``expires``
        and edits of a send that died are among them: delivery settles those without claiming them.
        """

    def claim(self, rows: Sequence[tuple[int, bytes]], fence: int, now: datetime) -> Sequence[int]:
        """Marks rows SENDING with their payload, counts the attempt, sets ``first_sent`` where there is none yet.

        Returns those it got: none if the fence is no longer the lease's.
        """

    def settle(self, outcomes: Sequence[Settled], fence: int, now: datetime) -> Sequence[int]:
        """Records outcomes of rows that are SENDING, or still PENDING (never claimed); returns the rows it recorded.

        Ignored are outcomes of an older fence and of rows that ended meanwhile.
        """

    def withdraw(self, kind: str, numbers: Sequence[int]) -> Sequence[int]:
        """Drops what would bring cards of these objects and has surely not left yet; the objects it was in time for."""

    def forsake(self, place: Place, reason: str, now: datetime) -> None:
        """What waits to be sent to this chat never will be: it ends DEAD, and who wanted to know is told.

        Of what is being sent right now the outcome is ignored: a refusal must not send it later to somebody else.
        """

    def take_ended(self, most: int) -> Sequence[Ended]:
        """Sends that ended and were to be reported, each once: for this transaction (SKIP LOCKED); a rollback gives them back."""

    def orphans(self, channel: str, fence: int) -> Sequence[OutboxRow]:
        """Rows left SENDING by a sender that is gone (an older fence)."""

    def state_counts(self) -> dict[tuple[str, str], int]:
        """(channel, state) → rows, for /metrics."""
