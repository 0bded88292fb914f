"""What is stored of pushes, and of the people behind them."""

from __future__ import annotations

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


class Inbox(Protocol):
    def enter(self, inbound: AnyInbound, now: datetime) -> Seen | None:
        """Takes the push's key and alias; the stored end if either was taken before (then nothing is written).

        On PostgreSQL a repetition waits here until the first one's transaction has ended.
        """

    def close(self, inbound: AnyInbound, end: End, answer: Answer, person: int | None) -> None: ...

    def fail(self, inbound: AnyInbound, now: datetime, answer: Answer, reference: str) -> None:
        """Records key and the push itself as failed, for an operator's replay; a no-op if the key has ended already."""

    def purge(self, before: datetime) -> int: ...


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
