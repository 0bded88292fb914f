"""Passive replies: what the platform does with a callback's answer (2.4, 90241).

template_card_event is not on the page's list of events that take one: such a reply is recorded and changes nothing.
"""

from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation import xml
from adapters.wecom.emulation.cards import INTERACTIVE, Rules, check_card
from adapters.wecom.emulation.content import TEXT_BYTES, cut_bytes, media
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.push import Push
from adapters.wecom.emulation.world import BOT, Face, User, World

TAKES_REPLIES = (
    "subscribe", "enter_agent", "LOCATION", "click", "view", "view_miniprogram", "scancode_waitmsg",
    "template_card_menu_event",
)  # fmt: skip
_LISTS = ("horizontal_content_list", "jump_list", "button_list", "action_list", "option_list", "select_list",
          "vertical_content_list")  # fmt: skip
_NUMBERS = ("type", "style", "desc_color", "mode")
_FLAGS = ("is_checked", "disable")
_NAMES = {
    name.replace("_", ""): name
    for name in (
        *_LISTS, *_NUMBERS, *_FLAGS, "card_type", "source", "icon_url", "desc", "main_title", "title", "action_menu",
        "text", "key", "quote_area", "quote_text", "url", "appid", "pagepath", "sub_title_text", "keyname", "value",
        "media_id", "userid", "card_action", "emphasis_content", "card_image", "aspect_ratio", "image_text_area",
        "image_url", "button_selection", "question_key", "selected_id", "id", "checkbox", "submit_button",
        "replace_text",
    )
}  # fmt: skip


class Passive:
    def __init__(self, world: World) -> None:
        self._world = world

    def take(self, push: Push, fields: JSON) -> None:
        """Does what the reply says, or notes in `push.error` why not."""
        try:
            user = self._world.find(push.corp_id, str(push.body.get("FromUserName", "")))
            kind = xml.text_of(fields, "MsgType")
            if user is None or xml.text_of(fields, "ToUserName").casefold() != user.user_id.casefold():
                raise xml.BadXml("ToUserName is not who wrote")
            if xml.text_of(fields, "FromUserName") != push.corp_id:
                raise xml.BadXml("FromUserName is not the corp")
            int(xml.text_of(fields, "CreateTime"))
            if "Event" in push.body and push.body["Event"] not in TAKES_REPLIES:
                push.error = f"reply: ignored for {push.body['Event']}"
                return
            self._do(push, user, kind, fields)
        except (xml.BadXml, ApiError, ValueError) as problem:
            push.error = f"reply: {problem}"

    def _do(self, push: Push, user: User, kind: str, fields: JSON) -> None:
        chat_id = self._world.app_chat(user.key).chat_id
        match kind:
            case "text":
                content = {"content": cut_bytes(xml.text_of(fields, "Content"), TEXT_BYTES)}
                self._world.post(chat_id, BOT, "text", content)
            case "image" | "voice" | "video":
                [inside] = fields.get(kind.capitalize(), [{}])
                media_id = xml.text_of(inside, "MediaId")
                media(self._world, media_id, kind, push.corp_id)
                self._world.post(chat_id, BOT, kind, {"media_id": media_id})
            case "update_button":
                [button] = fields.get("Button", [{}])
                self._change(push, Face({}, xml.text_of(button, "ReplaceName")))
            case "update_template_card":
                card = from_xml(fields.get("TemplateCard", [{}])[0])
                check_card(card, Rules(update=True))
                self._change(push, Face(card))
            case _:
                raise xml.BadXml(f"MsgType {kind}")

    def _change(self, push: Push, face: Face) -> None:
        message = self._world.messages.get(push.message_id)
        if message is None or message.msg_type != "template_card":
            raise xml.BadXml("there is no card to change")
        if not face.content and message.content["card_type"] not in INTERACTIVE:
            raise xml.BadXml("the card has no button")
        message.change(Face(face.content or message.content, face.replaced), self._world.now())


def from_xml(fields: Any) -> JSON:
    """A card in CamelCase elements as the JSON of message/send."""
    if not isinstance(fields, dict):
        raise xml.BadXml("TemplateCard has no elements")
    card: JSON = {}
    for element, values in fields.items():
        name = _NAMES.get(element.lower())
        if name is None:
            raise xml.BadXml(f"<{element}> is unknown")
        read = [_value(name, value) for value in values]
        card[name] = read if name in _LISTS else read[0]
    return card


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return from_xml(value)
    if name in _NUMBERS:
        return int(value)
    if name in _FLAGS:
        return value.lower() in ("true", "1")
    return float(value) if name == "aspect_ratio" else value
