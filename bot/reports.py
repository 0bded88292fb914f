"""What became of cards once they were handed to a messenger, told to the capability whose view drew them.

    @feature.delivery_report("broadcasts.notice")
    def arrived(turn: Turn, db: Unit, reports: Sequence[DeliveryReport]) -> None: ...

Delivery itself waits for nobody: the tick tells, some at a time, in a transaction of its own; what fails is told again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bot.messages import Place
from bot.ports import OutState

if TYPE_CHECKING:
    from bot.messages import Account
    from bot.permit import Person
    from bot.turn import Turn


class Became(StrEnum):
    DELIVERED = "delivered"
    """The messenger took it."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Perhaps taken."""
    READ = "read"
    """Somebody saw it, where the messenger says so."""


ENDS = {
    OutState.SENT: Became.DELIVERED,
    OutState.DEAD: Became.FAILED,
    OutState.EXPIRED: Became.FAILED,
    OutState.UNKNOWN: Became.UNKNOWN,
}


class DeliveryReport(Struct, frozen=True, kw_only=True):
    """``number`` is the object the card shows; ``person`` None for a group's card, or who read it there. ``at``: business time.

    ``reason`` of what failed is for an operator to read.
    """

    number: int
    became: Became
    person: int | None
    place: Place
    at: datetime
    reason: str = ""


Reporter = Callable[["Turn", Any, Sequence[DeliveryReport]], None]
AccountNews = Callable[["Turn", Any, "Account", "Person | None"], None]
"""(turn, db, account, whose it was): the account is no more, and unbound already."""
GroupNews = Callable[["Turn", Any, Place, str, bool], None]
"""(turn, db, group, its name, left): the bot was added to a group by who speaks, or removed."""
