"""Blocks and buttons as components of card JSON 2.0 (page 3.2, 3.3); unknown attributes would be refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, assert_never

from adapters.degrade import as_link, measured, numbered
from adapters.feishu.clicks import BUTTON, IN_GROUP
from adapters.text import clean
from bot.cards import AnyBlock, Attachment, Button, Fields, Link, Note, Picture, Progress, Style, Table, Text

Element = dict[str, Any]

MOST_TABLES = 5
MOST_COLUMNS = 50
PAGE = 10
HALF = 28
"""Columns of a fact (a Chinese character takes two) that still stand well in half the width of a phone."""
_UNBREAKABLE = re.compile(r"[!-~]{16,}")
_TYPES = {Style.PRIMARY: "primary_filled", Style.PLAIN: "default", Style.DANGER: "danger"}


def plain(text: str, otherwise: str = "") -> Element:
    """``otherwise`` is for texts that must not be empty."""
    return {"tag": "plain_text", "content": clean(text) or clean(otherwise)}


def _line(text: str, **look: str) -> Element:
    return {"tag": "div", "text": {**plain(text), **look}}


def elements(blocks: Sequence[AnyBlock], media: Mapping[int, str]) -> list[Element]:
    """The blocks in order. A card holds five tables; further ones become numbered lines. ``media``: image keys by file."""
    tables = 0
    drawn: list[Element] = []
    for block in blocks:
        match block:
            case Text("") | Note(""):
                pass
            case Text(text, strong):
                drawn.append(_line(text, text_size="heading" if strong else "normal"))
            case Fields(pairs):
                drawn.extend(_facts(pairs))
            case Table():
                tables += 1
                drawn.append(_table(block) if tables <= MOST_TABLES else _line(numbered(block)))
            case Progress():
                drawn.append(_line(measured(block)))
            case Note(text):
                drawn.append(_line(text, text_size="notation", text_color="grey"))
            case Picture(file, alt) if file in media:
                drawn.append(_picture(media[file], alt))
            case Link() | Picture() | Attachment():
                drawn.append(_link(as_link(block)))
            case _:
                assert_never(block)
    return drawn


def _picture(key: str, alt: str) -> Element:
    return {
        "tag": "img",
        "img_key": key,
        "alt": plain(alt),
        "scale_type": "crop_center",
        "size": "large",
        "preview": True,
    }


def _link(link: Link) -> Element:
    """A button that opens a page: a text of its own could not be one without markdown."""
    if not link.url:
        return _line(link.text)
    opens = {"type": "open_url", "default_url": link.url}
    return {"tag": "button", "type": "text", "text": plain(link.text, "…"), "behaviors": [opens]}


def _facts(pairs: Sequence[tuple[str, str]]) -> Iterator[Element]:
    """Short facts two in a row, long ones alone; label and value are one text, 「客户:某某」."""
    waiting = ""
    for label, value in pairs:
        fact = f"{label.rstrip(':：')}:{value}"
        if _columns(fact) > HALF or "\n" in fact or _UNBREAKABLE.search(fact):
            if waiting:
                yield _line(waiting)
            waiting = ""
            yield _line(fact)
        elif waiting:
            yield _halves(waiting, fact)
            waiting = ""
        else:
            waiting = fact
    if waiting:
        yield _line(waiting)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _halves(left: str, right: str) -> Element:
    columns = [
        {"tag": "column", "width": "weighted", "weight": 1, "vertical_align": "top", "elements": [_line(fact)]}
        for fact in (left, right)
    ]
    return {"tag": "column_set", "flex_mode": "bisect", "horizontal_spacing": "8px", "columns": columns}


def _table(table: Table) -> Element:
    """Cells are of type text, which the client does not parse."""
    columns = table.columns[:MOST_COLUMNS]
    return {
        "tag": "table",
        "page_size": min(PAGE, max(1, len(table.rows))),
        "row_height": "low",
        "header_style": {"background_style": "grey", "bold": True, "lines": 1},
        "columns": [
            {"name": f"c{number}", "display_name": clean(title), "data_type": "text", "width": "auto"}
            for number, title in enumerate(columns)
        ],
        "rows": [
            {f"c{number}": clean(cell) for number, (_, cell) in enumerate(zip_longest(columns, row, fillvalue=""))}
            for row in (row[: len(columns)] for row in table.rows)
        ],
    }


def button(drawn: Button, *, group: bool, name: str = "") -> Element:
    """``name`` makes it a form's submit button; names are unique in a card."""
    value: dict[str, Any] = {BUTTON: drawn.id} | ({IN_GROUP: 1} if group else {})
    element: Element = {"tag": "button", "type": _TYPES[drawn.style], "text": plain(drawn.label, "…")}
    if name:
        element |= {"name": name, "form_action_type": "submit"}
    if drawn.confirm:
        title, text = plain(drawn.confirm.title, "请确认"), plain(drawn.confirm.text, "确定要这样做吗？")
        element["confirm"] = {"title": title, "text": text}
    return element | {"behaviors": [{"type": "callback", "value": value}]}


def row_of_buttons(buttons: Sequence[Button], *, group: bool, names: Sequence[str] = ()) -> Element:
    """Side by side as far as they fit, then in the next row."""
    columns = [
        {"tag": "column", "width": "auto", "elements": [button(one, group=group, name=name)]}
        for one, name in zip_longest(buttons, names, fillvalue="")
        if isinstance(one, Button)
    ]
    return {"tag": "column_set", "flex_mode": "flow", "horizontal_spacing": "8px", "columns": columns}
