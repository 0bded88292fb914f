"""card.action.trigger: a button, or a form handed in by one (page 2.6). Who clicked is only what ``operator`` says."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from adapters.feishu.push import Push, UserIds, instant
from adapters.text import clean
from bot.messages import Form, Press, single_chat

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}) [+-]\d{4}")
BUTTON = "b"
"""Key of the button's id in ``behaviors[0].value``."""
IN_GROUP = "g"
"""Set there for cards drawn for a group: the callback names the chat, but not its kind."""


class _Operator(Struct, frozen=True):
    open_id: str
    tenant_key: str | None = None


class _Action(Struct, frozen=True):
    value: Any = None
    form_value: dict[str, Any] | None = None


class _Context(Struct, frozen=True):
    open_message_id: str | None = None
    open_chat_id: str | None = None


class _Click(Struct, frozen=True):
    operator: _Operator
    action: _Action
    context: _Context | None = None


def click(push: Push) -> Press | Form:
    """A value that is not ours gives the button "", which no copy has: the core says so and audits it."""
    event: _Click = push.as_(_Click)
    sender = push.account(UserIds(event.operator.open_id), event.operator.tenant_key or "")
    # Some component pages of the documentation print the context beside the event.
    context = event.context or msgspec.convert(push.beside, _Context)
    value = event.action.value if isinstance(event.action.value, dict) else {}
    button = value.get(BUTTON)
    group = context.open_chat_id if value.get(IN_GROUP) else None
    envelope: dict[str, Any] = {
        "key": push.header.event_id,
        "sender": sender,
        "place": push.group(group) if group else single_chat(sender),
        "sent_at": instant(push.header.create_time),
        "trace": push.trace,
        "foreign": push.foreign(sender),
        "button": clean(button) if isinstance(button, str) else "",
        "message": context.open_message_id or "",
    }
    if event.action.form_value is None:
        return Press(**envelope)
    return Form(values={clean(name): _spelled(given) for name, given in event.action.form_value.items()}, **envelope)


def _spelled(given: object) -> str:
    """One string for whatever a component delivers; an empty optional field comes as null, "" or not at all."""
    if given is None:
        return ""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list):
        return ";".join(_spelled(part) for part in given)
    if isinstance(given, (str, int, float)):
        text = clean(str(given))
        day = _DAY.fullmatch(text)  # a date picker adds the clicker's offset
        return day[1] if day else text
    raise ValueError("a form's value is an object")
