"""From a channel's configuration to its adapter. A messenger's code is imported only if a channel needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from adapters.channel import Channel, Count
from bot import config
from bot.config import Feishu, Wecom


def unavailable(name: str, channel: config.Channel) -> str:
    """Why this version does not serve a channel, in one line; "" if it does. The others are served."""
    if not isinstance(channel, Feishu | Wecom):
        return f"channels.{name}：此版本尚不支持 {channel.platform}，该渠道没有启动"
    return ""


def open_channel(
    name: str, channel: config.Channel, now: Callable[[], datetime], count: Count, public_url: str
) -> Channel:
    """``now`` is business time."""
    match channel:
        case Feishu():
            from adapters.feishu.adapter import FeishuAdapter
            from adapters.feishu.config import configured

            return FeishuAdapter(configured(name, channel), now, count)
        case Wecom():
            from adapters.wecom import config as wecom
            from adapters.wecom.adapter import WecomAdapter

            return WecomAdapter(wecom.configured(name, channel, public_url), now, count)
        case _:
            raise NotImplementedError(channel.platform)
