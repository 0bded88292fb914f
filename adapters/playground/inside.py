"""What the inspector and the fault switches tell a browser."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class StepSeen(Struct, frozen=True, kw_only=True):
    """``state``: ok, stop, or skip where there was nothing to do; ``words``: typed, slot, value, how sure; ``changes``: table,
    row, column, before, after."""

    name: str
    title: str
    took_ms: float
    state: str
    facts: list[tuple[str, str]] = []
    words: list[tuple[str, str, str, str]] = []
    changes: list[tuple[str, str, str, str, str]] = []


class Attempt(Struct, frozen=True):
    state: str
    took_ms: float
    reason: str = ""
    again: float = 0.0


class DeliverySeen(Struct, frozen=True, kw_only=True):
    """One row of the outbox. ``skin`` is its messenger's, ``call`` the platform's name of what was called."""

    row: int
    skin: str
    messenger: str
    whom: str
    kind: str
    call: str
    state: str
    took_ms: float
    attempts: list[Attempt]
    measures: list[tuple[str, str]]
    changeable_until: str
    payload: str


class PushSeen(Struct, frozen=True):
    """``way``: what kind of push; ``lines`` its body, masked."""

    way: str
    attempts: int
    lines: str


class TurnSeen(Struct, frozen=True, kw_only=True):
    """``touched``: the messenger's ids of messages that came of it (sent, changed, said). ``before`` and ``after`` are the
    neighbouring turns' traces."""

    trace: str
    title: str
    at: str
    answered_ms: float
    steps: list[StepSeen]
    deliveries: list[DeliverySeen]
    pushes: list[PushSeen]
    logs: list[str]
    touched: dict[str, str]
    before: str = ""
    after: str = ""


class SwitchSeen(Struct, frozen=True, kw_only=True):
    """One fault. ``on``: channels where it is on; ``offered``: where it can be; ``values`` to step through; ``once``: falls
    back by itself; ``whole``: the bot's own, at all channels or at none."""

    name: str
    title: str
    words: str
    offered: list[str]
    on: list[str]
    values: list[str] = []
    value: int = 0
    once: bool = False
    more: bool = False
    whole: bool = False


class Waiting(Struct, frozen=True, kw_only=True):
    """Something is held up in this conversation; ``seconds`` until the next attempt, 0 while one is under way. ``kind``: what
    the bot sends, a push it did not take and the messenger repeats, or one that it keeps beside its database."""

    seat: str
    chat: str
    count: int
    why: str
    seconds: float
    attempt: int
    kind: Literal["sent", "pushed", "kept"] = "sent"
