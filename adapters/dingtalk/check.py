"""What the doctor says about a DingTalk channel: real calls that send nothing. They cost two of the month's calls."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import aiohttp
import msgspec

from adapters.channel import Line
from adapters.connection import Address
from adapters.dingtalk.card import variables
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.deliver import CARDS, TO_USERS
from adapters.dingtalk.errors import CardExists, Success
from adapters.dingtalk.quota import Quota, Spent
from adapters.dingtalk.send import Api, Ended
from adapters.dingtalk.stream import opened
from adapters.tokens import Tokens
from bot.cards import Card
from bot.ports import Gone, Retry, Unknown

NOBODY = "channelops-check-nobody"
_MISSING_SCOPE = "AccessTokenPermissionDenied"
_IN_THE_WAY = ("robotCode.notExsit", "template", "IpNotInWhiteList", "ApiCountLimitForOrg")


async def check(
    config: DingtalkConfig, api: Api, tokens: Tokens, session: Callable[[], aiohttp.ClientSession], quota: Quota
) -> list[Line]:
    """The first line that fails for want of credentials ends the list."""
    token = await tokens.get()
    if isinstance(token, Retry):
        return [("fail", f"{token.reason}。请核对 client_id、client_secret、base_url 和网络")]
    lines = [("ok", f"凭证有效：{config.client_id}"), await _door(config, session)]
    probe = {"robotCode": config.robot_code, "userIds": [NOBODY], "msgKey": "sampleText", "msgParam": '{"content":"-"}'}
    sent = await api.call("POST", TO_USERS, msgspec.json.encode(probe), Spent.SETUP)
    lines.append(_allowed("发送消息", "qyapi_robot_sendmsg（企业内机器人发送消息权限）", sent))
    return [*lines, *await _cards(config, api), *quota.lines()]


async def _door(config: DingtalkConfig, session: Callable[[], aiohttp.ClientSession]) -> Line:
    """The ticket is left unused and dies after 90 s."""
    if not config.stream:
        return "ok", f"HTTP 模式，消息接收地址应为 {config.callback_url}"
    found = await opened(config, session)
    return (
        ("ok", "可以建立 Stream 连接") if isinstance(found, Address) else ("fail", f"不能建立 Stream 连接：{found.why}")
    )


async def _cards(config: DingtalkConfig, api: Api) -> list[Line]:
    """A card that is created and delivered to nobody shows that the template is there and published."""
    if not config.cards:
        return [("warn", "没有配置 card_template_id：卡片以文字发送，按钮要打字；模板在 deploy/platforms/dingtalk")]
    card = {
        "cardTemplateId": config.card_template_id,
        "outTrackId": f"check-{secrets.token_hex(12)}",
        "callbackType": "STREAM",
        "userIdType": 1,
        "cardData": {"cardParamMap": variables(Card("check"))},
        "imRobotOpenSpaceModel": {"supportForward": False},
    }
    made = await api.call("POST", CARDS, msgspec.json.encode(card), Spent.SETUP)
    lines = [_allowed("创建卡片", "Card.Instance.Write（互动卡片实例写权限）", made)]
    if config.called_back and not config.callback_url.startswith("https://"):
        lines.append(("fail", f"卡片回调需要外网 https 地址，请设置 server.public_url（现在是 {config.callback_url}）"))
    return lines


def _allowed(what: str, scope: str, ended: Ended) -> Line:
    """The probe reaches nobody, so a refusal of its receiver shows that the permission is there."""
    match ended:
        case Success() | CardExists():
            return "ok", f"可以{what}"
        case Retry(reason=reason) if _MISSING_SCOPE in reason:
            return "fail", f"不能{what}：{reason}。在开发者后台「权限管理」开通 {scope} 并发布版本"
        case Retry(reason=reason) | Gone(reason) if any(code in reason for code in _IN_THE_WAY):
            return "fail", f"不能{what}：{reason}"
        case Retry(reason=reason) | Unknown(reason):
            return "warn", f"没有查清能否{what}：{reason}"
        case _:
            return "ok", f"可以{what}"
