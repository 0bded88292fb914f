"""A card's callback: a button, or a form handed in by one (page 4.5). Who clicked is only what ``userId`` says."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from adapters.dingtalk.push import Received, inner, received, shaped
from adapters.dingtalk.track import read_track
from adapters.http import strict_json
from adapters.text import clean
from bot.messages import Account, Form, Place, Press, single_chat

END = "~"
"""Closes a button's id as we draw it: the client may append the button's index (template page 0.2)."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}\S*")
_STAFF_ID = 1


class _Callback(Struct, frozen=True, rename="camel"):
    out_track_id: str
    user_id: str
    corp_id: str
    content: str | None = None
    value: str | None = None
    space_id: str | None = None
    user_id_type: int | str | None = None


class _Private(Struct, frozen=True, rename="camel"):
    action_ids: tuple[str, ...] | None = None
    params: dict[str, Any] | None = None


class _Content(Struct, frozen=True, rename="camel"):
    """Older samples have ``params`` beside ``cardPrivateData`` instead of in it."""

    card_private_data: _Private | None = None
    params: dict[str, Any] | None = None


def click(data: dict[str, Any], *, key: str, at: datetime, channel: str, trace: str) -> Received:
    """``key`` and ``at`` come from the frame or the request: the callback itself has neither."""
    return received(lambda: _read(shaped(data, _Callback), key, at, channel, trace))


def _read(callback: _Callback, key: str, at: datetime, channel: str, trace: str) -> Press | Form:
    if not callback.user_id or not key or int(callback.user_id_type or _STAFF_ID) != _STAFF_ID:
        raise ValueError("nobody we know clicked")
    content: _Content = shaped(inner(callback.content or callback.value or "{}"), _Content)
    private = content.card_private_data or _Private()
    params = (content.params or {}) | (private.params or {})
    track = read_track(callback.out_track_id)
    # A card in a single chat is sent to the ids of our own company only.
    home = callback.corp_id if track.tenant is None else track.tenant or callback.corp_id
    sender = Account(channel, callback.corp_id, callback.user_id)
    in_group = track.tenant is not None and callback.space_id
    envelope: dict[str, Any] = {
        "key": key,
        "sender": sender,
        "place": Place(channel, home, callback.space_id or "", group=True) if in_group else single_chat(sender),
        "sent_at": at,
        "trace": trace,
        "foreign": callback.corp_id != home,
        "button": _button(params, private.action_ids or ()),
        "message": track.name,
    }
    if "form" not in params:
        return Press(**envelope)
    return Form(values={clean(name): _spelled(given) for name, given in _form(params["form"]).items()}, **envelope)


def _button(params: dict[str, Any], actions: tuple[str, ...]) -> str:
    """ "" for what is not ours: no copy has such a button, the core says so and audits it."""
    given = params.get("id") or next(iter(actions), "")
    return clean(given).partition(END)[0] if isinstance(given, str) else ""


def _form(filled: object) -> dict[str, Any]:
    found: dict[str, Any] = shaped(
        strict_json(filled) if isinstance(filled, str) and filled else filled or {}, dict[str, Any]
    )
    return found


def _spelled(given: object) -> str:
    """One string for whatever a component delivers; a choice comes as its place and its value."""
    match given:
        case None:
            return ""
        case bool():
            return "true" if given else "false"
        case list():
            return ";".join(_spelled(part) for part in given)
        case {"value": value} if not isinstance(value, dict):
            return _spelled(value)
        case str() | int() | float():
            text = clean(str(given))
            day = _DAY.fullmatch(text)
            return day[1] if day else text
        case _:
            raise ValueError("a form's value is an object")
