"""What the core needs of the others: the store below it, the messengers beside it, the page that looks into it.

``Unit`` and its parts are one transaction of the store; ``Adapter`` is one channel; ``Trace`` and ``Rehearsal`` carry the
playground. All calls on a Unit are plain synchronous and happen in a worker thread; all calls on an Adapter are asyncio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from bot.cards import Card
from bot.messages import Account, Answer, AnyInbound, Place
from bot.permit import Person

T = TypeVar("T")


# -- inbox ---------------------------------------------------------------------------------------------------------


class End(StrEnum):
    """How a turn ended (design 3). ``OPEN`` is only ever seen inside the turn's own transaction."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Seen(Struct, frozen=True):
    """What is stored of a push that came before."""

    end: End
    answer: Answer


class Inbox(Protocol):
    def enter(self, inbound: AnyInbound, now: datetime) -> Seen | None:
        """Takes the push's key and alias; the stored end if either was taken before (then nothing is written).

        On PostgreSQL a repetition waits here until the first one's transaction has ended.
        """

    def close(self, inbound: AnyInbound, end: End, answer: Answer, person: int | None) -> None: ...

    def fail(self, inbound: AnyInbound, now: datetime, answer: Answer, reference: str) -> None:
        """Records key and the push itself as failed, for an operator's replay; a no-op if the key has ended already."""

    def purge(self, before: datetime) -> int: ...


# -- identity ------------------------------------------------------------------------------------------------------


class Identity(Protocol):
    def person_of(self, account: Account) -> Person | None:
        """The active or inactive person behind an account; None for a stranger."""

    def person(self, person_id: int) -> Person | None: ...

    def accounts(self, person_id: int) -> tuple[Account, ...]:
        """All accounts of a person, the most recently used first."""

    def touch(self, account: Account, now: datetime) -> None:
        """Remembers that the account was used, so that unsolicited messages go where the person is."""


# -- copies, questions, drafts ---------------------------------------------------------------------------------------


class StoredButton(Struct, frozen=True):
    label: str
    command: str
    values: dict[str, str]


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
        """For update: two clicks on one copy come one after the other."""

    def save(self, copy: Copy) -> None: ...

    def live(self, kind: str, number: int) -> Sequence[Copy]:
        """The copies of an object that would be redrawn when it changes, oldest first."""

    def by_send(self, outbox_id: int) -> Copy | None: ...


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

    def draft(self, draft_id: int) -> Draft | None: ...

    def save_draft(self, draft: Draft) -> None:
        """Inserts or replaces."""

    def open_drafts(self, person: int, since: datetime) -> Sequence[Draft]: ...


# -- outbox ----------------------------------------------------------------------------------------------------------


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


class OutboxRow(Struct, frozen=True, kw_only=True):
    """A row as delivery sees it. ``handle`` of an edit or recall is its target's; "" if the target has none.

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
        """The clicked copy was answered in the callback: its held edit is not needed (only if still pending)."""

    def due(self, channel: str, now: datetime, most: int) -> Sequence[OutboxRow]:
        """The rows that may go now, oldest first, at most one per order (a chat's sends, a message's edits).

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

    def orphans(self, channel: str, fence: int) -> Sequence[OutboxRow]:
        """Rows left SENDING by a sender that is gone (an older fence)."""

    def state_counts(self) -> dict[tuple[str, str], int]:
        """(channel, state) → rows, for /metrics."""


