"""Accounts as people read about them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages import Account
from bot.turn import Turn


def account_of(turn: Turn) -> Account:
    """The account of who speaks; only the clock has none."""
    if turn.account is None:
        raise LookupError("this turn belongs to no account")
    return turn.account


def title(account: Account, channels: Mapping[str, str]) -> str:
    """飞书 ou_demo_u1: what people call the messenger, and who it knows them as."""
    named = channels.get(account.channel, account.channel)
    alike = [name for name, each in channels.items() if each == named]
    return f"{named}（{account.channel}）{account.user}" if len(alike) > 1 else f"{named} {account.user}"
