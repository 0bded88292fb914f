"""Contents become request bodies: pure, and the same row always gives the same bytes.

To members by ``message/send`` (page 3.2), without ``agentid``: which one it is depends on the corp, and is put in front
when the row is sent. To groups by the smart bot's ``aibot_send_msg`` (page 4.3).
"""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.text import object_id
from adapters.wecom.cards import APP, BOT, notice_holds, template_card
from adapters.wecom.handle import Clicked, Sent, read
from adapters.wecom.lines import as_markdown, as_text
from adapters.wecom.plain import cut_bytes, literal, unmarked
from bot.cards import Card
from bot.ports import OutboxRow, Sending

MOST_TEXT = 2048
"""Bytes of a text message; the platform cuts there."""
MOST_MARKDOWN = 20_000  # of 20480
KNOWN_SECONDS = 14_400
"""So long the same body is not delivered twice: the most the platform takes."""
GROUP = 2

Json = dict[str, Any]


def render(row: OutboxRow, home: str) -> bytes:
    """Empty for what no call can do: a text cannot be changed, and in a group nothing is recalled."""
    body = _group(row, home) if row.place.group else _member(row, home)
    return msgspec.json.encode(body) if body else b""


def _member(row: OutboxRow, home: str) -> Json | None:
    if row.what is Sending.SEND:
        known = {"enable_duplicate_check": 1, "duplicate_check_interval": KNOWN_SECONDS}
        return {"touser": row.place.chat, **_content(row, home), **known}
    handle = read(row.handle)
    if not isinstance(handle, Sent):
        return None
    if row.what is Sending.RECALL:
        return {"msgid": handle.msgid} if handle.msgid else None
    if isinstance(row.content, str) or not handle.code:
        return None
    return {"atall": 1, "response_code": handle.code, "template_card": template_card(row.content, APP, home)}


def _content(row: OutboxRow, home: str) -> Json:
    """What is not a template card is told apart by the row's number: identical texts are suppressed (contract 6)."""
    mine = f"\n#{row.id}"
    most = MOST_TEXT - len(mine)
    if (sent := _file(row)) is not None:
        return sent
    if isinstance(row.content, str):
        return _text(cut_bytes(literal(row.content) or "…", most, object_id(row.content)) + mine)
    if row.content.all_buttons or notice_holds(row.content, APP):
        return {"msgtype": "template_card", "template_card": template_card(row.content, APP, home, row.key)}
    return _text(as_text(row.content, most) + mine)


def _file(row: OutboxRow) -> Json | None:
    """A card that is nothing but a file the platform holds already."""
    lone = row.content.lone if isinstance(row.content, Card) else None
    if lone is None or lone.file not in row.media:
        return None
    kind = "image" if lone.picture else "file"
    return {"msgtype": kind, kind: {"media_id": row.media[lone.file]}}


def _text(text: str) -> Json:
    return {"msgtype": "text", "text": {"content": text}}


def group_line(chat: str, text: str) -> Json:
    return {"chatid": chat, "chat_type": GROUP, **_markdown(unmarked(text))}


def _group(row: OutboxRow, home: str) -> Json | None:
    """An edit only while the click it answers is fresh: then it has the click's task_id."""
    if row.what is Sending.SEND:
        return {"chatid": row.place.chat, "chat_type": GROUP, **_group_content(row, home)}
    handle = read(row.handle)
    if row.what is Sending.RECALL or isinstance(row.content, str) or not isinstance(handle, Clicked):
        return None
    return update(row.content, handle.task, home)


def update(card: Card, task: str, home: str) -> Json:
    """The answer to a click in a group: the card as everybody there sees it from now on."""
    return {"response_type": "update_template_card", "template_card": template_card(card, BOT, home, task)}


def _group_content(row: OutboxRow, home: str) -> Json:
    if (sent := _file(row)) is not None:
        return sent
    if isinstance(row.content, str):
        return _markdown(cut_bytes(unmarked(row.content) or "…", MOST_MARKDOWN, object_id(row.content)))
    if row.content.all_buttons or notice_holds(row.content, BOT):
        return {"msgtype": "template_card", "template_card": template_card(row.content, BOT, home, row.key)}
    return _markdown(as_markdown(row.content, MOST_MARKDOWN))


def _markdown(text: str) -> Json:
    return {"msgtype": "markdown", "markdown": {"content": text}}
