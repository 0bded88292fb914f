"""What the smart bot may say, by frames and by response_url (4.2-4.4, 101031, 101138, 101463).

What the page leaves open: stream_with_template_card and msg_item are refused over the long connection (it contradicts
itself on the one and denies the other); every frame of a stream counts toward the 30 a minute, which refuse with 45009;
a second frame of a req_id before the ack of the first is 45033; an update of a card does not count.
"""

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.callbacks import CARD, ENTER, MESSAGE, Callback, Callbacks
from adapters.wecom.emulation.cards import FEEDBACK_BYTES, Rules, check_card
from adapters.wecom.emulation.content import MEDIA, STREAM_BYTES, TEXT_BYTES, media
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.gateway import Ask, Route
from adapters.wecom.emulation.limits import Limits
from adapters.wecom.emulation.shapes import Shape, at_most, filled, flag, one_of, refuse, text
from adapters.wecom.emulation.sockets import Command, Frame
from adapters.wecom.emulation.world import BOT, GROUP, Chat, Face, Message, World

_FEEDBACK = Shape({"id": at_most(FEEDBACK_BYTES)})
_STREAM = Shape({"id": filled}, {"finish": flag, "content": text, "feedback": _FEEDBACK})
_MARKDOWN = Shape({"content": at_most(STREAM_BYTES)}, {"feedback": _FEEDBACK})
_MEDIA = Shape({"media_id": filled})
_TEXT = Shape({"content": at_most(TEXT_BYTES)})


class Answers:
    def __init__(self, world: World, limits: Limits, callbacks: Callbacks) -> None:
        self._world, self._limits, self._callbacks = world, limits, callbacks
        self._tasks: set[str] = set()

    def commands(self) -> dict[str, Command]:
        return {
            "aibot_respond_msg": Command(self.respond),
            "aibot_respond_update_msg": Command(self.update),
            "aibot_respond_welcome_msg": Command(self.welcome),
            "aibot_send_msg": Command(self.send),
        }

    def routes(self) -> list[Route]:
        return [Route("POST", "aibot/response", self.by_url, write=True, public=True)]

    def respond(self, frame: Frame) -> JSON:
        callback = self._callbacks.of(frame, MESSAGE)
        kind = _kind(frame.body, ("stream", "template_card", "markdown", *MEDIA))
        if kind == "stream":
            self._stream(callback, frame.body["stream"])
        else:
            self._post(callback.chat, kind, frame.body[kind])
        return {}

    def update(self, frame: Frame) -> JSON:
        """The pressed card becomes another one: for these members of the group, or for everybody."""
        callback = self._callbacks.of(frame, CARD)
        body = frame.body
        if unknown := body.keys() - {"response_type", "userids", "template_card"}:
            raise refuse("body", f"does not know {', '.join(sorted(unknown))}")
        if body.get("response_type") != "update_template_card":
            raise refuse("response_type", "must be update_template_card")
        check_card(body.get("template_card"), Rules(bot=True, update=True))
        card, message = body["template_card"], callback.message
        if message is None or card.get("task_id", "") != message.task_id:
            raise ApiError(42014, "task_id is not that of the pressed card")
        users = body.get("userids") or []
        if not isinstance(users, list) or not all(isinstance(one, str) for one in users):
            raise refuse("userids", "must be a list")
        self._change(callback, message, card, users)
        return {}

    def welcome(self, frame: Frame) -> JSON:
        callback = self._callbacks.of(frame, ENTER)
        kind = _kind(frame.body, ("text", "template_card"))
        if kind == "text":
            _TEXT(frame.body["text"], "text")
        self._post(callback.chat, kind, frame.body[kind])
        callback.answered.set()
        return {}

    def send(self, frame: Frame) -> JSON:
        """Only into a conversation where somebody already talked to the bot; no text."""
        body = dict(frame.body)
        chat_id, chat_type = body.pop("chatid", None), body.pop("chat_type", 0)
        one_of(0, 1, 2)(chat_type, "chat_type")
        kind = _kind(body, ("markdown", "template_card", *MEDIA))
        chat = self._chat(chat_id, chat_type)
        if not chat.spoken or not chat.bot_inside:
            raise ApiError(93001)
        self._post(chat, kind, body[kind])
        return {}

    def by_url(self, ask: Ask) -> JSON:
        """The late answer by response_url: once, within an hour, without a token."""
        code = ask.query.get("response_code")
        callback = self._callbacks.urls.look(code)
        kind = _kind(ask.body, ("markdown", "template_card"))
        self._post(callback.chat, kind, ask.body[kind])
        self._callbacks.urls.use(str(code))
        return {}

    def _stream(self, callback: Callback, content: JSON) -> None:
        _STREAM(content, "stream")
        if len(content.get("content", "").encode()) > STREAM_BYTES:
            raise ApiError(45002, f"stream.content: at most {STREAM_BYTES} bytes")
        stream = callback.streams.get(content["id"])
        if stream is not None and self._callbacks.ended(stream):
            raise ApiError(846608)
        self._limits.chat(callback.chat.chat_id)
        if stream is None:
            message = self._world.post(callback.chat.chat_id, BOT, "stream", content, stream_id=content["id"])
            stream = self._callbacks.begin(callback, content["id"], message)
        else:
            stream.message.change(Face(content), self._world.now())
        stream.finished = content.get("finish", False)

    def _post(self, chat: Chat, kind: str, content: JSON) -> Message:
        if kind == "template_card":
            check_card(content, Rules(bot=True))
            task_id = content.get("task_id", "")
            if task_id in self._tasks:
                raise ApiError(42014, "task_id was used before")
        elif kind == "markdown":
            _MARKDOWN(content, kind)
        elif kind in MEDIA:
            _MEDIA(content, kind)
            media(self._world, content["media_id"], kind, "aibot")
        self._limits.chat(chat.chat_id)
        task_id = content.get("task_id", "")
        self._tasks |= {task_id} - {""}
        name = self._world.file_name(content)
        return self._world.post(chat.chat_id, BOT, kind, content, task_id=task_id, file_name=name)

    def _change(self, callback: Callback, message: Message, card: JSON, users: list[str]) -> None:
        folded = {one.casefold() for one in users}
        members = [self._world.user(key) for key in callback.chat.members]
        named = [one.key for one in members if {one.user_id.casefold(), one.open_user_id} & folded]
        only = callback.chat.chat_type == GROUP and bool(users)
        if named or not only:
            message.change(Face(card), self._world.now(), named if only else ())
        callback.answered.set()

    def _chat(self, chat_id: object, chat_type: int) -> Chat:
        """`chatid` is a group's id or a userid; without chat_type groups are tried first."""
        if not isinstance(chat_id, str) or not chat_id:
            raise ApiError(93006)
        group = self._world.chats.get(chat_id)
        if group is not None and group.chat_type == GROUP and chat_type in (0, 2):
            return group
        user = self._world.find(self._world.corp.corp_id, chat_id)
        if user is not None and chat_type in (0, 1):
            return self._world.single_chat(user.key)
        raise ApiError(93006)


def _kind(body: JSON, allowed: tuple[str, ...]) -> str:
    """msgtype; 40008 for what may not be said here."""
    kind = body.get("msgtype")
    if kind not in allowed:
        raise ApiError(40008, str(kind))
    if body.keys() != {"msgtype", kind} or not isinstance(body[kind], dict):
        raise refuse("body", f"needs msgtype and {kind}, and nothing else")
    return str(kind)
