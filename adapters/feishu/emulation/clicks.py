"""A person presses a button: what the client does by itself, the callback, and what its answer changes (CARDCB)."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.feishu.emulation.card_checks import CardFault
from adapters.feishu.emulation.cards import MAX_BYTES, check_card
from adapters.feishu.emulation.content import known
from adapters.feishu.emulation.errors import ApiError, ClientRefused, card_error
from adapters.feishu.emulation.faults import Faults
from adapters.feishu.emulation.forms import fill
from adapters.feishu.emulation.gateway import Ask, Route
from adapters.feishu.emulation.messages import UPDATE_WINDOW
from adapters.feishu.emulation.push import Push, Pusher
from adapters.feishu.emulation.reading import components, label
from adapters.feishu.emulation.wire import JSON, compact, micros, parse
from adapters.feishu.emulation.world import Message, World

TOKEN_LIFE, TOKEN_USES = timedelta(minutes=30), 2
_FAILED = {"url": 200340, "unanswered": 200340, "timeout": 200341, "connect": 200342, "dns": 200343, "broken": 200341}


@dataclass(frozen=True, slots=True)
class Toast:
    type: str
    content: str


@dataclass(frozen=True, slots=True)
class Click:
    """What the person sees. `error_code` is the client's own toast (2003xx, 2006xx), `status` the bot's HTTP status.

    Without a callback (a link, a reset, a confirm box answered with no) `push` is None.
    """

    toast: Toast | None = None
    card_changed: bool = False
    status: int | None = None
    error_code: int | None = None
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a finger looks for: these words, and which of several (from 0) if they stand more than once."""

    label: str
    which: int | None = None
    drawing: int = -1
    """Which of the card's drawings the client still shows: -1 the current one, 0 the first."""


@dataclass(frozen=True, slots=True)
class _Pressed:
    component: JSON
    form: JSON | None
    option: str | None = None

    @property
    def value(self) -> JSON | None:
        values = [one["value"] for one in self.component.get("behaviors", []) if one["type"] == "callback"]
        return values[0] if values else None


@dataclass(slots=True)
class _Token:
    """event.token of a callback: 30 minutes, 2 uses, not before the callback was answered."""

    message: Message
    issued: datetime
    answered: bool = False
    uses: int = 0


