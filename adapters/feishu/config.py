"""What an operator sets for one Feishu app (contract 2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.config import Feishu
from bot.errors import OperatorError


@dataclass(frozen=True, slots=True)
class FeishuConfig:
    """``name`` is the channel's. Secrets stay out of the repr. OperatorError if the app could not be served safely."""

    name: str
    base_url: str
    app_id: str
    app_secret: str = field(repr=False)
    encrypt_key: str = field(repr=False)
    verification_token: str = field(repr=False)
    stream: bool = False
    """Pushed to by the long connection: neither encrypted nor signed."""

    def __post_init__(self) -> None:
        for key in ("app_id", "app_secret") if self.stream else ("app_id", "app_secret", "encrypt_key"):
            if not getattr(self, key):
                raise OperatorError(f"channels.{self.name}.{key} 是空的：在飞书开发者后台复制到配置里")
        if not self.base_url.startswith(("https://", "http://")):
            raise OperatorError(f"channels.{self.name}.base_url 要以 https:// 开头：{self.base_url or '（空）'}")

    def url(self, path: str) -> str:
        return self.base_url.rstrip("/") + path


def configured(name: str, channel: Feishu) -> FeishuConfig:
    return FeishuConfig(
        name,
        channel.base_url,
        channel.app_id,
        channel.app_secret.get_secret_value(),
        channel.encrypt_key.get_secret_value(),
        channel.verification_token.get_secret_value(),
        channel.mode == "stream",
    )
