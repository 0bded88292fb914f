"""What an operator sets for one DingTalk app (contract 2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.config import Dingtalk
from bot.errors import OperatorError


@dataclass(frozen=True, slots=True)
class DingtalkConfig:
    """``name`` is the channel's; ``callback_url`` its address from outside. Secrets stay out of the repr.

    OperatorError if the app could not be served safely.
    """

    name: str
    base_url: str
    legacy_base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    robot_code: str
    card_template_id: str
    card_api_secret: str = field(repr=False)
    stream: bool
    callback_url: str = ""

    def __post_init__(self) -> None:
        for key in ("client_id", "client_secret"):
            if not getattr(self, key):
                raise OperatorError(
                    f"channels.{self.name}.{key} 是空的：在钉钉开发者后台「凭证与基础信息」复制到配置里"
                )
        for key in ("base_url", "legacy_base_url"):
            if not getattr(self, key).startswith(("https://", "http://")):
                raise OperatorError(f"channels.{self.name}.{key} 要以 https:// 开头：{getattr(self, key) or '（空）'}")
        if self.called_back and not self.card_api_secret:
            raise OperatorError(
                f"channels.{self.name}.card_api_secret 是空的：webhook 模式的卡片回调靠它验签，"
                "请填写一个随机字符串，例如 openssl rand -hex 32 的输出"
            )

    @property
    def cards(self) -> bool:
        """Whether there is a template; otherwise cards are markdown and commands to type."""
        return bool(self.card_template_id)

    @property
    def called_back(self) -> bool:
        """Whether card clicks come by HTTP."""
        return self.cards and not self.stream

    def url(self, path: str) -> str:
        return self.base_url.rstrip("/") + path


def configured(name: str, channel: Dingtalk, public_url: str = "") -> DingtalkConfig:
    return DingtalkConfig(
        name,
        channel.base_url,
        channel.legacy_base_url,
        channel.client_id,
        channel.client_secret.get_secret_value(),
        channel.robot_code or channel.client_id,  # the same for the robot of an internal app (page 0)
        channel.card_template_id,
        channel.card_api_secret.get_secret_value(),
        channel.mode == "stream",
        f"{public_url.rstrip('/')}/channels/{name}/callback",
    )
