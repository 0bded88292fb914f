"""card/instances: create, deliver, both at once, update, and where HTTP callbacks go (4.1, 4.2)."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.dingtalk.emulation.card import Card, Change, Private, check_sizes
from adapters.dingtalk.emulation.errors import ApiError
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.front import Ask, Route, only
from adapters.dingtalk.emulation.limits import Limits
from adapters.dingtalk.emulation.template import CardFault, Template
from adapters.dingtalk.emulation.world import BOT, Chat, World
from adapters.emulation.wire import JSON

_CARDS = "/v1.0/card/instances"
_SCOPE = "Card.Instance.Write"
SPACE_MODELS = {"IM_GROUP": "imGroupOpenSpaceModel", "IM_ROBOT": "imRobotOpenSpaceModel"}
_DELIVER_MODELS = {"IM_GROUP": "imGroupOpenDeliverModel", "IM_ROBOT": "imRobotOpenDeliverModel"}
_CREATE = (
    *("cardTemplateId", "outTrackId", "callbackType", "callbackRouteKey", "userIdType", "userId", "cardData"),
    *("privateData", "cardAtUserIds", *SPACE_MODELS.values()),
)
_DELIVER = ("openSpaceId", "userIdType", *_DELIVER_MODELS.values())
MOST_TRACK_ID, MOST_SPACE_ID = 100, 1000


@dataclass(frozen=True, slots=True)
class CallbackRoute:
    """Where the callbacks of cards with this key go, and what signs them."""

    url: str
    api_secret: str


@dataclass(frozen=True, slots=True)
class _Space:
    kind: str
    id: str


class Cards:
    """`templates` by id; `unpublished`: ids of those that nobody published yet."""

    def __init__(self, world: World, limits: Limits, faults: Faults, templates: dict[str, Template]) -> None:
        self._world, self._limits, self._faults, self.templates = world, limits, faults, templates
        self.unpublished: set[str] = set()
        self.callback_routes: dict[str, CallbackRoute] = {}
        self._no_error = itertools.cycle((None, ""))

    def routes(self) -> list[Route]:
        return [
            Route("POST", _CARDS + "/createAndDeliver", self.create_and_deliver, write=True, scope=_SCOPE),
            Route("POST", _CARDS, self.create, write=True, scope=_SCOPE),
            Route("POST", _CARDS + "/deliver", self.deliver, write=True, scope=_SCOPE),
            Route("PUT", _CARDS, self.update, write=True, scope=_SCOPE),
            Route("PUT", _CARDS + "/spaces", self.spaces, write=True, scope=_SCOPE),
            Route("POST", "/v1.0/card/callbacks/register", self.register, scope=_SCOPE),
        ]

    def create_and_deliver(self, ask: Ask) -> JSON:
        """HTTP 200 also when a delivery failed: the card exists then, and its outTrackId is taken."""
        only(ask.body, *_CREATE, *_DELIVER)
        card = self._new(ask.body)
        spaces = self._spaces(card, ask.body)
        self._world.cards[card.out_track_id] = card
        results = self._deliver(card, spaces, ask.body)
        return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}

    def create(self, ask: Ask) -> JSON:
        only(ask.body, *_CREATE)
        card = self._new(ask.body)
        self._world.cards[card.out_track_id] = card
        return {"success": True, "result": card.out_track_id}

    def deliver(self, ask: Ask) -> JSON:
        only(ask.body, "outTrackId", *_DELIVER)
        card = self._card(ask.body)
        return {"success": True, "result": self._deliver(card, self._spaces(card, ask.body), ask.body)}

    def update(self, ask: Ask) -> JSON:
        """Replaces everything unless cardUpdateOptions say otherwise. While a click waits for its answer: 4.5."""
        only(ask.body, "outTrackId", "userIdType", "cardData", "privateData", "cardUpdateOptions")
        card = self._card(ask.body)
        if not ask.body.get("cardData") and not ask.body.get("privateData"):
            raise ApiError("param.cardDataAndPrivateDataBothEmpty")
        private = _private(ask.body.get("privateData"))
        change = change_of(ask.body.get("cardUpdateOptions"), ask.body.get("cardData"), private)
        try:
            card.change(change)
        except CardFault as fault:
            raise ApiError("param.invalid", str(fault)) from fault
        self.redraw(card)
        return {"success": True, "result": True}

    def spaces(self, ask: Ask) -> JSON:
        only(ask.body, "outTrackId", *SPACE_MODELS.values())
        card = self._card(ask.body)
        card.spaces |= _models(ask.body)
        return {"success": True, "result": True}

    def register(self, ask: Ask) -> JSON:
        only(ask.body, "callbackRouteKey", "callbackUrl", "apiSecret", "forceUpdate")
        key, url, secret = (ask.body.get(name) for name in ("callbackRouteKey", "callbackUrl", "apiSecret"))
        if not key or not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise ApiError("param.invalid", "callbackRouteKey, callbackUrl")
        if key in self.callback_routes and not ask.body.get("forceUpdate"):
            raise ApiError("param.invalid", f"callbackRouteKey {key} exists; forceUpdate changes it")
        self.callback_routes[str(key)] = CallbackRoute(url, str(secret or ""))
        return {"success": True, "result": {"callbackUrl": url, "apiSecret": secret}}

    def redraw(self, card: Card) -> None:
        """Every copy of a card follows its data."""
        for message_id in card.message_ids:
            message = self._world.messages[message_id]
            message.change({**message.content, "cardParamMap": card.public}, self._world.now())
        self._world.changed()

    def _new(self, body: JSON) -> Card:
        track_id = body.get("outTrackId")
        if not isinstance(track_id, str) or not track_id:
            raise ApiError("param.outTrackIdEmpty")
        if len(track_id) > MOST_TRACK_ID:
            raise ApiError("param.invalid", f"outTrackId is longer than {MOST_TRACK_ID}")
        if track_id in self._world.cards:
            raise ApiError("param.cardAlreadyExist")
        template_id = str(body.get("cardTemplateId"))
        template = self.templates.get(template_id)
        if template is None:
            raise ApiError("param.templateNotExist")
        if template_id in self.unpublished:
            raise ApiError("param.templateUnpublished")
        public = params_of(body.get("cardData"))
        if not public:
            raise ApiError("param.cardPublicDataEmpty")
        if body.get("callbackType") not in (None, "STREAM", "HTTP"):
            raise ApiError("param.invalid", "callbackType")
        try:
            check_sizes(public)
            template.check(public)
        except CardFault as fault:
            raise ApiError("param.invalid", str(fault)) from fault
        callback, key = body.get("callbackType"), str(body.get("callbackRouteKey") or "")
        id_type, private = _id_type(body), _private(body.get("privateData"))
        return Card(track_id, template_id, template, callback, key, id_type, public, private, _models(body))

    def _spaces(self, card: Card, body: JSON) -> list[_Space]:
        text = body.get("openSpaceId")
        if not isinstance(text, str) or not text.lower().startswith("dtv1.card//") or len(text) > MOST_SPACE_ID:
            raise ApiError("param.openSpaceIdInvalid")
        spaces = []
        for part in text[len("dtv1.card//") :].split(";"):
            kind, _, id_ = part.partition(".")
            if kind.upper() not in SPACE_MODELS or not id_:
                raise ApiError("param.openSpaceIdInvalid", part)
            spaces.append(_Space(kind.upper(), id_))
        for kind in {space.kind for space in spaces}:
            if kind not in card.spaces:
                raise ApiError("param.openSpaceModelInvalid", f"created without {SPACE_MODELS[kind]}")
            self._check_model(kind, body)
        if len(spaces) == 1 and spaces[0].kind == "IM_ROBOT" and not self._world.by_id(_id_type(body), spaces[0].id):
            raise ApiError("param.userIdNotExist")
        return spaces

    def _check_model(self, kind: str, body: JSON) -> None:
        """A robot's single chat may go without robotCode, as the SDK does it; a group may not."""
        model = body.get(_DELIVER_MODELS[kind])
        if not isinstance(model, dict) or not model:
            raise ApiError("param.openDeliverModelEmpty", _DELIVER_MODELS[kind])
        allowed = ("spaceType", "robotCode", "extension")
        only(model, *allowed, *(("atUserIds", "recipients") if kind == "IM_GROUP" else ()))
        code = model.get("robotCode", self._world.robot_code if kind == "IM_ROBOT" else None)
        if code != self._world.robot_code or model.get("spaceType", kind) != kind:
            raise ApiError("param.openDeliverModelError")

    def _deliver(self, card: Card, spaces: list[_Space], body: JSON) -> list[JSON]:
        return [self._deliver_to(card, space, body) for space in spaces]

    def _deliver_to(self, card: Card, space: _Space, body: JSON) -> JSON:
        chat = self._chat(space, body)
        result: JSON = {"spaceType": space.kind, "spaceId": space.id}
        if isinstance(chat, str):
            return {**result, "success": False, "carrierId": None, "errorMsg": chat}
        key = self._world.new_id()
        content = {"cardTemplateId": card.template_id, "outTrackId": card.out_track_id, "cardParamMap": card.public}
        group: JSON = body.get("imGroupOpenDeliverModel", {}) if space.kind == "IM_GROUP" else {}
        named = [*group.get("atUserIds", {}), *body.get("cardAtUserIds", [])]
        message = self._world.post(
            *(chat.chat_id, BOT, "card", content),
            card=card,
            process_query_key=key,
            at=["all" if one == "@ALL" else one for one in named if one == "@ALL" or one in chat.members],
            recipients=list(group.get("recipients", [])),
        )
        card.message_ids.append(message.message_id)
        return {**result, "success": True, "carrierId": key, "errorMsg": next(self._no_error)}

    def _chat(self, space: _Space, body: JSON) -> Chat | str:
        """Where the card goes, or why it does not."""
        if self._faults.take("fail_delivery"):
            return "system.busy"
        if space.kind == "IM_ROBOT":
            user = self._world.by_id(_id_type(body), space.id)
            if user is None:
                return "param.userIdNotExist"
            return self._world.p2p_chat(user.user_id) if self._world.reachable(user) else "staffId.notExisted"
        chat = self._world.chats.get(space.id)
        if chat is None or chat.chat_type != "group" or not chat.bot_inside:
            return "resource.not.found"
        if chat.disbanded or chat.bot_muted:
            return "group.disbanded" if chat.disbanded else "bot.forbidden.sendMessage"
        return chat if self._limits.group(chat.chat_id) else "send.too.fast"

    def _card(self, body: JSON) -> Card:
        if not body.get("outTrackId"):
            raise ApiError("param.outTrackIdEmpty")
        card = self._world.cards.get(str(body["outTrackId"]))
        if card is None:
            raise ApiError("param.cardNotExist")
        return card


