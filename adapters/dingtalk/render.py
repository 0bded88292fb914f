"""Contents become request bodies: pure, and the same row always gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from adapters.degrade import Sizes, about, shrunk
from adapters.dingtalk.card import Variables, titled, variables
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.markdown import lines, literal_line, strong, typed
from adapters.dingtalk.packing import as_json, cut_to, joined, size
from adapters.dingtalk.track import edited_card, recalled_key, track_id
from adapters.text import clean, object_id
from bot.cards import Card
from bot.filekinds import extension_of
from bot.messages import Place
from bot.ports import OutboxRow, Sending

MOST_PARAM = 15_000
"""Bytes of a msgParam, which is JSON."""
MOST_TEXT = 13_000
NEWLINE = "  \n  "
"""The form that all clients take for a new line (page 3.4)."""
SIZES = Sizes(text=2000, rows=100, pairs=60, options=0, blocks=60)
UPDATE = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
"""Without it an update replaces everything (page 4.2)."""
STAFF_ID = 1
_CARD_BEGINS = b'{"cardTemplateId"'

Param = dict[str, str]


def render(row: OutboxRow, config: DingtalkConfig) -> bytes:
    """The body of the call that sends, edits or recalls this row."""
    match row.what, row.content:
        case Sending.RECALL, _:
            return _recall(row, config)
        case Sending.SEND, str() as line:
            return _message(row, config, *_text(line))
        case Sending.SEND, Card() as card if (sent := _file(row, card)) and not outside(row.place):
            return _message(row, config, *sent)
        case Sending.SEND, Card() as card if config.cards and not outside(row.place):
            return _card(row, card, config)
        case Sending.SEND, Card() as card:
            return _message(row, config, *_markdown(card))
        case _, Card() as card:
            return _edit(row, card)
        case _:
            return b""  # a line cannot be changed


def outside(place: Place) -> bool:
    """Somebody without a staff id: no API reaches them, only an answer to what they said (page 6)."""
    return not place.group and place.chat.startswith("$:")


# -- cards -----------------------------------------------------------------------------------------------------------


def is_card(payload: bytes) -> bool:
    """Of a payload to be sent: stored ones keep what they were when the template was set or not."""
    return payload.startswith(_CARD_BEGINS)


def _card(row: OutboxRow, card: Card, config: DingtalkConfig) -> bytes:
    callback = {"callbackType": "STREAM"} if config.stream else _by_http(config)
    body: dict[str, Any] = {
        "cardTemplateId": config.card_template_id,
        "outTrackId": track_id(row),
        **callback,
        "userIdType": STAFF_ID,
        "cardData": {"cardParamMap": variables(card)},
        "openSpaceId": f"dtv1.card//{'IM_GROUP' if row.place.group else 'IM_ROBOT'}.{row.place.chat}",
    }
    if row.place.group:
        body["imGroupOpenSpaceModel"] = {"supportForward": False}
        body["imGroupOpenDeliverModel"] = {"robotCode": config.robot_code}
    else:
        body["imRobotOpenSpaceModel"] = {"supportForward": False}
        body["imRobotOpenDeliverModel"] = {"spaceType": "IM_ROBOT", "robotCode": config.robot_code}
    return msgspec.json.encode(body)


def _by_http(config: DingtalkConfig) -> dict[str, str]:
    return {"callbackType": "HTTP", "callbackRouteKey": config.name}


def _edit(row: OutboxRow, card: Card) -> bytes:
    body = {"outTrackId": edited_card(row), "userIdType": STAFF_ID, **changed(variables(card))}
    return msgspec.json.encode(body)


def changed(drawn: Variables) -> dict[str, Any]:
    """A card's new state, as an update has it and as the answer of a click."""
    return {"cardData": {"cardParamMap": drawn}, "cardUpdateOptions": UPDATE}


# -- messages --------------------------------------------------------------------------------------------------------


def _message(row: OutboxRow, config: DingtalkConfig, key: str, param: Param) -> bytes:
    if outside(row.place):
        return msgspec.json.encode(_reply(key, param))
    to = {"openConversationId": row.place.chat} if row.place.group else {"userIds": [row.place.chat]}
    return msgspec.json.encode({"robotCode": config.robot_code, **to, "msgKey": key, "msgParam": as_json(param)})


def _file(row: OutboxRow, card: Card) -> tuple[str, Param] | None:
    """A card that is nothing but a file the platform holds already."""
    lone = card.lone
    if lone is None or lone.file not in row.media:
        return None
    key = row.media[lone.file]
    if lone.picture:
        return "sampleImageMsg", {"photoURL": key}
    return "sampleFile", {"mediaId": key, "fileName": clean(lone.name), "fileType": extension_of(lone.name)}


def _text(text: str) -> tuple[str, Param]:
    cleaned, subject = clean(text), object_id(text)
    return "sampleText", _within_limits(lambda most: {"content": cut_to(cleaned, most, subject) or "…"})


def _within_limits(draw: Callable[[int], Param]) -> Param:
    """Quotes count twice; few texts are made of them."""
    param = draw(MOST_TEXT)
    return param if size(as_json(param)) <= MOST_PARAM else draw(MOST_TEXT // 2)


def _markdown(card: Card) -> tuple[str, Param]:
    """A card without a template: ends in the commands to type (contract 6)."""
    small = shrunk(card, SIZES)
    head = [f"### {literal_line(titled(small))}", *lines(small.blocks, with_facts=True)]
    if small.decided:
        head.append(strong(f"✓ {literal_line(small.decided.line)}"))
    commands = typed(card, () if card.decided else card.all_buttons)
    tail = [f"可直接回复：{'、'.join(map(literal_line, commands))}"] if commands else []
    title, subject = titled(small), about(card)

    def draw(most: int) -> Param:
        return {"title": title, "text": joined(head, tail, NEWLINE, most, subject)}

    return "sampleMarkdown", _within_limits(draw)


def _reply(key: str, param: Param) -> dict[str, Any]:
    """The same as the answer to a message, by its own address (page 3.5)."""
    if key == "sampleText":
        return {"msgtype": "text", "text": param}
    return {"msgtype": "markdown", "markdown": param}


# -- recalls ---------------------------------------------------------------------------------------------------------


def _recall(row: OutboxRow, config: DingtalkConfig) -> bytes:
    of = {"openConversationId": row.place.chat} if row.place.group else {}
    return msgspec.json.encode({**of, "robotCode": config.robot_code, "processQueryKeys": [recalled_key(row)]})
