"""How much the long proofs do: the full counts, or with SOAK=short those of two minutes; SOAK_KILLS=1000 sets one."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Counts:
    kills: int
    """kill -9 at random instants, for each database."""
    points: int
    """Enumerated instants (each commit, each call of the platform) at which a process dies; 0: all of them."""
    races: int
    across: int
    """Races of clicks and words from three messengers, for each database."""
    takeovers: int
    """How often the process that does everything is lost while another one is there."""
    queued: int
    """Messages that wait while the messenger is away for a day, for each of them and each database."""
    silent: int
    """Connections that are opened and say nothing."""
    submissions: int
    """Of one customer at the same moment."""
    rounds: int
    """How often those submissions are repeated, each time with another customer."""
    people: int
    """Of a virtual month in which every push is checked, for each database."""
    conversations: int
    """Random conversations for each database, of ``steps`` steps."""
    steps: int
    shrink: int
    """1: a conversation that fails is made as short as it gets, which takes up to five minutes more."""
    seed: int


FULL = Counts(
    kills=200,
    points=0,
    races=500,
    across=10_000,
    takeovers=4,
    queued=10_000,
    silent=5000,
    submissions=50,
    rounds=5,
    people=200,
    conversations=300,
    steps=60,
    shrink=1,
    seed=0,
)
SHORT = Counts(
    kills=12,
    points=4,
    races=40,
    across=120,
    takeovers=1,
    queued=1000,
    silent=1000,
    submissions=50,
    rounds=1,
    people=40,
    conversations=15,
    steps=40,
    shrink=0,
    seed=0,
)


def _chosen() -> Counts:
    base = SHORT if os.environ.get("SOAK") == "short" else FULL
    given = {f.name: int(os.environ.get(f"SOAK_{f.name.upper()}", getattr(base, f.name))) for f in fields(Counts)}
    # Every run tries other instants; a failure is tried again with the seed it names.
    return Counts(**given | {"seed": given["seed"] or random.SystemRandom().randrange(1, 10**6)})


COUNTS = _chosen()
