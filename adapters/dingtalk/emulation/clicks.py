"""A person presses a button: what the client checks, the callback, what its answer changes (4.5).

The page is silent on the words of the client's own failure: FAILED is ours. An answer that is no object, or that answers
with `privateData`, is a failure here. An update by the API that comes while a click waits is undone by the click's answer.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.dingtalk.emulation.card import Card, Change
from adapters.dingtalk.emulation.cards import Cards, change_of, params_of
from adapters.dingtalk.emulation.errors import ApiError, ClientRefused
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.forms import fill
from adapters.dingtalk.emulation.people import People
from adapters.dingtalk.emulation.push import Push, Pusher
from adapters.dingtalk.emulation.template import CardFault, Pressable
from adapters.dingtalk.emulation.world import Message, World
from adapters.emulation.wire import JSON, compact

FAILED = "操作失败，请稍后重试"


@dataclass(frozen=True, slots=True)
class Toast:
    type: str
    content: str


@dataclass(frozen=True, slots=True)
class Click:
    """What the person sees: `card_changed`, or `toast` with the client's own `error`.

    `status`: the acknowledgement's code or the HTTP status, None without one. Without a callback `push` is None.
    """

    toast: Toast | None = None
    card_changed: bool = False
    status: int | None = None
    error: str = ""
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a finger looks for: these words, and which of several (from 0) if they stand more than once."""

    label: str
    which: int | None = None
    drawing: int = -1
    """Which of the card's drawings the client still shows: -1 the current one, 0 the first."""


class _Bad(Exception):
    """An answer that the platform does not take."""


