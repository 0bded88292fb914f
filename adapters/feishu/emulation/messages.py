"""im/v1/messages: send, reply, change, recall, readers (CREATE, REPLY, PATCH, UPDATE, DELETE, READUSERS)."""

from datetime import timedelta

from adapters.feishu.emulation.content import parse, with_placeholders
from adapters.feishu.emulation.errors import ApiError, card_error
from adapters.feishu.emulation.gateway import Ask, Route
from adapters.feishu.emulation.limits import Limits
from adapters.feishu.emulation.reading import label
from adapters.feishu.emulation.wire import JSON, compact, millis
from adapters.feishu.emulation.world import BOT, Chat, Message, User, World

UPDATE_WINDOW, READ_WINDOW, RECALL_WINDOW = timedelta(days=14), timedelta(days=7), timedelta(days=1)
MAX_EDITS = 20
_MESSAGE = "/open-apis/im/v1/messages/{message_id}"


class Messages:
    """`sharing`: the app may talk to people of other companies (对外共享能力)."""

    def __init__(self, world: World, limits: Limits, app_id: str) -> None:
        self._world, self._limits, self._app_id = world, limits, app_id
        self.sharing = True
        self.recall_window = RECALL_WINDOW

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/open-apis/im/v1/messages", self.create, write=True),
            Route("POST", _MESSAGE + "/reply", self.reply, write=True),
            Route("PATCH", _MESSAGE, self.patch, write=True, ok="ok"),
            Route("PUT", _MESSAGE, self.put, write=True),
            Route("DELETE", _MESSAGE, self.delete, write=True),
            Route("GET", _MESSAGE, self.get),
            Route("GET", _MESSAGE + "/read_users", self.read_users),
            *(Route("PATCH", f"{_MESSAGE}/urgent_{way}", self.urgent) for way in ("app", "sms", "phone")),
        ]

    def create(self, ask: Ask) -> JSON:
        _require(ask.body, "receive_id", "msg_type", "content")
        chat = self._receiver(ask.query.get("receive_id_type", "open_id"), ask.body["receive_id"])
        return self._send(chat, ask)

    def reply(self, ask: Ask) -> JSON:
        _require(ask.body, "msg_type", "content")
        parent = self._message(ask)
        self._gone(parent)
        chat = self._world.chats[parent.chat_id]
        self._open(chat)
        message = self._send(chat, ask, parent)
        return message

    def patch(self, ask: Ask) -> JSON:
        """A new card for the whole message; both cards must say that all viewers share it."""
        _require(ask.body, "content")
        message = self._own(ask)
        if message.msg_type != "interactive":
            raise ApiError(230001, "This message is NOT a card.")
        self._gone(message)
        if self._world.now() - message.created > UPDATE_WINDOW:
            raise ApiError(230031)
        if message.locks:
            raise card_error(11310, "card action is lock")
        card = parse("interactive", ask.body["content"], ask.size, self._world)
        if not _shared(message.content) or not _shared(card):
            raise ApiError(230001, "config.update_multi must be true in the original card and in the new one")
        self._limits.message(message.message_id)
        message.change(card, self._world.now())
        return {"data": {}}

    def put(self, ask: Ask) -> JSON:
        _require(ask.body, "msg_type", "content")
        message = self._own(ask)
        if message.msg_type not in ("text", "post") or ask.body["msg_type"] != message.msg_type:
            raise ApiError(230001, "only text and post can be edited")
        self._gone(message)
        if message.edits >= MAX_EDITS:
            raise ApiError(230072)
        content = parse(message.msg_type, ask.body["content"], ask.size, self._world)
        self._limits.message(message.message_id)
        message.edits += 1
        message.change(content, self._world.now())
        return {"data": self._data(message)}

    def delete(self, ask: Ask) -> JSON:
        message = self._message(ask)
        if message.sender != BOT:
            raise ApiError(230026)
        self._gone(message)
        if self._world.now() - message.created > self.recall_window:
            raise ApiError(230009)
        message.recalled, message.updated = True, self._world.now()
        return {"data": {}}

    def get(self, ask: Ask) -> JSON:
        return {"data": {"items": [self._data(self._message(ask))]}}

    def read_users(self, ask: Ask) -> JSON:
        """Readers only, a page at a time; never in external groups, never after 7 days."""
        message = self._own(ask, 230012)
        self._gone(message)
        if self._world.chats[message.chat_id].external:
            raise ApiError(230027)
        if self._world.now() - message.created > READ_WINDOW:
            raise ApiError(230033)
        items = [
            {"user_id_type": "open_id", "user_id": user.open_id, "timestamp": millis(at), "tenant_key": user.tenant_key}
            for user, at in ((self._world.users[reader], at) for reader, at in message.readers.items())
        ]
        return {"data": page(items, ask)}

    def urgent(self, ask: Ask) -> JSON:
        message = self._own(ask)
        chat = self._world.chats[message.chat_id]
        if chat.external:
            raise ApiError(230027)
        users = ask.body.get("user_id_list")
        if not isinstance(users, list) or not 1 <= len(users) <= 200:
            raise ApiError(99992402, "user_id_list: 1 to 200")
        invalid = [user for user in users if user not in chat.members]
        if len(invalid) == len(users):
            raise ApiError(230001, "all users are invalid")
        message.urged.extend(user for user in users if user not in invalid)
        return {"data": {"invalid_user_id_list": invalid}}

    def _send(self, chat: Chat, ask: Ask, parent: Message | None = None) -> JSON:
        msg_type = ask.body["msg_type"]
        content = parse(msg_type, ask.body["content"], ask.size, self._world)
        self._limits.chat(chat.chat_id)
        message = self._world.post(chat.chat_id, BOT, msg_type, content, uuid=ask.body.get("uuid"))
        if parent is not None:
            message.parent_id, message.root_id = parent.message_id, parent.root_id or parent.message_id
            if ask.body.get("reply_in_thread"):
                message.thread_id = parent.thread_id = parent.thread_id or self._world.new_id("omt_")
        return {"data": self._data(message)}

    def _receiver(self, id_type: str, receive_id: object) -> Chat:
        if id_type not in ("open_id", "union_id", "chat_id", "email", "user_id"):
            raise ApiError(99992402, f"receive_id_type: {id_type}")
        if id_type == "user_id":
            raise ApiError(99991672)
        if id_type == "chat_id":
            chat = self._world.chats.get(str(receive_id))
            if chat is None:
                raise ApiError(230034)
            self._open(chat)
            return chat
        user = next((user for user in self._world.users.values() if getattr(user, id_type) == receive_id), None)
        if user is None or not receive_id:
            raise ApiError(230034)
        self._reachable(user)
        return self._world.p2p_chat(user.open_id)

    def _open(self, chat: Chat) -> None:
        if chat.dissolved:
            raise ApiError(232009)
        if not chat.bot_inside:
            raise ApiError(230002)
        if chat.chat_type == "p2p":
            self._reachable(self._world.users[chat.members[0]])

    def _reachable(self, user: User) -> None:
        if user.resigned:
            raise ApiError(230029)
        if not user.available:
            raise ApiError(230013)
        if user.stopped_bot:
            raise ApiError(230053)
        if user.tenant_key != self._world.tenant_key and not self.sharing:
            raise ApiError(230038)

    def _message(self, ask: Ask) -> Message:
        message = self._world.messages.get(ask.path["message_id"])
        if message is None:
            raise ApiError(230001, "invalid message_id")
        return message

    def _own(self, ask: Ask, code: int = 230071) -> Message:
        message = self._message(ask)
        if message.sender != BOT:
            raise ApiError(code)
        return message

    def _gone(self, message: Message) -> None:
        if message.recalled:
            raise ApiError(230011)

    def _data(self, message: Message) -> JSON:
        body, keys = self._body(message)
        data = {
            "message_id": message.message_id,
            "msg_type": message.msg_type,
            "create_time": millis(message.created),
            "update_time": millis(message.updated or message.created),
            "deleted": message.recalled,
            "updated": message.updated is not None and not message.recalled,
            "chat_id": message.chat_id,
            "sender": self._sender(message),
            "body": {"content": body},
        }
        data |= {key: getattr(message, key) for key in ("root_id", "parent_id", "thread_id") if getattr(message, key)}
        if keys:
            tenant = self._world.tenant_key
            data["mentions"] = [
                {"key": key, "id": one, "id_type": "open_id", "name": self._world.name_of(one), "tenant_key": tenant}
                for key, one in keys.items()
            ]
        return data

    def _sender(self, message: Message) -> JSON:
        if message.sender == BOT:
            app = {"id": self._app_id, "id_type": "app_id", "sender_type": "app"}
            return {**app, "tenant_key": self._world.tenant_key}
        user = self._world.users[message.sender]
        return {"id": user.open_id, "id_type": "open_id", "sender_type": "user", "tenant_key": user.tenant_key}

    def _body(self, message: Message) -> tuple[str, dict[str, str]]:
        """Texts come back with placeholders, cards flattened: never as they were sent."""
        if message.msg_type == "interactive":
            lines = [[{"tag": "text", "text": line}] for line in message.reading.lines]
            title = label(message.content.get("header", {}), "title")
            return compact({"title": title, "elements": lines}), {}
        if message.msg_type == "text" and message.sender == BOT:
            text, keys = with_placeholders(message.content["text"], self._world)
            return compact({"text": text}), keys
        return message.raw, message.keys


def page(items: list[JSON], ask: Ask) -> JSON:
    """One page of a list; page_token is where the next one starts."""
    size = min(int(ask.query.get("page_size", "20")), 100)
    start = int(ask.query.get("page_token") or "0")
    more = start + size < len(items)
    return {
        "items": items[start : start + size],
        "has_more": more,
        **({"page_token": str(start + size)} if more else {}),
    }


def _require(body: JSON, *names: str) -> None:
    missing = [name for name in names if body.get(name) in (None, "")]
    if missing:
        raise ApiError(99992402, f"{', '.join(missing)} is required")


def _shared(card: JSON) -> bool:
    return card.get("config", {}).get("update_multi") is True
