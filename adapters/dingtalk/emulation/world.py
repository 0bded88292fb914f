"""What the platform knows: users, chats, messages, cards, files."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.dingtalk.emulation.card import Card
from adapters.dingtalk.emulation.reading import Link, Reading, read
from adapters.dingtalk.emulation.wire import opaque
from adapters.emulation.changes import Changes
from adapters.emulation.wire import JSON, compact

BOT = "bot"


@dataclass(slots=True)
class User:
    """A person; set the attributes to let them resign, leave the app's range or be held back by flow control."""

    user_id: str
    name: str
    corp_id: str
    resigned: bool = False
    available: bool = True
    flow_controlled: bool = False
    is_admin: bool = False
    mobile: str = ""

    @property
    def union_id(self) -> str:
        return opaque("union", self.corp_id, self.user_id)[:20] + "iE"

    @property
    def sender_id(self) -> str:
        """Encrypted, the same for one robot for ever; no API takes it."""
        return "$:LWCP_v1:$" + opaque("sender", self.corp_id, self.user_id)


@dataclass(slots=True)
class Chat:
    chat_id: str
    name: str
    members: list[str]
    chat_type: str = "group"
    bot_inside: bool = True
    disbanded: bool = False
    bot_muted: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """One message, live: text, buttons and content follow every update of its card.

    `msg_type` is a robot message's msgKey, a person's or a webhook's msgtype, or "card". `recipients`: who of the group
    sees it, nobody named: everybody.
    """

    message_id: str
    chat_id: str
    sender: str
    msg_type: str
    content: JSON
    created: datetime
    names: Callable[[str], str] = field(repr=False)
    process_query_key: str = ""
    card: Card | None = field(default=None, repr=False)
    at: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    updated: datetime | None = None
    recalled: bool = False
    raw: str = ""
    history: list[JSON] = field(default_factory=list)
    readers: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.raw = self.raw or compact(self.content)
        self.history.append(self.content)

    @property
    def reading(self) -> Reading:
        return self.seen_by(None)

    def seen_by(self, user_id: str | None, drawing: int = -1) -> Reading:
        """What this person sees; None: what everybody sees. `drawing`: -1 the current one, 0 the first."""
        if self.card is None:
            return read(self.msg_type, self.history[drawing], self.names)
        return self.card.template.draw(self.card.seen(self.history[drawing]["cardParamMap"], user_id))

    @property
    def text(self) -> str:
        """All visible text, one line per text; "" once recalled."""
        return "" if self.recalled else self.reading.text

    @property
    def buttons(self) -> list[str]:
        return [] if self.recalled else list(self.reading.buttons)

    @property
    def mentions(self) -> list[str]:
        """User ids, "all" for everybody."""
        return list(self.at)

    @property
    def links(self) -> list[Link]:
        return list(self.reading.links)

    def change(self, content: JSON, at: datetime) -> None:
        self.content, self.raw, self.updated = content, compact(content), at
        self.history.append(content)


@dataclass(frozen=True, slots=True)
class Blob:
    """A file or picture; `kind` is the type of its upload, or the msgtype it came in."""

    key: str
    kind: str
    name: str
    data: bytes
    from_bot: bool


class World(Changes):
    def __init__(self, corp_id: str, robot_code: str, bot_name: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.corp_id, self.robot_code, self.bot_name, self.now = corp_id, robot_code, bot_name, now
        self.users: dict[str, User] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, Message] = {}
        self.cards: dict[str, Card] = {}
        self.blobs: dict[str, Blob] = {}
        self._by_chat: dict[str, list[Message]] = {}
        self._seed = secrets.token_hex(8)  # ids of one emulator never meet those of another over the same database
        self._numbers = itertools.count(1)

    @property
    def bot_id(self) -> str:
        """chatbotUserId, and the robot's dingtalkId among the @."""
        return "$:LWCP_v1:$" + opaque("robot", self.robot_code)

    def new_id(self, prefix: str = "") -> str:
        return prefix + opaque(self._seed, str(next(self._numbers)))

    def name_of(self, user_id: str) -> str:
        """What the client shows for an id, "" for a stranger."""
        if user_id in ("all", "@ALL"):
            return "所有人"
        if user_id in (BOT, self.bot_id):
            return self.bot_name
        user = self.users.get(user_id)
        return user.name if user else ""

    def by_id(self, id_type: object, value: str) -> User | None:
        """A user by userId (userIdType 1) or unionId (2)."""
        if id_type == 2:
            return next((user for user in self.users.values() if user.union_id == value), None)
        return self.users.get(value)

    def p2p_chat(self, user_id: str) -> Chat:
        user = self.users[user_id]
        chat_id = "cid" + opaque("p2p", self.robot_code, user.corp_id, user_id)
        return self.chats.setdefault(chat_id, Chat(chat_id, user.name, [user_id], "p2p"))

    def post(self, chat_id: str, sender: str, msg_type: str, content: JSON, **more: Any) -> Message:
        """A new message stands in a chat."""
        message = Message(self.new_id("msg"), chat_id, sender, msg_type, content, self.now(), self.name_of, **more)
        self.messages[message.message_id] = message
        self._by_chat.setdefault(chat_id, []).append(message)
        self.changed()
        return message

    def in_chat(self, chat_id: str) -> list[Message]:
        return list(self._by_chat.get(chat_id, ()))

    def sent_as(self, process_query_key: str) -> list[Message]:
        """The messages of one send: one per receiver."""
        return [
            one for one in self.messages.values() if process_query_key and one.process_query_key == process_query_key
        ]

    def reachable(self, user: User) -> bool:
        """Whether the robot may write to this person: of this company, there, within the app's range."""
        return user.corp_id == self.corp_id and not user.resigned and user.available
