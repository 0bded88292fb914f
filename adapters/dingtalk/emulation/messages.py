"""What the robot sends, recalls and asks about: oToMessages, groupMessages, sendBySession (3.2 to 3.7)."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

from adapters.dingtalk.emulation.content import parse_param, parse_webhook
from adapters.dingtalk.emulation.errors import ApiError, OldError
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.front import Ask, Route, only
from adapters.dingtalk.emulation.limits import Limits, Quota
from adapters.dingtalk.emulation.sessions import Sessions
from adapters.dingtalk.emulation.world import BOT, Chat, Message, User, World
from adapters.emulation.wire import JSON

MOST_USERS, MOST_KEYS, MOST_READERS = 20, 20, 200
WINDOW = timedelta(hours=24)
"""For recalling and for read states. Documented for single chats; taken for groups as well."""

_ROBOT = "/v1.0/robot/"
_SCOPE = "qyapi_robot_sendmsg"


class Messages:
    def __init__(self, world: World, limits: Limits, quota: Quota, faults: Faults, sessions: Sessions) -> None:
        self._world, self._limits, self._quota, self._faults, self._sessions = world, limits, quota, faults, sessions
        self._lists: Iterator[object] = itertools.cycle(([], None, "absent"))

    def routes(self) -> list[Route]:
        return [
            Route("POST", _ROBOT + "oToMessages/batchSend", self.batch_send, write=True, scope=_SCOPE),
            Route("GET", _ROBOT + "oToMessages/readStatus", self.read_status, scope=_SCOPE),
            Route("POST", _ROBOT + "otoMessages/batchRecall", self.batch_recall, scope=_SCOPE),
            Route("POST", _ROBOT + "groupMessages/send", self.group_send, write=True, scope=_SCOPE),
            Route("POST", _ROBOT + "groupMessages/recall", self.group_recall, scope=_SCOPE),
            Route("POST", _ROBOT + "groupMessages/query", self.group_query, scope=_SCOPE),
            Route("POST", "/robot/sendBySession", self.by_session, write=True, counted=False, public=True, old=True),
        ]

    def batch_send(self, ask: Ask) -> JSON:
        """200 also when some got nothing; 400 staffId.notExisted when nobody of the list exists."""
        only(ask.body, "robotCode", "userIds", "msgKey", "msgParam", code="invalidParameter")
        self._robot(ask.body.get("robotCode"))
        user_ids = _strings(ask.body.get("userIds"), "userIds")
        if len(user_ids) > MOST_USERS:
            raise ApiError("invalidParameter.userIds.overMax")
        content = parse_param(ask.body.get("msgKey"), ask.body.get("msgParam"), self._world)
        if not any(self._colleague(user_id) for user_id in user_ids):
            raise ApiError("staffId.notExisted")
        key = self._world.new_id()
        invalid, held = [], []
        for user_id in dict.fromkeys(user_ids):
            user = self._colleague(user_id)
            if user is None or not self._world.reachable(user):
                invalid.append(user_id)
            elif user.flow_controlled or self._faults.take("flow_control"):
                held.append(user_id)
            else:
                self._post(self._world.p2p_chat(user_id), ask, content, key)
        return {
            "processQueryKey": key,
            **self._list("invalidStaffIdList", invalid),
            **self._list("flowControlledStaffIdList", held),
        }

    def group_send(self, ask: Ask) -> JSON:
        only(ask.body, "robotCode", "openConversationId", "msgKey", "msgParam", "coolAppCode", code="invalidParameter")
        self._robot(ask.body.get("robotCode"))
        chat = self._group(ask.body.get("openConversationId"))
        content = parse_param(ask.body.get("msgKey"), ask.body.get("msgParam"), self._world)
        if chat.bot_muted:
            raise ApiError("bot.forbidden.sendMessage")
        if not self._limits.group(chat.chat_id):
            raise ApiError("send.too.fast")
        key = self._world.new_id()
        self._post(chat, ask, content, key)
        return {"processQueryKey": key}

    def by_session(self, ask: Ask) -> JSON:
        """No token; refusals are HTTP 200 with an errcode. Counts as a webhook message, never as a call (3.5)."""
        session = self._sessions.find(ask.query.get("session", ""))
        msg_type, content, at = parse_webhook(ask.body)
        chat = self._world.chats[session.chat_id]
        if chat.disbanded or not chat.bot_inside:
            raise OldError(400013, "群已解散，或机器人不在群里")
        if not self._quota.push():
            raise OldError(90020)
        if msg_type != "empty":
            self._world.post(chat.chat_id, BOT, msg_type, content, at=self._mentioned(chat, at, content))
        return {}

    def batch_recall(self, ask: Ask) -> JSON:
        only(ask.body, "robotCode", "processQueryKeys", code="invalidParameter")
        return self._recall(ask, lambda message: self._world.chats[message.chat_id].chat_type == "p2p")

    def group_recall(self, ask: Ask) -> JSON:
        only(ask.body, "robotCode", "openConversationId", "processQueryKeys", code="invalidParameter")
        chat = self._group(ask.body.get("openConversationId"))
        return self._recall(ask, lambda message: message.chat_id == chat.chat_id)

    def read_status(self, ask: Ask) -> JSON:
        """Everybody who got it, READ or UNREAD."""
        self._robot(ask.query.get("robotCode"))
        messages = self._sent(ask.query.get("processQueryKey"), "p2p")
        readers = [
            {
                "name": self._world.name_of(user_id),
                "userId": user_id,
                "readStatus": "READ" if user_id in message.readers else "UNREAD",
            }
            for message in messages
            for user_id in self._world.chats[message.chat_id].members
        ]
        return {"sendStatus": _send_status(messages), "messageReadInfoList": readers}

    def group_query(self, ask: Ask) -> JSON:
        """Readers of this company only, a page at a time."""
        only(
            *(ask.body, "robotCode", "openConversationId", "processQueryKey", "maxResults", "nextToken"),
            code="invalidParameter",
        )
        self._robot(ask.body.get("robotCode"))
        chat = self._group(ask.body.get("openConversationId"))
        messages = [one for one in self._sent(ask.body.get("processQueryKey"), "group") if one.chat_id == chat.chat_id]
        if not messages:
            raise ApiError("invalid.processQueryKey")
        most, start = ask.body.get("maxResults", MOST_READERS), int(ask.body.get("nextToken") or 0)
        if not isinstance(most, int) or not 1 <= most <= MOST_READERS:
            raise ApiError("invalidParameter", "maxResults")
        readers = [one for one in messages[0].readers if self._colleague(one)]
        more = start + most < len(readers)
        answer: JSON = {
            "sendStatus": _send_status(messages),
            "readUserIds": readers[start : start + most],
            "hasMore": more,
        }
        return {**answer, "nextToken": str(start + most)} if more else answer

    def _recall(self, ask: Ask, here: Callable[[Message], bool]) -> JSON:
        """Each key by itself. Nothing recalled at all is a 400: with the reason they share, else notRevoke.all.messages."""
        self._robot(ask.body.get("robotCode"))
        keys = _strings(ask.body.get("processQueryKeys"), "processQueryKeys")
        if len(keys) > MOST_KEYS:
            raise ApiError("invalidParameter.processQueryKeys.overMax")
        done, failed = [], {}
        for key in dict.fromkeys(keys):
            messages = [one for one in self._world.sent_as(key) if here(one) and not one.recalled]
            if not messages:
                failed[key] = "invalid.processQueryKey"
            elif self._world.now() - messages[0].created > WINDOW:
                failed[key] = "robot.processQueryKey.expired"
            else:
                done.append(key)
                for message in messages:
                    message.recalled, message.updated = True, self._world.now()
        if not done:
            reasons = set(failed.values())
            raise ApiError(reasons.pop() if len(reasons) == 1 else "notRevoke.all.messages")
        return {"successResult": done, "failedResult": failed}

    def _post(self, chat: Chat, ask: Ask, content: JSON, key: str) -> None:
        raw = str(ask.body["msgParam"])
        self._world.post(chat.chat_id, BOT, ask.body["msgKey"], content, raw=raw, process_query_key=key)

    def _list(self, name: str, values: list[str]) -> JSON:
        """Empty lists are by turns [], null and absent: which one is not documented (8)."""
        if values:
            return {name: values}
        empty = next(self._lists)
        return {} if empty == "absent" else {name: empty}

    def _robot(self, code: object) -> None:
        if not code:
            raise ApiError("invalidParameter.robotCode.empty")
        if code != self._world.robot_code:
            raise ApiError("invalidParameter.robotCode.notExsit")  # the platform's own spelling

    def _colleague(self, user_id: str) -> User | None:
        user = self._world.users.get(user_id)
        return user if user and user.corp_id == self._world.corp_id else None

    def _group(self, chat_id: object) -> Chat:
        chat = self._world.chats.get(str(chat_id))
        if chat is None or chat.chat_type != "group":
            raise ApiError("invalid.openConversationId")
        if chat.disbanded:
            raise ApiError("group.disbanded")
        if not chat.bot_inside:
            raise ApiError("resource.not.found", "the robot is not in this group")
        return chat

    def _sent(self, key: object, chat_type: str) -> list[Message]:
        messages = [
            one for one in self._world.sent_as(str(key)) if self._world.chats[one.chat_id].chat_type == chat_type
        ]
        if not messages:
            raise ApiError("invalid.processQueryKey")
        if self._world.now() - messages[0].created > WINDOW:
            raise ApiError("processQueryKey.expireTime")
        return messages

    def _mentioned(self, chat: Chat, at: JSON, content: JSON) -> list[str]:
        """Whom it really mentions: members; in markdown only where the text says @id too (3.5)."""
        if at.get("isAtAll"):
            return ["all"]
        mobiles = {self._world.users[one].mobile: one for one in chat.members if self._world.users[one].mobile}
        wanted = [*at.get("atUserIds", []), *(mobiles.get(one, "") for one in at.get("atMobiles", []))]
        text = content.get("text")
        return [one for one in wanted if one in chat.members and (text is None or f"@{one}" in text)]


def _strings(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise ApiError(f"invalidParameter.{name}.empty")
    return value


def _send_status(messages: list[Message]) -> str:
    return "RECALLED" if all(message.recalled for message in messages) else "SUCCESS"
