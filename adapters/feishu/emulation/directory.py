"""The app's token, the bot itself, chats with their members, people by phone or mail (TOKEN, CHATC)."""

from adapters.feishu.emulation.errors import ApiError
from adapters.feishu.emulation.gateway import Ask, Route
from adapters.feishu.emulation.limits import Tokens
from adapters.feishu.emulation.messages import page
from adapters.feishu.emulation.wire import JSON
from adapters.feishu.emulation.world import Chat, World

_AUTH = "/open-apis/auth/v3"
_MEMBERS = "/open-apis/im/v1/chats/{chat_id}/members"


class Directory:
    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world, self._tokens = world, tokens

    def routes(self) -> list[Route]:
        return [
            Route("POST", _AUTH + "/tenant_access_token/internal", self.token, public=True, ok="ok"),
            Route("GET", "/open-apis/bot/v3/info", self.bot, ok="ok"),
            Route("GET", "/open-apis/im/v1/chats", self.chats),
            Route("GET", "/open-apis/im/v1/chats/{chat_id}", self.chat),
            Route("GET", _MEMBERS, self.members),
            Route("GET", _MEMBERS + "/is_in_chat", self.is_in_chat),
            Route("POST", "/open-apis/contact/v3/users/batch_get_id", self.batch_get_id),
        ]

    def token(self, ask: Ask) -> JSON:
        """Token and expiry stand at the top level, without `data`."""
        token, expire = self._tokens.issue(ask.body.get("app_id"), ask.body.get("app_secret"))
        return {"tenant_access_token": token, "expire": expire}

    def bot(self, ask: Ask) -> JSON:
        bot = {
            "activate_status": 2,
            "app_name": self._world.bot_name,
            "avatar_url": "",
            "ip_white_list": [],
            "open_id": self._world.bot_open_id,
        }
        return {"bot": bot}

    def chats(self, ask: Ask) -> JSON:
        """Groups the bot is in; single chats are never listed."""
        groups = [
            chat
            for chat in self._world.chats.values()
            if chat.chat_type == "group" and chat.bot_inside and not chat.dissolved
        ]
        return {"data": page([{"chat_id": chat.chat_id, **self._about(chat)} for chat in groups], ask)}

    def chat(self, ask: Ask) -> JSON:
        return {"data": self._about(self._chat(ask))}

    def members(self, ask: Ask) -> JSON:
        """People only: bots are not listed."""
        chat = self._inside(ask)
        people = [self._world.users[member] for member in chat.members]
        items = [
            {"member_id_type": "open_id", "member_id": one.open_id, "name": one.name, "tenant_key": one.tenant_key}
            for one in people
        ]
        return {"data": {**page(items, ask), "member_total": len(items)}}

    def is_in_chat(self, ask: Ask) -> JSON:
        return {"data": {"is_in_chat": self._chat(ask).bot_inside}}

    def batch_get_id(self, ask: Ask) -> JSON:
        """Own company only; an entry without user_id is somebody not found."""
        emails, mobiles = ask.body.get("emails") or [], ask.body.get("mobiles") or []
        if len(emails) > 50 or len(mobiles) > 50:
            raise ApiError(99992402, "at most 50")
        found = [self._entry("email", email, ask) for email in emails] + [
            self._entry("mobile", mobile, ask) for mobile in mobiles
        ]
        return {"data": {"user_list": found}}

    def _entry(self, kind: str, value: str, ask: Ask) -> JSON:
        for user in self._world.users.values():
            visible = user.tenant_key == self._world.tenant_key and user.available
            if visible and getattr(user, kind) == value and (not user.resigned or ask.body.get("include_resigned")):
                flags = dict.fromkeys(("is_frozen", "is_exited", "is_unjoin"), False)
                status = {**flags, "is_resigned": user.resigned, "is_activated": True}
                return {"user_id": user.open_id, kind: value, "status": status}
        return {kind: value}

    def _about(self, chat: Chat) -> JSON:
        return {
            "name": chat.name,
            "description": "",
            "avatar": "",
            "external": chat.external,
            "tenant_key": self._world.tenant_key,
            "chat_status": "dissolved" if chat.dissolved else "normal",
        }

    def _chat(self, ask: Ask) -> Chat:
        chat = self._world.chats.get(ask.path["chat_id"])
        if chat is None:
            raise ApiError(232006)
        if chat.dissolved:
            raise ApiError(232009)
        return chat

    def _inside(self, ask: Ask) -> Chat:
        chat = self._chat(ask)
        if not chat.bot_inside:
            raise ApiError(230002)
        return chat
