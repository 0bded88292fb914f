"""One row, one attempt: a message, a card, its new state, or a recall."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.dingtalk.errors import CardExists, QuotaSpent, Success, TokenRefused
from adapters.dingtalk.outcomes import of_group, of_recall, of_space, of_users
from adapters.dingtalk.quota import Spent
from adapters.dingtalk.render import is_card, outside
from adapters.dingtalk.send import Api
from adapters.dingtalk.sessions import Sessions
from adapters.dingtalk.track import edited_card, recalled_key, track_id
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Sending, Unknown

TO_USERS = "/v1.0/robot/oToMessages/batchSend"
TO_GROUP = "/v1.0/robot/groupMessages/send"
RECALL_FROM_USERS = "/v1.0/robot/otoMessages/batchRecall"  # the documentation's own lower case
RECALL_FROM_GROUP = "/v1.0/robot/groupMessages/recall"
CARDS = "/v1.0/card/instances"
SEND_CARD = f"{CARDS}/createAndDeliver"
DELIVER_CARD = f"{CARDS}/deliver"


async def deliver(api: Api, sessions: Sessions, row: OutboxRow, payload: bytes) -> Outcome:
    match row.what:
        case Sending.SEND if ";" in row.place.chat:
            return Rejected("收件人编号不合规")  # it would name another receiver in openSpaceId
        case Sending.SEND if outside(row.place):
            return await _answered(api, sessions, row, payload)
        case Sending.SEND if is_card(payload):
            return await _card(api, row, payload)
        case Sending.SEND:
            return await _message(api, row, payload)
        case Sending.CLOSING | Sending.REFRESH:
            return await _edited(api, payload) if edited_card(row) and payload else Gone("这条消息不是卡片，不能修改")
        case Sending.RECALL:
            return await _recalled(api, row, payload) if recalled_key(row) else Gone("没有消息编号，不能撤回")


async def _message(api: Api, row: OutboxRow, payload: bytes) -> Outcome:
    ended = await api.call("POST", TO_GROUP if row.place.group else TO_USERS, payload, Spent.SEND)
    if not isinstance(ended, Success):
        return _outcome(ended)
    return of_group(ended) if row.place.group else of_users(ended, [row.place.chat])[row.place.chat]


async def _answered(api: Api, sessions: Sessions, row: OutboxRow, payload: bytes) -> Outcome:
    """The answer carries no id: it can be neither recalled nor known to be read (page 3.5)."""
    address = sessions.address(row.place.chat)
    if not address:
        return Gone("对方不在本企业，且 90 分钟内没有发过消息")
    ended = await api.posted(address, payload)
    if isinstance(ended, TokenRefused | QuotaSpent):
        return Gone(ended.reason)
    return Receipt("") if isinstance(ended, Success) else _outcome(ended)


async def _card(api: Api, row: OutboxRow, payload: bytes) -> Outcome:
    """Where no answer came it is asked once more: the card's own name makes sure that there is only one of it.

    A card that an earlier attempt created still has to be delivered (page 4.1): it is known to have failed, or nobody knows
    how it ended. Should it be seen twice then, both are the same card and change together.
    """
    track = track_id(row)
    ended = await api.call("POST", SEND_CARD, payload, Spent.CARD)
    if isinstance(ended, Unknown):
        ended = await api.call("POST", SEND_CARD, payload, Spent.CARD)
        if isinstance(ended, CardExists):
            return Receipt(track)
    elif isinstance(ended, CardExists):
        ended = await api.call("POST", DELIVER_CARD, _delivery(payload), Spent.CARD)
    return of_space(ended, track, row.place.chat) if isinstance(ended, Success) else _outcome(ended)


def _delivery(payload: bytes) -> bytes:
    """Of what creates and delivers, the part that delivers."""
    body: dict[str, Any] = msgspec.json.decode(payload)
    kept = ("outTrackId", "userIdType", "openSpaceId", "imGroupOpenDeliverModel", "imRobotOpenDeliverModel")
    return msgspec.json.encode({key: value for key, value in body.items() if key in kept})


async def _edited(api: Api, payload: bytes) -> Outcome:
    ended = await api.call("PUT", CARDS, payload, Spent.CARD)
    return Receipt("") if isinstance(ended, Success) else _outcome(ended)


async def _recalled(api: Api, row: OutboxRow, payload: bytes) -> Outcome:
    path = RECALL_FROM_GROUP if row.place.group else RECALL_FROM_USERS
    ended = await api.call("POST", path, payload, Spent.RECALL)
    return of_recall(ended, recalled_key(row)) if isinstance(ended, Success) else _outcome(ended)


def _outcome(ended: CardExists | Outcome) -> Outcome:
    return Rejected(ended.reason) if isinstance(ended, CardExists) else ended
