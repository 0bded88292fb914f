"""What an operator owns (contract 2): the tables of ``bot.toml`` as frozen models; ``bot.settings`` reads them.

Field validators rather than model validators throughout: those stop at the first bad field, and all problems are to be
reported at once. Sentences are for operators, so they are Chinese and say what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)
from pydantic import field_validator as check
from pydantic_core import PydanticCustomError

from bot.calendar import parse_hours

V = TypeVar("V", str, SecretStr)
SHORTEST_KEY = 32


def _hours(written: str) -> str:
    try:
        parse_hours(written)
    except ValueError:
        raise ValueError("应写作 09:00-18:00") from None
    return written


def _zone(written: str) -> str:
    try:
        ZoneInfo(written)
    except (KeyError, ValueError, OSError):  # unknown, outside the tables, or the name of a folder of zones
        raise ValueError("没有这个时区，例如 Asia/Shanghai") from None
    return written


def shaped(pattern: str, otherwise: str) -> AfterValidator:
    def matches(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(otherwise)
        return value.rstrip("/")

    return AfterValidator(matches)


def needed(source: str) -> AfterValidator:
    """Must not be empty; ``source`` says where an operator finds it."""

    def filled(value: V) -> V:
        if not len(value):
            raise ValueError(f"不能为空，请填写{source}")
        return value

    return AfterValidator(filled)


Url = Annotated[str, shaped(r"https?://[^/\s].*", "应以 http:// 或 https:// 开头")]
SocketUrl = Annotated[str, shaped(r"wss?://[^/\s].*", "应以 wss:// 开头")]
Locale = Annotated[str, shaped(r"[a-z]{2,3}(_[A-Za-z]{2,4})*", "应写作 zh_CN")]
ChannelName = Annotated[
    str, shaped(r"[A-Za-z][A-Za-z0-9_-]{0,31}", "渠道名应为字母开头的字母、数字、- 与 _，至多 32 个")
]
HoursOfDay = Annotated[str, AfterValidator(_hours)]


class Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, str_strip_whitespace=True, hide_input_in_errors=True
    )


class Server(Table):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Url = "http://127.0.0.1:8080"


class Database(Table):
    url: SecretStr = SecretStr("sqlite:///var/bot.db")  # may carry a password
    files: Path = Path("var/files")

    @check("url")
    @classmethod
    def _known_engine(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("应以 sqlite:/// 或 postgresql+psycopg:// 开头")
        return url

    @property
    def file(self) -> Path | None:
        """The SQLite file; None with PostgreSQL."""
        url = self.url.get_secret_value()
        return Path(url.removeprefix("sqlite:///").split("?")[0]) if url.startswith("sqlite:") else None


class Organization(Table):
    name: str = "示例集团"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    locale: Locale = "zh_CN"
    working_hours: HoursOfDay = "09:00-18:00"
    quiet_hours: HoursOfDay = "21:00-08:30"

    @check("working_hours")
    @classmethod
    def _within_one_day(cls, hours: str) -> str:
        start, end = parse_hours(hours)
        if end <= start:
            raise ValueError("下班应晚于上班，且在同一天")
        return hours

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Scheduler(Table):
    tick_seconds: Annotated[float, Field(gt=0, le=20)] = 5  # /health/ready gives up on a tick after 30 s


class Delivery(Table):
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 1


class Clock(Table):
    file: str = ""


class Security(Table):
    signing_key: SecretStr = SecretStr("")

    @check("signing_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < SHORTEST_KEY for key in split_keys(value.get_secret_value())):
            raise ValueError(f"每个密钥至少 {SHORTEST_KEY} 个字符，例如 openssl rand -base64 32 的输出")
        return value


def split_keys(written: str) -> list[str]:
    """Several master secrets, newest first, separated by commas or line ends."""
    return written.replace(",", " ").split()


class Feishu(Table):
    platform: Literal["feishu"]
    mode: Literal["webhook", "stream"] = "webhook"
    base_url: Url = "https://open.feishu.cn"
    app_id: Annotated[str, needed("开放平台「凭证与基础信息」中的 App ID")] = ""
    app_secret: Annotated[SecretStr, needed("开放平台「凭证与基础信息」中的 App Secret")] = SecretStr("")
    encrypt_key: SecretStr = SecretStr("")
    verification_token: SecretStr = SecretStr("")

    @check("encrypt_key")
    @classmethod
    def _signed_pushes_only(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("mode") == "webhook" and not len(value):
            raise ValueError("webhook 模式不能为空，请填写开放平台「事件与回调 - 加密策略」中的 Encrypt Key")
        return value


class Wecom(Table):
    platform: Literal["wecom"]
    base_url: Url = "https://qyapi.weixin.qq.com"
    corp_id: Annotated[str, needed("管理后台「我的企业」中的企业 ID")] = ""
    agent_id: Annotated[int, Field(gt=0)] = 0
    secret: Annotated[SecretStr, needed("管理后台自建应用的 Secret")] = SecretStr("")
    token: Annotated[SecretStr, needed("「接收消息」设置中的 Token")] = SecretStr("")
    encoding_aes_key: Annotated[SecretStr, needed("「接收消息」设置中的 EncodingAESKey")] = SecretStr("")
    smart_bot_id: str = ""
    smart_bot_secret: SecretStr = SecretStr("")
    smart_bot_url: SocketUrl = "wss://openws.work.weixin.qq.com"


class Dingtalk(Table):
    platform: Literal["dingtalk"]
    mode: Literal["stream", "webhook"] = "stream"
    base_url: Url = "https://api.dingtalk.com"
    legacy_base_url: Url = "https://oapi.dingtalk.com"
    client_id: Annotated[str, needed("开放平台「凭证与基础信息」中的 Client ID")] = ""
    client_secret: Annotated[SecretStr, needed("开放平台「凭证与基础信息」中的 Client Secret")] = SecretStr("")
    robot_code: str = ""
    card_template_id: str = ""
    card_api_secret: SecretStr = SecretStr("")


MESSENGERS = {"feishu": "飞书", "wecom": "企业微信", "dingtalk": "钉钉"}
Channel = Annotated[Feishu | Wecom | Dingtalk, Field(discriminator="platform")]


class Config(Table):
    server: Server = Server()
    database: Database = Database()
    organization: Organization = Organization()
    scheduler: Scheduler = Scheduler()
    delivery: Delivery = Delivery()
    clock: Clock = Clock()
    security: Security = Security()
    channels: dict[ChannelName, Channel] = {}

    @property
    def messengers(self) -> dict[str, str]:
        """What people call the messenger of each channel, by the channel's name."""
        return {name: MESSENGERS[channel.platform] for name, channel in self.channels.items()}

    @check("security")
    @classmethod
    def _shared_by_all_processes(cls, security: Security, info: ValidationInfo) -> Security:
        database = info.data.get("database")
        if database and not database.file and not len(security.signing_key):
            needs = PydanticCustomError(
                "value_error", "使用 PostgreSQL 时不能为空，请填写 openssl rand -base64 32 的输出"
            )
            raise ValidationError.from_exception_data(
                "Security", [{"type": needs, "loc": ("signing_key",), "input": ""}]
            )
        return security

    def secrets(self) -> Iterator[str]:
        """Every secret value there is, for the log to hide."""
        for table in (self.database, self.security, *self.channels.values()):
            for _, value in table:
                if isinstance(value, SecretStr) and value:
                    yield value.get_secret_value()