# -- audit, jobs, numbers --------------------------------------------------------------------------------------------


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One thing that happened (R12.10). ``before`` and ``after`` are small JSON objects; ``actor`` "系统机器人" for the bot."""

    at: datetime
    actor: str
    on_behalf_of: str = ""
    channel: str = ""
    object: str
    action: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    request: str = ""


class Audit(Protocol):
    def record(self, entry: AuditEntry) -> str:
        """Writes the entry in this transaction and returns its digest (hex), which exists at the commit (M02)."""


class Slot(Struct, frozen=True, kw_only=True):
    """One promise of the clock: ``job`` runs once for ``slot`` at ``due`` (business time).

    ``about`` is the object whose end cancels it ("BB1001").
    """

    job: str
    slot: str
    due: datetime
    about: str = ""
    args: dict[str, str] = {}


class Jobs(Protocol):
    def promise(self, slot: Slot) -> None:
        """Unique by (job, slot): promising twice is once; a cancelled one is promised again."""

    def cancel(self, about: str, job: str = "") -> int: ...

    def claim_due(self, now: datetime, most: int) -> Sequence[Slot]:
        """Takes due slots for this transaction (SKIP LOCKED) and marks them done; a rollback gives them back."""

    def next_due(self, most: int) -> Sequence[Slot]: ...

    def fail(self, slot: Slot, now: datetime, reason: str) -> None:
        """Counts a failed run, in a transaction of its own; after 5 the slot is set aside with its reason.

        Until the next try it is not due: 5 s of machine time, doubled with every failure.
        """


class Numbers(Protocol):
    def next(self, kind: str) -> int:
        """The next number people type for this kind of object: BB1001, BB1002 … (starts: contract 6)."""


class Unit(Protocol):
    """One transaction. Leaving it commits, an exception rolls it back."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def identity(self) -> Identity: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def dialogue(self) -> Dialogue: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def numbers(self) -> Numbers: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Inside it a Refusal or error rolls back to its start, what was written before stays."""


class Lease(Struct, frozen=True):
    """Held by one process at a time; ``fence`` grows with every change of hands."""

    name: str
    fence: int


class Store(Protocol):
    """The database. ``write`` runs work in the right thread, in one transaction, and commits it.

    Raises Unavailable when the database cannot be reached, or the work was stopped by its time limit (10 s).
    """

    async def write(self, work: Callable[[Any], T], *, turn: bool = False, lane: str = "") -> T:
        """``turn`` picks the turn pool; ``lane`` makes works with the same name come one after the other (PostgreSQL)."""

    async def read(self, work: Callable[[Any], T]) -> T: ...

    def unit(self) -> AbstractContextManager[Any]:
        """The same in the caller's thread, for the command line."""

    def on_commit(self, wake: Callable[[], None]) -> None:
        """``wake`` is called, from any thread, after each commit that added outbox rows (also another process's)."""

    async def lease(self, name: str, seconds: float) -> Lease | None:
        """Takes or prolongs; None while another process holds it. Machine time.

        Prolonging keeps the fence; taking it after it ended or was released does not, even by the same process.
        """

    async def release(self, lease: Lease) -> None: ...


# -- messengers ------------------------------------------------------------------------------------------------------


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
    most_inputs: int = 0
    most_buttons: int = 0
    repeat_window: timedelta = timedelta(0)
    """How long the same key or bytes may be sent again without doubling."""
    dear_edits: bool = False
    """Edits cost quota or single-use codes: refresh edits are not spent."""


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


# -- the page that looks in ------------------------------------------------------------------------------------------


class Step(Struct, frozen=True, kw_only=True):
    """One step of a turn: received, known, understood, allowed, written, answered. ``facts`` in the page's words."""

    trace: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    took_ms: float = 0.0
    stopped: bool = False


class Trace(Protocol):
    """Somebody who watches turns. With no listener nothing is collected."""

    def step(self, step: Step) -> None: ...


class Due(Struct, frozen=True):
    """What the clock will do next, and why then."""

    at: datetime
    what: str
    about: str
    why: str = ""


class Rehearsal(Protocol):
    """The demo's hold on time and trouble: what is due, walk there, break things, start anew."""

    def now(self) -> datetime: ...

    def due(self) -> Awaitable[Sequence[Due]]: ...

    def advance(self, to: datetime) -> Awaitable[int]:
        """Walks through every due instant up to ``to``; how many there were."""

    def restart(self) -> Awaitable[None]: ...
