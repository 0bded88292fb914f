"""The states of a registration (R1.1), as people read them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    REVIEW = "review"
    PROTECTED = "protected"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {State.REVIEW: "待审", State.PROTECTED: "已通过", State.REFUSED: "已驳回", State.EXPIRED: "已过期"}
LIVE = (State.REVIEW, State.PROTECTED)
"""A protection is live from submission on (I1)."""
