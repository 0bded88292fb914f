"""How long the life cycle waits, in seconds of machine time."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct

Spread = Callable[[float, float], float]
"""A number between two others; random.uniform."""


class Pace(Struct, frozen=True, kw_only=True):
    """Tests shrink it; the messengers' documents ask for no other."""

    first: float = 1.0
    """The most before a first attempt anew; doubled with each failure."""
    most: float = 60.0
    proven: float = 20.0
    """A connection that stood so long has shown that it works: the next failure is a first one again."""
    denied: float = 300.0
    """Between attempts while the platform says no: only an operator can change that."""
    dial: float = 10.0
    """For each of asking for an address, the handshake and the greeting."""
    write: float = 5.0
    """For one frame; a connection that takes no more bytes is of no use."""
    grace: float = 15.0
    """How long a connection about to be closed by the platform (DingTalk: after 10 s) still listens beside the new."""
    drain: float = 10.0
    """How long a closing connection waits for what was taken."""
    spread: Spread = random.uniform


def pause(pace: Pace, failures: int) -> float:
    """Exponential with full jitter: up to ``first`` after the first failure, never over ``most``."""
    return pace.spread(0.0, min(pace.most, pace.first * 2 ** min(max(failures, 1) - 1, 16)))