def params_of(data: Any) -> dict[str, str]:
    """cardParamMap, whose values are strings only; {} if there is none."""
    if data is None:
        return {}
    if not isinstance(data, dict) or not data.keys() <= {"cardParamMap"}:
        raise ApiError("param.invalid", "cardData holds cardParamMap")
    params = data.get("cardParamMap", {})
    if not isinstance(params, dict) or not all(isinstance(value, str) for value in params.values()):
        raise ApiError("param.invalid", "the values of cardParamMap are strings")
    return params


def change_of(options: Any, data: Any, private: Private) -> Change:
    """cardUpdateOptions and new data, of an update or of a callback's answer."""
    options = {} if options is None else options
    if not isinstance(options, Mapping) or not options.keys() <= {"updateCardDataByKey", "updatePrivateDataByKey"}:
        raise ApiError("param.invalid", "cardUpdateOptions")
    if not all(isinstance(value, bool) for value in options.values()):
        raise ApiError("param.invalid", "cardUpdateOptions")
    public = params_of(data) if data else None
    by_key, private_by_key = options.get("updateCardDataByKey", False), options.get("updatePrivateDataByKey", False)
    return Change(public, by_key, private, private_by_key)


def _private(data: Any) -> Private:
    if data is not None and not isinstance(data, dict):
        raise ApiError("param.invalid", "privateData")
    return {user_id: params_of(params) for user_id, params in (data or {}).items()}


def _models(body: JSON) -> set[str]:
    return {kind for kind, name in SPACE_MODELS.items() if isinstance(body.get(name), dict)}


def _id_type(body: JSON) -> int:
    id_type = body.get("userIdType", 1)
    if id_type not in (1, 2):
        raise ApiError("param.invalid", "userIdType")
    return int(id_type)
