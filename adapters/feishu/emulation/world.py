"""What the platform knows: users, chats, messages, files. One change, one wake-up for everybody who waits."""

import hashlib
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.emulation.changes import Changes
from adapters.feishu.emulation.markdown import Link
from adapters.feishu.emulation.reading import Reading, read
from adapters.feishu.emulation.wire import JSON, compact

BOT = "bot"


@dataclass(slots=True)
class User:
    """A person; set the attributes to let them resign, leave the app's range or turn the bot off."""

    open_id: str
    name: str
    tenant_key: str
    resigned: bool = False
    available: bool = True
    stopped_bot: bool = False
    mobile: str = ""
    email: str = ""

    @property
    def union_id(self) -> str:
        return self.open_id.replace("ou_", "on_", 1)

    @property
    def ids(self) -> JSON:
        """Without `user_id`: an app without the scope for employee ids does not get it."""
        return {"union_id": self.union_id, "open_id": self.open_id}


@dataclass(slots=True)
class Chat:
    chat_id: str
    name: str
    members: list[str]
    chat_type: str = "group"
    external: bool = False
    bot_inside: bool = True
    dissolved: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """One message, live: `content` and what is read from it follow every update."""

    message_id: str
    chat_id: str
    sender: str
    msg_type: str
    content: JSON
    created: datetime
    names: Callable[[str], str] = field(repr=False)
    raw: str = ""
    uuid: str | None = None
    parent_id: str = ""
    root_id: str = ""
    thread_id: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    recalled: bool = False
    edits: int = 0
    locks: int = 0
    history: list[JSON] = field(default_factory=list)
    readers: dict[str, datetime] = field(default_factory=dict)
    urged: list[str] = field(default_factory=list)
    _reading: Reading | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.raw = self.raw or compact(self.content)
        self.history.append(self.content)

    @property
    def reading(self) -> Reading:
        if self._reading is None:
            self._reading = read(self.msg_type, self.content, self.names, self.keys)
        return self._reading

    @property
    def text(self) -> str:
        """All visible text, one line per text; "" once recalled."""
        return "" if self.recalled else self.reading.text

    @property
    def buttons(self) -> list[str]:
        return [] if self.recalled else list(self.reading.buttons)

    @property
    def mentions(self) -> list[str]:
        """open_ids, "all" for everybody."""
        return list(self.reading.mentions)

    @property
    def links(self) -> list[Link]:
        return list(self.reading.links)

    def change(self, content: JSON, at: datetime) -> None:
        self.content, self.raw, self.updated, self._reading = content, compact(content), at, None
        self.history.append(content)


@dataclass(frozen=True, slots=True)
class Blob:
    """A file or picture; `kind` is the file_type of its upload, or image."""

    key: str
    kind: str
    name: str
    data: bytes
    from_bot: bool


class World(Changes):
    def __init__(self, tenant_key: str, bot_open_id: str, bot_name: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.tenant_key, self.bot_open_id, self.bot_name, self.now = tenant_key, bot_open_id, bot_name, now
        self.users: dict[str, User] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, Message] = {}
        self.blobs: dict[str, Blob] = {}
        self._by_chat: dict[str, list[Message]] = {}
        self._seed = secrets.token_hex(8)  # ids of one emulator never meet those of another over the same database
        self._numbers = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return prefix + hashlib.md5(f"{self._seed}/{next(self._numbers)}".encode(), usedforsecurity=False).hexdigest()

    def name_of(self, open_id: str) -> str:
        """What the client shows for an id, "" for a stranger."""
        if open_id in ("all", "@all"):
            return "所有人"
        if open_id in (BOT, self.bot_open_id):
            return self.bot_name
        user = self.users.get(open_id)
        return user.name if user else ""

    def p2p_chat(self, open_id: str) -> Chat:
        user = self.users[open_id]
        chat_id = "oc_" + hashlib.md5(f"p2p/{self.bot_open_id}/{open_id}".encode(), usedforsecurity=False).hexdigest()
        return self.chats.setdefault(
            chat_id, Chat(chat_id, user.name, [open_id], "p2p", user.tenant_key != self.tenant_key)
        )

    def post(self, chat_id: str, sender: str, msg_type: str, content: JSON, **more: Any) -> Message:
        """A new message stands in a chat."""
        message = Message(self.new_id("om_"), chat_id, sender, msg_type, content, self.now(), self.name_of, **more)
        self.messages[message.message_id] = message
        self._by_chat.setdefault(chat_id, []).append(message)
        self.changed()
        return message

    def in_chat(self, chat_id: str) -> list[Message]:
        return list(self._by_chat.get(chat_id, ()))
