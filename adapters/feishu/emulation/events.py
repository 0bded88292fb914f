"""Bodies of the events, as the platform writes them (RECEIVE, BOTADD, READEV, MENU)."""

from datetime import datetime

from adapters.feishu.emulation.wire import JSON, millis
from adapters.feishu.emulation.world import Chat, Message, User, World


def received(world: World, message: Message) -> JSON:
    """im.message.receive_v1; keys that do not apply are absent."""
    sender, chat = world.users[message.sender], world.chats[message.chat_id]
    body: JSON = {
        "message_id": message.message_id,
        **{key: getattr(message, key) for key in ("root_id", "parent_id", "thread_id") if getattr(message, key)},
        "create_time": millis(message.created),
        "update_time": millis(message.created),
        "chat_id": chat.chat_id,
        "chat_type": chat.chat_type,
        "message_type": message.msg_type,
        "content": message.raw,
    }
    if message.keys:
        body["mentions"] = [_mention(world, key, open_id) for key, open_id in message.keys.items()]
    body["user_agent"] = "Mozilla/5.0 Lark/7.30.0"
    return {
        "sender": {"sender_id": sender.ids, "sender_type": "user", "tenant_key": sender.tenant_key},
        "message": body,
    }


def _mention(world: World, key: str, open_id: str) -> JSON:
    if open_id == world.bot_open_id:
        ids: JSON = {"union_id": open_id.replace("ou_", "on_", 1), "user_id": "", "open_id": open_id}
        return {"key": key, "id": ids, "mentioned_type": "bot", "name": world.bot_name, "tenant_key": world.tenant_key}
    user = world.users[open_id]
    return {"key": key, "id": user.ids, "mentioned_type": "user", "name": user.name, "tenant_key": user.tenant_key}


def membership(chat: Chat, operator: User) -> JSON:
    """im.chat.member.bot.added_v1 and .deleted_v1."""
    return {
        "chat_id": chat.chat_id,
        "operator_id": operator.ids,
        "external": chat.external,
        "operator_tenant_key": operator.tenant_key,
        "name": chat.name,
        "i18n_names": {"zh_cn": chat.name, "en_us": "", "ja_jp": ""},
    }


def read(reader: User, message_ids: list[str], at: datetime) -> JSON:
    """im.message.message_read_v1, single chats only."""
    return {
        "reader": {"reader_id": reader.ids, "read_time": millis(at), "tenant_key": reader.tenant_key},
        "message_id_list": message_ids,
    }


def menu(user: User, event_key: str, at: datetime) -> JSON:
    """application.bot.menu_v6: the timestamp is in seconds here, and there is no chat."""
    return {
        "operator": {"operator_name": user.name, "operator_id": user.ids},
        "event_key": event_key,
        "timestamp": int(at.timestamp()),
    }
