"""Texts as WeCom shows them: what a client or a server would take for something else is broken up."""

from __future__ import annotations

import re

from adapters.text import clean, cut, ending

_SHY = "\u200b"
_MARKUP = str.maketrans("*_`~[]<>#|\\", "＊＿｀～［］＜＞＃｜＼")
_LIST = re.compile(r"^(?=[\s\-+=\d])", re.M)


def shown(text: str, most: int = 0, otherwise: str = "") -> str:
    """For a card's fields, which the client does not parse. ``most`` characters; ``otherwise`` for what must not be empty."""
    # Requests with \\uXXXX are refused (40033), and nobody says whether the words "\\u0041" count as one.
    text = clean(text).replace("\\u", f"\\{_SHY}u") or otherwise
    return cut(text, most) if most else text


def literal(text: str) -> str:
    """For text messages, which know ``<a>`` and no escape."""
    return shown(text).replace("<", f"<{_SHY}")


def unmarked(text: str) -> str:
    """For markdown, which has no documented escape: its signs become their full-width twins, lists lose their beginning."""
    return _LIST.sub(_SHY, shown(text).translate(_MARKUP))


def cut_bytes(text: str, most: int, about: str = "") -> str:
    """At most so many bytes of UTF-8, visibly cut: the platform cuts there in silence."""
    if len(text.encode()) <= most:
        return text
    tail = ending(about)
    kept = text.encode()[: most - len(tail.encode())].decode("utf-8", "ignore")
    return kept.rstrip() + tail
