"""A card as lines of text, for what is to be read and is too long for a notice: lists, help, a whole trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from adapters.degrade import about, as_link, fitting, measured, numbered
from adapters.wecom.plain import BREAK, cut_bytes, label, literal, unmarked
from bot.cards import Attachment, Card, Fields, Link, Note, Picture, Progress, Table, Text

MOST_LABEL = 100
Escape = Callable[[str], str]
Linked = Callable[[str, str], str]
"""(text, address) as the kind of message has it."""


def as_text(card: Card, most: int) -> str:
    """At most so many bytes, as a text message."""
    return _within(card, most, "【{}】", literal, lambda text, url: f'<a href="{url}">{text}</a>')


def as_markdown(card: Card, most: int) -> str:
    return _within(card, most, "**{}**", unmarked, lambda text, url: f"[{text}]({url})")


def _within(card: Card, most: int, heading: str, escape: Escape, linked: Linked) -> str:
    def draw(smaller: Card) -> str:
        title, tag = (escape(label(part, MOST_LABEL)).strip(BREAK) for part in (smaller.title, smaller.tag))
        title = f"{heading.format(title.strip() or '…')} {tag}".rstrip()
        return "\n".join([title, *map(escape, _lines(smaller)), *_links(smaller, escape, linked)])

    return cut_bytes(fitting(card, draw, lambda text: len(text.encode()) <= most), most, about(card))


def _links(card: Card, escape: Escape, linked: Linked) -> Iterator[str]:
    """Below all words: a cut text loses what comes last, and half a link is none."""
    for block in card.blocks:
        if isinstance(block, Link | Picture | Attachment):
            link = as_link(block)
            yield linked(escape(link.text), link.url) if link.url else escape(link.text)


def _lines(card: Card) -> Iterator[str]:
    for block in card.blocks:
        match block:
            case Text("") | Note("") | Link() | Picture() | Attachment():
                pass
            case Text(text) | Note(text):
                yield text
            case Fields(pairs):
                yield from (f"{label.rstrip(':：')}:{value}" for label, value in pairs)
            case Table():
                yield numbered(block)
            case Progress():
                yield measured(block)
            case _:
                assert_never(block)
    if card.decided:
        yield f"✓ {card.decided.line}"