class _Bad(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class Clicks:
    def __init__(self, world: World, faults: Faults, pusher: Pusher) -> None:
        self._world, self._faults, self._pusher = world, faults, pusher
        self._tokens: dict[str, _Token] = {}
        self._empties = itertools.cycle(("missing", "", None))

    def routes(self) -> list[Route]:
        return [Route("POST", "/open-apis/interactive/v1/card/update", self.update_by_token, write=True, ok="ok")]

    async def press(
        self, open_id: str, message_id: str, target: Target, form: Mapping[str, Any], confirm: bool
    ) -> Click:
        message = self._message(open_id, message_id)
        pressed = _find(message, target)
        component = pressed.component
        if component.get("disabled"):
            raise ClientRefused(f"「{target.label}」 is disabled")
        if component.get("form_action_type") == "reset" or ("confirm" in component and not confirm):
            return Click()
        action: JSON = {"tag": component["tag"], "timezone": "Asia/Shanghai"}
        action |= {name: component[name] for name in ("name",) if name in component}
        action |= {
            name: value for name, value in (("value", pressed.value), ("option", pressed.option)) if value is not None
        }
        if pressed.form is not None:
            if component.get("form_action_type") != "submit":
                raise ClientRefused(f"「{target.label}」 stands in a form and does not submit it")
            action["form_value"] = fill(pressed.form, form, self._empties)
        elif form:
            raise ClientRefused(f"「{target.label}」 belongs to no form")
        elif pressed.value is None:
            return Click()  # a link: the client opens it by itself
        return await self._call_back(open_id, message, action)

    async def press_value(self, open_id: str, message_id: str, value: JSON) -> Click:
        """What somebody sends who builds the request by hand: any value, from any user."""
        message = self._world.messages[message_id]
        return await self._call_back(open_id, message, {"tag": "button", "timezone": "Asia/Shanghai", "value": value})

    async def _call_back(self, open_id: str, message: Message, action: JSON) -> Click:
        user, now = self._world.users[open_id], self._world.now()
        token = self._world.new_id("c-")
        event = {
            "operator": {"tenant_key": user.tenant_key, **(user.ids if self._faults.clicked_by(open_id) else {})},
            "token": token,
            "action": action,
            "host": "im_message",
            "context": {"open_message_id": message.message_id, "open_chat_id": message.chat_id},
        }
        entry = self._tokens[token] = _Token(message, now)
        push = self._pusher.prepare("card.action.trigger", event, message.message_id, micros(now))
        message.locks += 1
        try:
            await self._pusher.attempt(push, self._pusher.deadline_seconds)
            click = self._outcome(message, push)
        finally:
            message.locks -= 1
            entry.answered = True
        self._world.changed()
        return click

    def _outcome(self, message: Message, push: Push) -> Click:
        if push.status is None:
            return Click(error_code=_FAILED[push.error], push=push)
        if self._faults.take("lose_answers"):
            return Click(error_code=200341, push=push)
        try:
            toast, card = self._answer(push)
        except _Bad as bad:
            return Click(status=push.status, error_code=bad.code, push=push)
        if card is not None and not message.recalled:
            message.change(card, self._world.now())
        return Click(toast, card is not None, push.status, None, push)

    def _answer(self, push: Push) -> tuple[Toast | None, JSON | None]:
        """Toast and card of the bot's answer; _Bad with the client's error code."""
        if push.status != 200:
            raise _Bad(200671)
        try:
            answer = parse(push.answer)
        except ValueError as problem:
            raise _Bad(200672) from problem
        if not isinstance(answer, dict) or not answer.keys() <= {"toast", "card"}:
            raise _Bad(200672)
        return _toast(answer.get("toast")), self._card(answer.get("card"))

    def _card(self, card: Any) -> JSON | None:
        if card is None:
            return None
        if not isinstance(card, dict) or not isinstance(data := card.get("data"), dict):
            raise _Bad(200672)
        if card.get("type") != "raw":
            raise _Bad(200673)
        if data.get("schema") != "2.0":
            raise _Bad(200830)
        self._check(data, 200673)
        return data

    def _check(self, card: JSON, code: int) -> None:
        try:
            check_card(card, known(self._world))
        except CardFault as fault:
            raise _Bad(code) from fault
        if len(compact(card).encode()) > MAX_BYTES:
            raise _Bad(code)

    def update_by_token(self, ask: Ask) -> JSON:
        """The delayed update: only after the callback was answered, or it would be reverted (DELAY)."""
        entry = self._tokens.get(str(ask.body.get("token")))
        if entry is None:
            raise ApiError(300020)
        if not entry.answered or self._world.now() - entry.issued > TOKEN_LIFE:
            raise ApiError(300030)
        if entry.uses >= TOKEN_USES:
            raise ApiError(300040)
        if entry.message.recalled:
            raise ApiError(200000)
        if entry.message.locks:
            raise card_error(11310, "card action is lock")
        try:
            self._check(ask.body.get("card", {}), 11311)
        except _Bad as bad:
            raise ApiError(bad.code, str(bad.__cause__ or "too large")) from bad
        entry.uses += 1
        entry.message.change(ask.body["card"], self._world.now())
        return {}

    def _message(self, open_id: str, message_id: str) -> Message:
        message = self._world.messages[message_id]
        if open_id not in self._world.chats[message.chat_id].members:
            raise ClientRefused("this person does not see the card")
        if message.msg_type != "interactive" or message.recalled:
            raise ClientRefused("there is no card any more")
        if self._world.now() - message.created > UPDATE_WINDOW:
            raise ClientRefused("a card can be pressed for 14 days")
        return message


def _find(message: Message, target: Target) -> _Pressed:
    found = list(_everything_named(message.history[target.drawing], target.label))
    if not found or (len(found) > 1 and target.which is None) or (target.which or 0) >= len(found):
        shown = " ".join(message.buttons) or "none"
        raise ClientRefused(f"{len(found)} buttons say 「{target.label}」; the card shows {shown}")
    return found[target.which or 0]


def _everything_named(card: JSON, words: str) -> Iterator[_Pressed]:
    """Buttons with this text; outside forms also the options of menus and selections, which call back by themselves."""
    for component, form in components(card):
        if component["tag"] == "button" and label(component) == words:
            yield _Pressed(component, form)
        if component["tag"] in ("select_static", "overflow") and form is None:
            for option in component["options"]:
                if label(option) == words:
                    yield _Pressed(component, None, option["value"])


def _toast(toast: Any) -> Toast | None:
    if toast is None:
        return None
    if not isinstance(toast, dict) or not toast.keys() <= {"type", "content", "i18n"}:
        raise _Bad(200672)
    kind, content = toast.get("type", "info"), toast.get("content")
    if kind not in ("info", "success", "error", "warning") or not isinstance(content, str):
        raise _Bad(200672)
    return Toast(kind, content)
