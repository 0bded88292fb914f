"""Callbacks to the smart bot: how they go out, and who may still be answered by a req_id (4.3)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.codes import Codes
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.push import SOCKET, Push
from adapters.wecom.emulation.sockets import Frame, Line, Sockets
from adapters.wecom.emulation.world import GROUP, Chat, Message, User, World

MESSAGE, CARD, ENTER, FEEDBACK = "message", "card", "enter", "feedback"
MESSAGE_LIFE, URL_LIFE = timedelta(hours=24), timedelta(hours=1)
EVENT_SECONDS, STREAM_SECONDS = 5.0, 360.0


@dataclass(slots=True)
class Stream:
    message: Message
    started: float
    finished: bool = False


@dataclass(slots=True, eq=False)
class Callback:
    """`message` is what the person wrote, or the card that was pressed; `line` the connection it went out by."""

    kind: str
    chat: Chat
    user: User
    at: datetime
    seconds: float
    message: Message | None = None
    line: Line | None = None
    streams: dict[str, Stream] = field(default_factory=dict)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Callbacks:
    """What the page leaves open: a req_id of an earlier connection "may be refused", so it is; a late answer to an event
    and a second one are 846605 as well; ids come in lower case, as in the page's samples.

    `made_by_super_admin`: otherwise userids come encrypted, as open_userid (4).
    """

    def __init__(self, world: World, faults: Faults, sockets: Sockets, machine: Callable[[], float]) -> None:
        self._world, self._faults, self._sockets, self._machine = world, faults, sockets, machine
        self.pushes: list[Push] = []
        self._by_req_id: dict[str, Callback] = {}
        self._watched: list[Callback] = []
        self._held: list[tuple[Push, Callback]] = []
        self.urls: Codes[Callback] = Codes(world.now, world.new_id, URL_LIFE)
        self.base_url = ""
        self.made_by_super_admin = True

    def open(self, kind: str, chat: Chat, user: User, message: Message | None = None) -> Callback:
        return Callback(kind, chat, user, self._world.now(), self._machine(), message)

    async def deliver(self, callback: Callback, fields: JSON) -> Push:
        """As the faults of the moment want it: held back, lost, once, or twice under two req_ids."""
        msgtype = fields["msgtype"]
        kind = fields["event"]["eventtype"] if msgtype == "event" else msgtype
        message_id = callback.message.message_id if callback.message else ""
        push = Push(kind, self._body(callback, fields), SOCKET, message_id, callback.user.corp_id)
        self.pushes.append(push)
        if self._faults.take("lose_pushes"):
            push.error = "lost"
            return push
        if self._faults.take("reorder"):
            self._held.append((push, callback))
            return push
        await self._send(push, callback)
        if self._faults.duplicate_pushes:
            self._faults.strike("duplicate_pushes")
            await self._send(push, callback)
        await self.release()
        return push

    async def release(self) -> None:
        """Delivers what `reorder_next` held back."""
        while self._held:
            await self._send(*self._held.pop(0))

    def of(self, frame: Frame, kind: str) -> Callback:
        """The callback a frame answers; 846605 if it is none of this kind, or not to be answered any more."""
        callback = self._by_req_id.get(frame.req_id)
        if callback is None or callback.kind != kind or callback.line is not frame.line:
            raise ApiError(846605)
        if kind == MESSAGE:
            if self._world.now() - callback.at > MESSAGE_LIFE:
                raise ApiError(846605, "over 24 hours")
        elif callback.answered.is_set() or self._machine() - callback.seconds > EVENT_SECONDS:
            raise ApiError(846605, "answered, or over 5 seconds")
        return callback

    def in_flight(self, user: User) -> int:
        """Streams that this person still watches being written."""
        running = (stream for one in self._watched if one.user is user for stream in one.streams.values())
        return sum(not self.ended(stream) for stream in running)

    def begin(self, callback: Callback, stream_id: str, message: Message) -> Stream:
        stream = callback.streams[stream_id] = Stream(message, self._machine())
        self._watched = [one for one in self._watched if not all(map(self.ended, one.streams.values()))]
        self._watched.append(callback)
        return stream

    def ended(self, stream: Stream) -> bool:
        return stream.finished or self._machine() - stream.started > STREAM_SECONDS

    async def _send(self, push: Push, callback: Callback) -> None:
        push.req_id = self._world.new_id("")
        self._by_req_id[push.req_id] = callback
        callback.line, callback.seconds = self._sockets.live, self._machine()
        cmd = "aibot_event_callback" if push.body["msgtype"] == "event" else "aibot_msg_callback"
        await self._sockets.push(push, cmd)

    def _body(self, callback: Callback, fields: JSON) -> JSON:
        user = callback.user
        body: JSON = {"msgid": self._world.new_id("CAIQ")}
        if fields["msgtype"] == "event":
            body["create_time"] = int(self._world.now().timestamp())
        body["aibotid"] = self._sockets.credentials.bot_id
        if callback.chat.chat_type == GROUP:
            body |= {"chatid": callback.chat.chat_id, "chattype": "group"}
        else:
            body["chattype"] = "single"
        who = user.user_id.lower() if self.made_by_super_admin else user.open_user_id
        body["from"] = {"userid": self._faults.clicked_by(who) if callback.kind == CARD else who}
        url = f"{self.base_url}/cgi-bin/aibot/response?response_code={self.urls.issue(callback)}"
        return {**body, "response_url": url, **fields}
