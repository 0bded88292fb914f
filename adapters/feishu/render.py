"""Contents become request bodies: pure, and the same row always gives the same bytes.

A card has no markdown component at all: every text is ``plain_text`` or a table's text cell, which the client shows as
it stands, so nobody's words can mention, link or format (page 3.2). Limits: page 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from adapters.degrade import fitting
from adapters.feishu.blocks import Element, elements, plain, row_of_buttons
from adapters.feishu.form import form
from adapters.text import clean, cut, object_id
from bot.cards import Card, Style, Tone
from bot.ports import OutboxRow, Sending

NO_MEDIA: Mapping[int, str] = MappingProxyType({})
MOST_BYTES = 28_000  # of 30 KB for the whole request
MOST_ELEMENTS = 150  # of 200; what counts beside tags is not documented
MOST_TEXT = 20_000  # of 150 KB
_TEMPLATES = {
    Tone.NEUTRAL: "grey",
    Tone.INFO: "blue",
    Tone.SUCCESS: "green",
    Tone.WARNING: "orange",
    Tone.DANGER: "red",
}
_TAGS = _TEMPLATES | {Tone.NEUTRAL: "neutral"}
_SETTLED = dict.fromkeys(Tone, "grey") | {Tone.SUCCESS: "green", Tone.DANGER: "red"}
"""The closing line has the colour of the verdict; its words say it too."""


def render(row: OutboxRow) -> bytes:
    """The body of the call that sends, edits or recalls this row."""
    if row.what is Sending.RECALL:
        return b""
    kind, content = _content(row)
    if row.what is Sending.SEND:
        body = {"receive_id": row.place.chat, "msg_type": kind, "content": content, "uuid": row.key}
    elif kind == "text":
        body = {"msg_type": kind, "content": content}
    else:
        body = {"content": content}
    return msgspec.json.encode(body)


def _content(row: OutboxRow) -> tuple[str, str]:
    if isinstance(row.content, str):
        return "text", text_content(row.content)
    lone = row.content.lone
    if lone is not None and lone.file in row.media and row.what is Sending.SEND:
        kind = "image" if lone.picture else "file"
        return kind, _json({f"{kind}_key": row.media[lone.file]})
    return "interactive", card_content(row.content, group=row.place.group, media=row.media)


def text_content(text: str) -> str:
    return _json({"text": literal(cut(clean(text), MOST_TEXT, object_id(text))) or "…"})


def literal(text: str) -> str:
    """Text messages know ``<at>``, ``<b>`` and ``[t](url)`` and no escape: a zero-width space breaks each up."""
    return text.replace("<", "<\u200b").replace("](", "]\u200b(")


def card_content(card: Card, *, group: bool, media: Mapping[int, str] = NO_MEDIA) -> str:
    return _fitting(card, group, media)[1]


def card_json(card: Card, *, group: bool, media: Mapping[int, str] = NO_MEDIA) -> dict[str, Any]:
    """Card JSON 2.0 within the limits; ``group`` is told to its buttons (see clicks.IN_GROUP)."""
    return _fitting(card, group, media)[0]


def _fitting(card: Card, group: bool, media: Mapping[int, str]) -> tuple[dict[str, Any], str]:
    def draw(smaller: Card) -> tuple[dict[str, Any], str]:
        drawn = _drawn(smaller, group, media)
        return drawn, _json(drawn)

    return fitting(card, draw, lambda drawn: _fits(drawn[1]))


def _drawn(card: Card, group: bool, media: Mapping[int, str]) -> dict[str, Any]:
    tag = {"tag": "text_tag", "text": plain(card.tag), "color": _TAGS[card.tone]}
    return {
        "schema": "2.0",
        "config": {"update_multi": True, "enable_forward": card.closed, "summary": {"content": clean(card.title)}},
        "header": {"title": plain(card.title), "template": _TEMPLATES[card.tone]}
        | ({"text_tag_list": [tag]} if card.tag else {}),
        "body": {"elements": _body(card, group, media)},
    }


def _body(card: Card, group: bool, media: Mapping[int, str]) -> list[Element]:
    body = elements(card.blocks, media)
    if card.decided:
        text = {**plain(f"✓ {card.decided.line}"), "text_color": _SETTLED[card.tone]}
        body += [{"tag": "hr"}, {"tag": "div", "text": text}]
    asked = [form(card.form, group=group)] if card.form else []
    pressed = [row_of_buttons(card.buttons, group=group)] if card.buttons else []
    # 同意 stands above the form that refuses with a reason; 取消 stands below a form that is to be filled in.
    decides = any(button.style is Style.PRIMARY for button in card.buttons)
    body += pressed + asked if decides else asked + pressed
    return body or [{"tag": "div", "text": plain(card.title)}]


def _fits(content: str) -> bool:
    # As it counts on the wire: a string inside JSON, its quotes escaped. No character takes more than four bytes.
    small = 4 * len(content) <= MOST_BYTES or len(msgspec.json.encode(content)) <= MOST_BYTES
    return small and tags(content) <= MOST_ELEMENTS


def tags(content: str) -> int:
    """How many components and text objects a card has; in people's words the quotes are escaped."""
    return content.count('"tag":')


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
