"""What WeCom knows: corps, members, conversations, messages and their copies, files."""

import hashlib
import itertools
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.emulation.changes import Changes
from adapters.emulation.wire import JSON
from adapters.wecom.emulation.reading import Drawing, Link, Reading, read

BOT = "bot"
APP_CHAT, SINGLE, GROUP = "app", "single", "group"


@dataclass(slots=True)
class User:
    """A member; set the attributes to take them out of the visible range or to take their licence away.

    `key` names them here: the userid in the own corp, `corpid/userid` in another one, as OAuth writes it (6.3).
    """

    key: str
    user_id: str
    name: str
    corp_id: str
    available: bool = True
    licensed: bool = True
    mobile: str = ""
    parties: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)

    @property
    def open_user_id(self) -> str:
        """The encrypted id a smart bot sees that no super administrator made (4)."""
        return "wo" + hashlib.md5(self.key.casefold().encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class Corp:
    """A corp with its copy of the app. `business_type` 1: 上下游, 0: 企业互联, None: the corp the app is made in."""

    corp_id: str
    name: str
    agent_id: int
    business_type: int | None = None
    disabled: bool = False


@dataclass(slots=True)
class Chat:
    """`app`: a member and the app; `single`: a member and the smart bot; `group`: members and the smart bot.

    `spoken`: somebody talked to the smart bot here, so that it may push (101463).
    """

    chat_id: str
    name: str
    members: list[str]
    chat_type: str
    bot_inside: bool = True
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """How a message looks to somebody: a content, its buttons replaced by one grey button if `replaced`."""

    content: JSON
    replaced: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """One message in one conversation, live. A send to many members is one message each, with the same `msgid`.

    In a group a card can look different to some members: `seen_by`. `text` and `buttons` are what all others see.
    `content` is what the bot sent under its msgtype, as it stands now; `history` every content so far.
    """

    message_id: str
    chat_id: str
    sender: str
    msg_type: str
    content: JSON
    created: datetime
    names: Callable[[str], str] = field(repr=False)
    msgid: str = ""
    stream_id: str = ""
    by_smart_bot: bool = False
    id_trans: bool = False
    safe: int = 0
    task_id: str = ""
    replaced: str = ""
    quote: str = ""
    file_name: str = ""
    updated: datetime | None = None
    recalled: bool = False
    history: list[JSON] = field(default_factory=list)
    faces: dict[str, Face] = field(default_factory=dict)
    readers: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history.append(self.content)

    def face(self, user: str) -> Face:
        return self.faces.get(user) or Face(self.content, self.replaced)

    def seen_by(self, user: str) -> Reading:
        return self._read(self.face(user))

    @property
    def text(self) -> str:
        """All visible text, one line per text; "" once recalled."""
        return self._read(Face(self.content, self.replaced)).text

    @property
    def buttons(self) -> list[str]:
        """The labels that can be pressed now."""
        return self._read(Face(self.content, self.replaced)).buttons

    @property
    def links(self) -> list[Link]:
        return self._read(Face(self.content, self.replaced)).links

    def _read(self, face: Face) -> Reading:
        if self.recalled:
            return Reading()
        drawing = Drawing(self.names, self.by_smart_bot, self.id_trans, face.replaced, self.file_name)
        return read(self.msg_type, face.content, drawing)

    def change(self, face: Face, at: datetime, users: Sequence[str] = ()) -> None:
        """For these users only, or for everybody."""
        self.updated = at
        self.history.append(face.content)
        if users:
            self.faces.update(dict.fromkeys(users, face))
            return
        self.faces.clear()
        self.content, self.replaced = face.content, face.replaced


@dataclass(frozen=True, slots=True)
class Blob:
    """A file; `kind` image, voice, video or file. `key` is its media_id."""

    key: str
    kind: str
    name: str
    data: bytes
    created: datetime
    corp_id: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A message that WeCom accepted with errcode 0 and lost in silence."""

    user: str
    msgid: str
    reason: str
    content: JSON


class World(Changes):
    def __init__(self, corp: Corp, bot_name: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.corp, self.bot_name, self.now = corp, bot_name, now
        self.corps: dict[str, Corp] = {corp.corp_id: corp}
        self.users: dict[str, User] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, Message] = {}
        self.blobs: dict[str, Blob] = {}
        self.drops: list[Drop] = []
        self._by_chat: dict[str, list[Message]] = {}
        self._seed = secrets.token_hex(8)  # ids of one emulator never meet those of another over the same database
        self._numbers = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return prefix + hashlib.md5(f"{self._seed}/{next(self._numbers)}".encode(), usedforsecurity=False).hexdigest()

    def new_number(self) -> int:
        """A MsgId: 63 bits of it."""
        return int(self.new_id("")[:16], 16) >> 1

    def find(self, corp_id: str, user_id: str) -> User | None:
        """userids are compared without regard to case (2)."""
        wanted = user_id.casefold()
        members = (user for user in self.users.values() if user.corp_id == corp_id)
        return next((user for user in members if user.user_id.casefold() == wanted), None)

    def user(self, key: str) -> User:
        """By key, in any case; KeyError for nobody."""
        corp_id, _, user_id = key.rpartition("/")
        found = self.users.get(key) or self.find(corp_id or self.corp.corp_id, user_id)
        if found is None:
            raise KeyError(key)
        return found

    def name_of(self, key: str) -> str:
        """What the client shows for an id, "" for a stranger."""
        if key == BOT:
            return self.bot_name
        try:
            return self.user(key).name
        except KeyError:
            return ""

    def app_chat(self, key: str) -> Chat:
        return self._with(self.user(key), APP_CHAT)

    def single_chat(self, key: str) -> Chat:
        return self._with(self.user(key), SINGLE)

    def _with(self, user: User, kind: str) -> Chat:
        chat_id = f"{kind}:{user.key}"
        return self.chats.setdefault(chat_id, Chat(chat_id, user.name, [user.key], kind))

    def post(self, chat_id: str, sender: str, msg_type: str, content: JSON, **more: Any) -> Message:
        """A new message stands in a conversation."""
        by_smart_bot = self.chats[chat_id].chat_type != APP_CHAT
        message = Message(
            self.new_id("msg"), chat_id, sender, msg_type, content, self.now(), self.name_of,
            by_smart_bot=by_smart_bot, **more,
        )  # fmt: skip
        self.messages[message.message_id] = message
        self._by_chat.setdefault(chat_id, []).append(message)
        self.changed()
        return message

    def in_chat(self, chat_id: str) -> list[Message]:
        return list(self._by_chat.get(chat_id, ()))

    def keep(self, kind: str, name: str, data: bytes, corp_id: str = "") -> str:
        """A new file; its media_id."""
        key = self.new_id("3M")
        self.blobs[key] = Blob(key, kind, name, data, self.now(), corp_id or self.corp.corp_id)
        return key

    def file_name(self, content: JSON) -> str:
        """Of what a content leads to, "" if it is no file."""
        blob = self.blobs.get(content.get("media_id", ""))
        return blob.name if blob else ""

    def drop(self, user: str, msgid: str, reason: str, content: JSON) -> None:
        self.drops.append(Drop(user, msgid, reason, content))
        self.changed()
