"""Bodies of robot messages and events, as the platform writes them (2, 1.6)."""

from collections.abc import Sequence

from adapters.dingtalk.emulation.wire import opaque, stamp
from adapters.dingtalk.emulation.world import Chat, Message, User, World
from adapters.emulation.wire import JSON


def received(world: World, message: Message, session: tuple[str, int], mentions: Sequence[str]) -> JSON:
    """A robot message. Whoever is of another company has no senderStaffId; keys that do not apply are absent (2.1)."""
    sender, chat = world.users[message.sender], world.chats[message.chat_id]
    group = chat.chat_type == "group"
    body: JSON = {
        "conversationId": chat.chat_id,
        "chatbotCorpId": world.corp_id,
        "chatbotUserId": world.bot_id,
        "msgId": message.message_id,
        "senderNick": sender.name,
        "isAdmin": sender.is_admin,
        "sessionWebhookExpiredTime": session[1],
        "createAt": stamp(message.created),
        "senderCorpId": sender.corp_id,
        "conversationType": "2" if group else "1",
        "senderId": sender.sender_id,
        "sessionWebhook": session[0],
        "robotCode": world.robot_code,
        "senderPlatform": "Mac",
        "msgtype": message.msg_type,
        ("text" if message.msg_type == "text" else "content"): message.content,
    }
    body |= _quoted(world, message.content.get("repliedMsg"))
    if sender.corp_id == world.corp_id:
        body["senderStaffId"] = sender.user_id
    if group:
        body |= {"conversationTitle": chat.name, "isInAtList": True}
        body["atUsers"] = [{"dingtalkId": world.bot_id}, *(_at(world, one) for one in mentions)]
    return body


def _quoted(world: World, replied: JSON | None) -> JSON:
    """Beside the quoted text stand its ids (2.1, 2.2); a processQueryKey has only what a robot sent by the API."""
    if replied is None:
        return {}
    key = world.messages[replied["msgId"]].process_query_key
    return {"originalMsgId": replied["msgId"], **({"originalProcessQueryKey": key} if key else {})}


def _at(world: World, user_id: str) -> JSON:
    user = world.users[user_id]
    mine = user.corp_id == world.corp_id
    return {"dingtalkId": user.sender_id, **({"staffId": user_id, "unionId": user.union_id} if mine else {})}


def odd(body: JSON) -> JSON:
    """The same message in the shapes of other samples: numbers as strings, fields nobody documented (2.1, 2.4)."""
    changed = {**body, "createAt": str(body["createAt"]), "openThreadId": "t0", "somethingNew": {"a": [1]}}
    if "duration" in (content := changed.get("content", {})):
        changed["content"] = {**content, "duration": str(content["duration"])}
    return changed


def read(world: World, reader: User, message: Message) -> JSON:
    """robot_msg_read: operatTime, so spelt, is a string here."""
    return {**_about(world, reader, message), "operatTime": str(stamp(world.now()))}


def recalled(world: World, operator: User, message: Message) -> JSON:
    """robot_msg_recall: operatTime is a number here."""
    return {**_about(world, operator, message), "operatTime": stamp(world.now())}


def _about(world: World, user: User, message: Message) -> JSON:
    return {
        "unionId": user.union_id,
        "robotCode": world.robot_code,
        "openConversationId": message.chat_id,
        "userId": user.user_id,
        "processQueryKey": message.process_query_key,
    }


def membership(world: World, chat: Chat, operator: User, users: Sequence[User] = ()) -> JSON:
    """chat_add_member and its like; people only, never a robot."""
    body: JSON = {
        "timeStamp": stamp(world.now()),
        "chatId": "chat" + opaque("chat", chat.chat_id)[:12],
        "openConversationId": chat.chat_id,
        "corpId": world.corp_id,
        "operator": operator.user_id,
        "operatorUnionId": operator.union_id,
    }
    return {**body, "userId": [u.user_id for u in users], "unionId": [u.union_id for u in users]} if users else body


def left_company(world: World, users: Sequence[User]) -> JSON:
    """user_leave_org: one event for all who are removed at once."""
    return {"timeStamp": stamp(world.now()), "userId": [user.user_id for user in users]}


def cool_app(world: World, chat: Chat, operator: User) -> JSON:
    """im_cool_app_install and _uninstall: the only way to hear that the robot came into a group."""
    return {
        "coolAppCode": "COOLAPP-1-" + opaque("cool", world.robot_code)[:20],
        "robotCode": world.robot_code,
        "openConversationId": chat.chat_id,
        "openConversationCorpId": world.corp_id,
        "operator": operator.union_id,
        "operateTime": str(stamp(world.now())),
    }
