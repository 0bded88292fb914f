"""What is stored of pushes, and of the people behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.messages import Account, Answer, AnyInbound
from bot.permit import Person


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


class Failure(Struct, frozen=True, kw_only=True):
    """A push whose turn failed, kept for an operator's replay. ``reason`` quotes nothing of what was said."""

    reference: str
    received: datetime
    push: AnyInbound
    reason: str


class Inbox(Protocol):
    def enter(self, inbound: AnyInbound, now: datetime) -> Seen | None:
        """Takes the push's key and alias; the stored end if either was taken before (then nothing is written).

        On PostgreSQL a repetition waits here until the first one's transaction has ended.
        """

    def close(self, inbound: AnyInbound, end: End, answer: Answer, person: int | None) -> None: ...

    def fail(self, inbound: AnyInbound, now: datetime, answer: Answer, reference: str, reason: str) -> None:
        """Records key and the push itself as failed, for an operator's replay.

        A no-op if the key has ended already; of what failed before only the reason is new.
        """

    def reopen(self, inbound: AnyInbound) -> bool:
        """Takes the key of a failed push for one more turn; False if it has ended by now.

        On PostgreSQL a second one waits here until the first one's transaction has ended.
        """

    def failures(self) -> Sequence[Failure]:
        """What waits for a replay, the oldest first."""

    def failure_counts(self) -> dict[str, int]:
        """How much waits for a replay, by channel."""

    def has_been_replayed(self, reference: str) -> bool: ...

    def purge(self, before: datetime, failed_before: datetime) -> int:
        """Forgets keys; those of failed pushes, with the pushes, are older then."""


class Identity(Protocol):
    def person_of(self, account: Account, spelled: str = "") -> Person | None:
        """The active or inactive person behind an account; None for a stranger.

        ``spelled``: the key of the channel's own tenant; an account imported with it is found, and kept without it.
        """

    def person(self, person_id: int) -> Person | None: ...

    def accounts(self, person_id: int) -> tuple[Account, ...]:
        """All accounts of a person, the most recently used first."""

    def touch(self, account: Account, now: datetime) -> None:
        """Remembers that the account was used, so that unsolicited messages go where the person is."""

    def spelled(self, account: Account) -> Account:
        """As its messenger will name it, however an operator wrote it."""

    def unbind(self, account: Account) -> bool:
        """False if nobody was bound to it."""

    def rename(self, account: Account, user: str) -> None:
        """The account's user id from now on, which is nobody else's; what waits to be said there goes there."""
