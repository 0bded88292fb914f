"""A person presses something on the app's card: the event it makes; the card itself waits for update_template_card (2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation import events
from adapters.wecom.emulation.codes import Codes
from adapters.wecom.emulation.errors import ClientRefused
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.forms import choices
from adapters.wecom.emulation.push import Push, Pusher
from adapters.wecom.emulation.reading import APP, BOT, cut, labelled
from adapters.wecom.emulation.sends import Sends, Sent
from adapters.wecom.emulation.world import APP_CHAT, Face, Message, World

CARD_EVENT, MENU_EVENT = "template_card_event", "template_card_menu_event"


@dataclass(frozen=True, slots=True)
class Click:
    """What the person sees: WeCom shows no toast and no error, a card changes or it does not.

    `status` is the bot's HTTP status; `url` the page that the client opened instead of calling the bot; `push` None then.
    """

    card_changed: bool = False
    status: int | None = None
    url: str = ""
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a finger looks for: these words, and which of several (from 0) if they stand more than once.

    `drawing`: which of the card's contents the client still shows, -1 the current one, 0 the first.
    """

    label: str
    which: int | None = None
    drawing: int = -1


@dataclass(frozen=True, slots=True)
class Pressed:
    """`part` is the button, menu entry or jump; `menu` tells which kind of event it makes."""

    part: JSON
    card: JSON
    menu: bool = False


def find(message: Message, user: str, target: Target, seats: Sequence[str]) -> Pressed:
    """What stands under the finger; ClientRefused where the client has nothing there."""
    if user not in seats:
        raise ClientRefused("this person does not see the card")
    if message.msg_type != "template_card" or message.recalled:
        raise ClientRefused("there is no card")
    face = message.face(user)
    if target.drawing != -1:
        face = Face(message.history[target.drawing])
    most = (BOT if message.by_smart_bot else APP)["button"]
    found = [one for one in _pressable(face) if target.label in (one.part_label, cut(one.part_label, most))]
    if not found or (len(found) > 1 and target.which is None) or (target.which or 0) >= len(found):
        shown = " ".join(message.seen_by(user).buttons) or "none"
        raise ClientRefused(f"{len(found)} buttons say 「{target.label}」; the card shows {shown}")
    return found[target.which or 0].pressed


@dataclass(frozen=True, slots=True)
class _Pressable:
    part_label: str
    pressed: Pressed


def _pressable(face: Face) -> list[_Pressable]:
    card = face.content
    menu = [
        _Pressable(one["text"], Pressed(one, card, True)) for one in card.get("action_menu", {}).get("action_list", [])
    ]
    jumps = [_Pressable(one["title"], Pressed(one, card)) for one in card.get("jump_list", [])]
    if face.replaced or card.get("replace_text"):
        return menu + jumps
    return menu + jumps + [_Pressable(one["text"], Pressed(one, card)) for one in labelled(card)]


class Clicks:
    def __init__(self, world: World, faults: Faults, pusher: Pusher, sends: Sends, codes: Codes[Sent]) -> None:
        self._world, self._faults, self._pusher, self._sends, self._codes = world, faults, pusher, sends, codes

    async def press(self, user: str, message: Message, target: Target, form: Mapping[str, Any]) -> Click:
        pressed = find(message, user, target, self._world.chats[message.chat_id].members)
        if "key" not in pressed.part:
            return Click(url=str(pressed.part.get("url", "")))  # a link: the client opens it by itself
        chosen = {} if pressed.menu else choices(pressed.card, form)
        kind = MENU_EVENT if pressed.menu else CARD_EVENT
        return await self._call_back(user, message, kind, pressed.part["key"], events.selected(chosen))

    async def press_value(self, user: str, message: Message, key: str, task_id: str | None) -> Click:
        """Whatever key and task, as somebody sends it who builds the request by hand; from any member."""
        return await self._call_back(user, message, CARD_EVENT, key, {}, task_id)

    async def _call_back(
        self, user: str, message: Message, kind: str, key: str, more: JSON, task_id: str | None = None
    ) -> Click:
        if self._world.chats[message.chat_id].chat_type != APP_CHAT:
            raise ClientRefused("not a card of the app")
        person = self._world.user(user)
        sent = self._sends.sent_with(message)
        before = len(message.history)
        fields = {
            "EventKey": key,
            "TaskId": message.task_id if task_id is None else task_id,
            "CardType": message.content["card_type"],
            "ResponseCode": self._codes.issue(sent),
        }
        corp = self._world.corps[person.corp_id]
        body = events.event(self._world, person, corp, kind, fields)
        who = {"FromUserName": self._faults.clicked_by(person.user_id)}
        push = await self._pusher.push({**body, **who, **more}, message.message_id)
        return Click(len(message.history) > before, push.status, "", push)
