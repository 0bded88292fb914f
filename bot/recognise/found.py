"""What a recogniser answers: a value it found in a sentence, or what it understood and why it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 20
"""Hits of one kind in one text; whoever writes more of them is not understood anyway."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """``text`` is the stretch ``start:end`` as typed, with its helper words (120万元整). Not ``certain``: marked 推定."""

    start: int
    end: int
    text: str
    value: T_co
    certain: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Words that mean a value, but not which one: ``question`` is the sentence to ask with."""

    start: int
    end: int
    text: str
    question: str
