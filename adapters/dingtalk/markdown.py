"""People's words among markdown, and a card's blocks as lines of it.

DingTalk documents a subset of markdown and no way to escape it (page 3.4), so whatever might be read as markup is written
with its full-width twin: it looks the same, and means nothing to any parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from adapters.degrade import as_link, measured
from adapters.dingtalk.packing import STRONG
from adapters.text import clean
from bot.cards import AnyBlock, Attachment, Button, Card, Fields, Link, Note, Picture, Progress, Table, Text

_TWINS = str.maketrans("*_`~[]<>#|\\!", "＊＿｀～［］＜＞＃｜＼！")
# What is markup only where a line begins: lists, rules, underlined headings.
_BEGINNING = re.compile(r"^(?:([-+=])|(\d{1,9})[.)](?=\s|$))")
_FILL = re.compile(r"\$(?=\{)")


def plain(text: str) -> str:
    """For variables the client shows as they stand: nothing in them is taken for another variable."""
    return _FILL.sub("＄", clean(text))


def literal(text: str) -> list[str]:
    """The lines of a text, as markdown that shows them as they were written."""
    return [_literal(line) for line in plain(text).split("\n") if line.strip()]


def _literal(line: str) -> str:
    def twin(found: re.Match[str]) -> str:
        return found[1].translate({45: "－", 43: "＋", 61: "＝"}) if found[1] else f"{found[2]}．"

    return _BEGINNING.sub(twin, line.strip()).translate(_TWINS)


def strong(line: str) -> str:
    return f"{STRONG}{line}{STRONG}"


def literal_line(text: str) -> str:
    return " ".join(literal(text))


def lines(blocks: Sequence[AnyBlock], *, with_facts: bool) -> Iterator[str]:
    """``with_facts``: the facts stand here too, where nothing else shows them."""
    for block in blocks:
        match block:
            case Text(text, is_strong):
                yield from map(strong, literal(text)) if is_strong else literal(text)
            case Note(text):
                yield from literal(text)
            case Fields(pairs):
                yield from facts(pairs) if with_facts else ()
            case Table():
                yield from _rows(block)
            case Progress():
                yield from literal(measured(block))
            case Link() | Picture() | Attachment():
                yield _link(as_link(block))
            case _:
                assert_never(block)


def _link(link: Link) -> str:
    """The address is ours: letters, digits and what stands in a URL."""
    return f"[{literal_line(link.text) or '…'}]({link.url})" if link.url else literal_line(link.text)


def facts(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """「客户:某某」, a line each."""
    for label, value in pairs:
        yield literal_line(f"{label.rstrip(':：')}:{value}")


def _rows(table: Table) -> Iterator[str]:
    for number, row in enumerate(table.rows, start=1):
        yield f"{number}. {' '.join(literal_line(cell) for cell in row if cell.strip())}"


def typed(card: Card, buttons: Sequence[Button]) -> list[str]:
    """What to type instead of pressing; with its number where the card names one: 同意 SP2001."""
    said = "\n".join(text for block in card.blocks if isinstance(block, Text | Note) for text in (block.text,))
    return [command for button in buttons if (command := _command(button, said))]


def _command(button: Button, said: str) -> str:
    label = button.label.strip()
    found = re.search(rf"{re.escape(label)} ?[A-Z]{{2}}[0-9]{{3,8}}(?: \w{{1,12}})?", said) if label else None
    return found[0] if found else label
