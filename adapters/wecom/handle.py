"""What a sent message, or a click on it, is called from then on: one string, as the core keeps it.

A send of the app leaves a message id (for a recall) and, if it can be changed at all, a code of one use; a click brings
another code. A click in a group leaves what its frame is answered by.
"""

from __future__ import annotations

import re

from msgspec import Struct

_PART = re.compile(r"[!-~]{1,1024}")
_CLICK = "click"


class Sent(Struct, frozen=True):
    """By the app. ``code`` changes it once, within 72 h; ``msgid`` recalls it, within 24 h. Either may be ""."""

    msgid: str = ""
    code: str = ""


class Clicked(Struct, frozen=True):
    """In a group: the card changes by an answer to this frame within 5 s, and by nothing else."""

    frame: str
    task: str


def spelled(handle: Sent | Clicked) -> str:
    """ "" if there is nothing to remember."""
    match handle:
        case Sent(msgid, code):
            return f"{_part(msgid)} {_part(code)}".rstrip(" ")
        case Clicked(frame, task):
            return f"{_CLICK} {_part(frame)} {_part(task)}"


def read(text: str) -> Sent | Clicked:
    kind, _, rest = text.partition(" ")
    if kind == _CLICK and " " in rest:
        frame, _, task = rest.partition(" ")
        return Clicked(frame, task)
    return Sent(kind, rest)


def _part(text: str) -> str:
    """Nothing that could not be told apart again."""
    return text if _PART.fullmatch(text) else ""
