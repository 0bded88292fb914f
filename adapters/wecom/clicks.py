"""template_card_event: a button, or the choices handed in with it (page 2.3). Who clicked is only FromUserName."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adapters.text import clean
from adapters.wecom.handle import Sent, spelled
from adapters.wecom.push import Push
from adapters.wecom.xml import Element
from bot.messages import Form, Press, single_chat

OF_FORM = "f:"
"""Before the id of a button that hands in the card's choices; WeCom sends them along with every button."""
UNCHOSEN = "-"
"""The option shown where nothing was chosen yet, or need be."""

Selected = Iterable[tuple[str, list[str]]]


def click(push: Push) -> Press | Form:
    """A key that is not ours is a button no copy has: the core says so and audits it."""
    sender = push.account()
    envelope: dict[str, Any] = {
        "key": push.event_key(),
        "sender": sender,
        "place": single_chat(sender),
        "sent_at": push.sent_at,
        "trace": push.trace,
        "foreign": push.foreign,
        "message": spelled(Sent(code=push.get("ResponseCode"))),
    }
    return pressed(push.get("EventKey"), _selected(push.root.first("SelectedItems")), envelope)


def pressed(key: str, selected: Selected, envelope: dict[str, Any]) -> Press | Form:
    if not key.startswith(OF_FORM):
        return Press(button=clean(key), **envelope)
    values = {clean(name): ";".join(clean(c) for c in chosen if c != UNCHOSEN) for name, chosen in selected}
    return Form(button=clean(key.removeprefix(OF_FORM)), values=values, **envelope)


def _selected(items: Element | None) -> Selected:
    for item in items.all("SelectedItem") if items else ():
        chosen = item.first("OptionIds")
        yield item.get("QuestionKey"), [each.text for each in chosen.all("OptionId")] if chosen else []
