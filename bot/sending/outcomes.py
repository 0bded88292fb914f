"""What becomes of an outbox row: before it is sent, after an attempt, and when its sender died. Pure rules.

``first_sent`` is when the first attempt that may have been taken began. As long as that is within the messenger's
window, the same bytes under the same key cannot double, and the row goes again. Beyond it (DingTalk's lines have no key at
all) who is written to alone is sent it once more, as a line read twice costs less than one that never came; a group is not
told twice: there it stays ``unknown``, for an operator to see, and so does what is uncertain again. An edit draws the same
card however often it arrives, so it may always go again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from bot.ports import (
    Capabilities,
    Gone,
    OutboxRow,
    Outcome,
    OutState,
    Receipt,
    Rejected,
    Retry,
    Sending,
    Settled,
    Unknown,
)

MOST_LOSSES = 5
"""Claims in a row without an outcome, after which a row is taken for what kills its sender."""
LONGEST_WAIT = 300.0
REASON_LENGTH = 500
NEVER_SENT = frozenset({OutState.DEAD, OutState.EXPIRED, OutState.DROPPED})
EDITS = frozenset({Sending.CLOSING, Sending.REFRESH})

Spread = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What to record of a row. ``word`` names it in the metrics; ``supersede``: its copy is beyond reach, and what it had to say
    closes it: a mere refresh that fails is no news, and the closing edit to come will find out for itself."""

    row: OutboxRow
    settled: Settled
    word: str
    supersede: bool = False


def at_sight(row: OutboxRow, now: datetime, can: Capabilities) -> Ruling | None:
    """What can be said of a due row without sending it; None: it is to be sent."""
    can = can.at(row.place)
    if row.expires is not None and now >= row.expires:
        if _perhaps_sent(row):
            return _end(row, OutState.UNKNOWN, "expired, and an earlier attempt may have been taken")
        return _end(row, OutState.EXPIRED, f"expired at {row.expires.isoformat()}")
    if row.what is not Sending.SEND:
        return _edit_at_sight(row, can)
    if row.place.group and _in_doubt(row, now, can):
        return _end(row, OutState.UNKNOWN, "an attempt may have been taken, and a repetition might double it")
    return None


def _edit_at_sight(row: OutboxRow, can: Capabilities) -> Ruling | None:
    if row.target_state in NEVER_SENT:
        return _end(row, OutState.DROPPED, "the message it is about was never sent")
    if row.what is Sending.REFRESH and can.dear_edits and not row.via:
        return _end(row, OutState.DROPPED, "refreshes are not spent where edits are dear")
    if not row.handle:
        return _end(row, OutState.DROPPED, "the messenger's name of the message is unknown", supersede=True)
    if row.what in EDITS and not can.edits:
        return _end(row, OutState.DROPPED, "this messenger cannot change a message", supersede=True)
    return None


def unrenderable(row: OutboxRow, error: Exception) -> Ruling:
    """Its text stays out of the reason: it may quote the card."""
    return _end(row, OutState.DEAD, f"could not be drawn for {row.place.channel}: {type(error).__name__}", True)


def after(
    row: OutboxRow, outcome: Outcome, began: datetime, can: Capabilities, spread: Spread = random.uniform
) -> Ruling:
    """``row`` as it was claimed (``first_sent`` without this attempt), ``began`` when this attempt did."""
    can = can.at(row.place)
    match outcome:
        case Receipt(handle):
            return Ruling(row, Settled(row=row.id, state=OutState.SENT, handle=handle), "sent")
        case Retry(seconds, reason, whole_channel):
            wait = 0.0 if whole_channel else seconds or backoff(row.attempts + 1, spread)
            return _again(row, reason, wait, row.first_sent, int(_in_doubt(row, began, can)))
        case Gone(reason) | Rejected(reason):
            return _end(row, OutState.DEAD, reason, supersede=True)
        case Unknown(reason):
            first = row.first_sent or began
            now_in_doubt = _in_doubt(replace(row, first_sent=first), began, can)
            if _in_doubt(row, began, can) or (row.place.group and now_in_doubt):
                return _end(row, OutState.UNKNOWN, reason)
            return _again(row, reason, backoff(row.attempts + 1, spread), first, int(now_in_doubt))
        case _:
            assert_never(outcome)


def orphaned(row: OutboxRow, now: datetime, can: Capabilities) -> Ruling:
    """Its sender died between claim and outcome: the attempt may have been taken."""
    can = can.at(row.place)
    losses = row.losses + 1
    if losses >= MOST_LOSSES:
        held = f"held: its sender died {losses} times in a row while sending it"
        return _end(row, OutState.DEAD, held, supersede=True, word="held")
    if _in_doubt(row, now, can) and (row.place.group or row.losses):
        return _end(row, OutState.UNKNOWN, "its sender died while sending it")
    return _again(row, "its sender died while sending it", 0.0, row.first_sent, losses)


def backoff(attempt: int, spread: Spread) -> float:
    """Exponential with full jitter: up to 1 s after the first attempt, doubled with each, never over 5 minutes."""
    return spread(0.0, min(LONGEST_WAIT, 2.0 ** min(attempt - 1, 16)))


def _again(row: OutboxRow, reason: str, wait: float, first_sent: datetime | None, losses: int = 0) -> Ruling:
    pending = Settled(
        row=row.id,
        state=OutState.PENDING,
        reason=reason[:REASON_LENGTH],
        wait=wait,
        first_sent=first_sent,
        losses=losses,
    )
    return Ruling(row, pending, "retry")


def _end(row: OutboxRow, state: OutState, reason: str, supersede: bool = False, word: str = "") -> Ruling:
    settled = Settled(
        row=row.id, state=state, reason=reason[:REASON_LENGTH], first_sent=row.first_sent, losses=row.losses
    )
    return Ruling(row, settled, word or state.value, supersede and row.what is Sending.CLOSING)


def _in_doubt(row: OutboxRow, now: datetime, can: Capabilities) -> bool:
    """An attempt may have been taken and would not be known again. It counts as a loss: the next death is the last."""
    return row.what is Sending.SEND and row.first_sent is not None and now - row.first_sent >= can.repeat_window


def _perhaps_sent(row: OutboxRow) -> bool:
    return row.what is Sending.SEND and row.first_sent is not None
