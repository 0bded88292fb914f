"""The states of a broadcast, and of one recipient of it."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    REVIEW = "review"
    """A second person has to confirm it."""
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    RECALLED = "recalled"

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {
    State.REVIEW: "待第二人确认",
    State.SCHEDULED: "已定时",
    State.SENDING: "发送中",
    State.PAUSED: "已暂停",
    State.SENT: "已发送",
    State.RECALLED: "已作废",
}
OUT = (State.SENDING, State.PAUSED, State.SENT)
"""Somebody may have it."""


class Fate(StrEnum):
    """Where one recipient's notice is. Reading and acknowledging are instants beside it."""

    WAITING = "waiting"
    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    """No account on a messenger we serve."""
    LEFT = "left"
    """Not with us any more when their turn came: nobody waits for them."""

    @property
    def lost(self) -> bool:
        return self in (Fate.FAILED, Fate.UNREACHABLE)


UNDER_WAY = (Fate.WAITING, Fate.QUEUED)
