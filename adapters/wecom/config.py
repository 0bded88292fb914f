"""What an operator sets for one self-built app, and perhaps a smart bot beside it (contract 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from adapters.web import BACK
from bot.config import Wecom
from bot.errors import OperatorError

_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


@dataclass(frozen=True, slots=True)
class WecomConfig:
    """``name`` is the channel's, ``home`` the page a notice opens: WeCom demands one. Secrets stay out of the repr.

    OperatorError if the app could not be served safely.
    """

    name: str
    base_url: str
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)
    smart_bot_id: str = ""
    smart_bot_secret: str = field(default="", repr=False)
    smart_bot_url: str = "wss://openws.work.weixin.qq.com"
    home: str = "http://127.0.0.1:8080/"

    def __post_init__(self) -> None:
        for key in ("corp_id", "agent_id", "secret", "token"):
            if not getattr(self, key):
                raise OperatorError(f"channels.{self.name}.{key} 是空的：在企业微信管理后台复制到配置里")
        if not _AES_KEY.fullmatch(self.encoding_aes_key):
            raise OperatorError(f"channels.{self.name}.encoding_aes_key 应为 43 个字母或数字：从「接收消息」设置里复制")
        if not self.base_url.startswith(("https://", "http://")):
            raise OperatorError(f"channels.{self.name}.base_url 要以 https:// 开头：{self.base_url or '（空）'}")
        if self.smart_bot_id and not self.smart_bot_secret:
            raise OperatorError(f"channels.{self.name}.smart_bot_secret 是空的：填写智能机器人长连接的 Secret")

    def url(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/cgi-bin{path}"

    def is_own(self, tenant: str) -> bool:
        """ "" is how the core names the channel's own tenant."""
        return tenant in ("", self.corp_id)


def configured(name: str, channel: Wecom, public_url: str) -> WecomConfig:
    return WecomConfig(
        name,
        channel.base_url,
        channel.corp_id,
        channel.agent_id,
        channel.secret.get_secret_value(),
        channel.token.get_secret_value(),
        channel.encoding_aes_key.get_secret_value(),
        channel.smart_bot_id,
        channel.smart_bot_secret.get_secret_value(),
        channel.smart_bot_url,
        public_url.rstrip("/") + BACK,
    )