class Clicks:
    """`suffix_ids`: actionIds come by turns as they are and with the button's index behind them, as observed (template 0.2)."""

    def __init__(self, world: World, faults: Faults, pusher: Pusher, people: People, cards: Cards) -> None:
        self._world, self._faults, self._pusher, self._people, self._cards = world, faults, pusher, people, cards
        self.suffix_ids = True
        self._shapes = itertools.cycle(("inside", "inside, suffix", "beside"))
        self._empties = itertools.cycle(("missing", "empty"))

    async def press(self, user_id: str, message_id: str, target: Target, form: Mapping[str, Any]) -> Click:
        message = self._message(user_id, message_id)
        card = message.card
        if card is None:
            return await self._say(user_id, message, target)
        params = card.seen(message.history[target.drawing]["cardParamMap"], user_id)
        shown = card.template.pressable(params)
        pressed = _find(shown, target)
        values: JSON = {"id": pressed.id}
        if pressed.submits:
            values["form"] = fill(card.template.fields(params), form, self._empties)
        elif form:
            raise ClientRefused(f"「{target.label}」 belongs to no form")
        return await self._call_back(user_id, message, card, pressed.id, values, shown.index(pressed))

    async def press_value(self, user_id: str, message_id: str, params: JSON) -> Click:
        """What somebody sends who builds the request by hand: any params, from any user; actionIds is their id."""
        message = self._world.messages[message_id]
        if message.card is None:
            raise ClientRefused("this is no card")
        return await self._call_back(user_id, message, message.card, str(params.get("id", "")), params, 0)

    async def _say(self, user_id: str, message: Message, target: Target) -> Click:
        """A dtmd link says its words to the robot; any other opens by itself."""
        links = [link for link in message.links if link.text == target.label]
        if not links:
            raise ClientRefused(
                f"nothing says 「{target.label}」; the message shows {' '.join(message.buttons) or 'none'}"
            )
        if not links[0].says:
            return Click()
        chat = self._world.chats[message.chat_id]
        where = None if chat.chat_type == "p2p" else chat.chat_id
        return Click(push=await self._people.say(user_id, links[0].says, where, where is not None, (), None))

    async def _call_back(
        self, user_id: str, message: Message, card: Card, action_id: str, params: JSON, place: int
    ) -> Click:
        body = self._body(user_id, message, card, self._content(action_id, params, place))
        card.pressed()
        try:
            push = await self._push(card, body, message)
            click = self._outcome(message, card, user_id, push)
        finally:
            card.settled()
        self._world.changed()
        return click

    async def _push(self, card: Card, body: JSON, message: Message) -> Push:
        route = self._cards.callback_routes.get(card.route_key) if card.callback_type == "HTTP" else None
        post_to = (route.url, route.api_secret) if route else None
        return await self._pusher.card(body, message.message_id, post_to, card.callback_type == "STREAM")

    def _content(self, action_id: str, params: JSON, place: int) -> JSON:
        """Params stand inside cardPrivateData, in older samples beside it; the id may carry an index (4.5)."""
        shape = next(self._shapes)
        ids = [f"{action_id}{place}" if shape.endswith("suffix") and self.suffix_ids else action_id]
        if shape == "beside":
            return {"cardPrivateData": {"actionIds": ids}, "params": params}
        return {"cardPrivateData": {"actionIds": ids, "params": params}}

    def _body(self, user_id: str, message: Message, card: Card, content: JSON) -> JSON:
        """HTTP callbacks bring five fields only."""
        user, text = self._world.users[user_id], compact(content)
        who = user.union_id if card.user_id_type == 2 else user_id
        body: JSON = {
            "type": "actionCallback",
            "outTrackId": card.out_track_id,
            "corpId": user.corp_id,
            "userId": self._faults.clicked_by(who),
            "content": text,
        }
        if card.callback_type == "HTTP":
            return body
        more = {"extension": "{}", "spaceType": "im", "userIdType": card.user_id_type, "spaceId": message.chat_id}
        return {**body, **more, "value": text}

    def _outcome(self, message: Message, card: Card, user_id: str, push: Push) -> Click:
        if push.status is None or self._faults.take("lose_answers"):
            return _failed(push)
        try:
            change = self._change(user_id, card, push)
            card.answered(change)
        except (_Bad, ApiError, CardFault) as problem:
            return _failed(push, f"{problem}")
        changed = card.public != message.content["cardParamMap"] or bool(change.private)
        if changed:
            self._cards.redraw(card)
        return Click(card_changed=changed, status=push.status, push=push)

    def _change(self, user_id: str, card: Card, push: Push) -> Change:
        """The update in a callback's answer: in data.response of the acknowledgement, or the whole HTTP body."""
        if push.status != 200:
            raise _Bad(f"answered {push.status}")
        answer = push.answer
        if card.callback_type != "HTTP":
            if not isinstance(answer, dict) or answer.keys() != {"response"}:
                raise _Bad("data holds response")
            answer = answer["response"]
        if not isinstance(answer, dict) or not answer.keys() <= {"cardUpdateOptions", "cardData", "userPrivateData"}:
            raise _Bad("the response holds cardUpdateOptions, cardData and userPrivateData")
        mine = params_of(answer.get("userPrivateData"))
        return change_of(answer.get("cardUpdateOptions"), answer.get("cardData"), {user_id: mine} if mine else {})

    def _message(self, user_id: str, message_id: str) -> Message:
        message = self._world.messages[message_id]
        if user_id not in self._world.chats[message.chat_id].members:
            raise ClientRefused("this person does not see the card")
        if message.recipients and user_id not in message.recipients:
            raise ClientRefused("this card is for others of the group")
        if message.recalled:
            raise ClientRefused("there is no message any more")
        return message


def _failed(push: Push, why: str = "") -> Click:
    push.error = push.error or why
    return Click(Toast("error", FAILED), status=push.status, error=FAILED, push=push)


def _find(shown: list[Pressable], target: Target) -> Pressable:
    found = [one for one in shown if one.label == target.label]
    if not found or (len(found) > 1 and target.which is None) or (target.which or 0) >= len(found):
        words = " ".join(one.label for one in shown) or "none"
        raise ClientRefused(f"{len(found)} buttons say 「{target.label}」; the card shows {words}")
    return found[target.which or 0]
