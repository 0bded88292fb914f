"""From a channel's configuration to its adapter. A messenger's code is imported only if a channel needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import assert_never

from adapters.channel import Channel, Count, Meter
from bot import config
from bot.config import Dingtalk, Feishu, Wecom
from bot.messages import Account, Spelling


def spelling(channels: Mapping[str, config.Channel]) -> Spelling:
    """How each channel's messenger names an account that somebody wrote down."""

    def spelled(account: Account) -> Account:
        match channels.get(account.channel):
            case Wecom(corp_id=corp):
                from adapters.wecom.push import spelled

                return spelled(account, corp)
            case _:
                return account

    return spelled


def open_channel(
    name: str, channel: config.Channel, now: Callable[[], datetime], count: Count, meter: Meter, public_url: str
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
        case Dingtalk():
            from adapters.dingtalk import config as dingtalk
            from adapters.dingtalk.adapter import DingtalkAdapter

            return DingtalkAdapter(dingtalk.configured(name, channel, public_url), now, meter, count)
        case _:
            assert_never(channel)
