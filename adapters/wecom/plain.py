"""Texts as WeCom shows them: what a client or a server would take for something else is broken up."""

from __future__ import annotations

import re

from adapters.text import clean, cut, ending

BREAK = "\u200b"
_MARKUP = str.maketrans("*_`~[]<>#|\\", "＊＿｀～［］＜＞＃｜＼")
_ESCAPE = "\\u"
"""Requests with \\uXXXX are refused (40033), and nobody says whether the words themselves count as one."""
_LIST = re.compile(r"^(?=[\s\-+=\d])", re.M)


def plain(text: str) -> bool:
    """Whether a request may hold it as it is."""
    return _ESCAPE not in text


def shown(text: str) -> str:
    """For a card's words, which the client does not parse."""
    return clean(text).replace(_ESCAPE, f"\\{BREAK}u")


def label(text: str, most: int, otherwise: str = "") -> str:
    """At most so many characters in one line; ``otherwise`` for what must not be empty."""
    return cut(" ".join(shown(text).split("\n")) or otherwise, most)


def literal(text: str) -> str:
    """For text messages, which know ``<a>`` and no escape."""
    return shown(text).replace("<", f"<{BREAK}")


def unmarked(text: str) -> str:
    """For markdown, which has no documented escape: its signs become their full-width twins, lists lose their beginning."""
    return _LIST.sub(BREAK, shown(text).translate(_MARKUP))


def cut_bytes(text: str, most: int, about: str = "") -> str:
    """At most so many bytes of UTF-8, visibly cut: the platform cuts there in silence."""
    if len(text.encode()) <= most:
        return text
    tail = ending(about)
    kept = text.encode()[: most - len(tail.encode())].decode("utf-8", "ignore")
    return kept.rstrip() + tail
