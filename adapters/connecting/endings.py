"""How an attempt, or a connection, ends. ``why`` is a part of a sentence for an operator, without secrets."""

from __future__ import annotations

from msgspec import Struct


class Failed(Struct, frozen=True):
    """Not now: tried again with a growing pause."""

    why: str


class Denied(Struct, frozen=True):
    """Not until an operator acts (wrong credentials, a switch in the console): tried again every five minutes."""

    why: str


class Retiring(Struct, frozen=True):
    """The platform is about to close this connection: the next is opened at once, this one listens until then."""

    why: str


class Kicked(Struct, frozen=True):
    """Somebody else took the only place there is: not fought over, nothing is opened until ``start`` is called again."""

    why: str


Ending = Failed | Denied | Retiring | Kicked
