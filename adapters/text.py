"""People's words on their way in and out: what no store and no screen should get, and cutting that shows."""

from __future__ import annotations

import re

# PostgreSQL refuses NUL and lone surrogates; direction marks let a name be read as another one.
_UNWELCOME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONE = re.compile("[\ud800-\udfff]")
_NEWLINE = re.compile("\r\n?")
# The ids people type (contract 6): BB1001, SP2001 …
_OBJECT = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{3,8}(?![A-Za-z0-9])")


def clean(text: str) -> str:
    """The text without control and direction characters; a lone surrogate becomes U+FFFD, line ends become ``\\n``."""
    if text.isprintable():  # nothing of the kind is; most texts are
        return text
    return _UNWELCOME.sub("", _LONE.sub("\ufffd", _NEWLINE.sub("\n", text)))


def object_id(text: str) -> str:
    """The first id in a text, "" if there is none."""
    found = _OBJECT.search(text)
    return found[0] if found else ""


def ending(about: str) -> str:
    """What a cut text ends with: how to read on, if there is an id to ask for (contract 6)."""
    return f"…更多 {about}" if about else "…"


def cut(text: str, most: int, about: str = "") -> str:
    """At most so many characters, visibly cut."""
    if len(text) <= most:
        return text
    tail = ending(about)
    if len(tail) >= most:
        tail = "…"
    return text[: most - len(tail)].rstrip() + tail
