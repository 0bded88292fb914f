"""The states of an approval (R2.2; the rest of them come with the full engine)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Nothing is left to decide: what it was about has ended, or is wanted no more."""
