"""A decrypted push on its way to an Inbound, and what every push becomes."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from adapters.wecom.xml import Element
from bot.messages import Account, AnyInbound

SYSTEM = "sys"
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", re.ASCII)
_CORP = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

_TELLING = (
    *("AgentID", "FromUserName", "CreateTime", "Event", "ChangeType", "EventKey", "TaskId", "ResponseCode"),
    *("UserID", "NewUserID"),  # many members may be removed in one second
)


class Ignored(Struct, frozen=True):
    """Well-formed, and nothing for the bot; answered 200 all the same. ``why`` is for a counter."""

    why: str


class Shared(Struct, frozen=True):
    """The app was shared with another corp, or no longer is: the list of corps is to be asked for again."""


class Trouble(Struct, frozen=True):
    """WeCom is about to switch the app off, or has (page 2.3): ``what`` is its name for it."""

    what: str


class BadInput(Struct, frozen=True):
    """Not what the platform documents."""

    why: str


Received = AnyInbound | Ignored | Shared | Trouble | BadInput


class Push(Struct, frozen=True):
    """The plaintext, and what the edge knows besides it. ``own`` is the channel's corp."""

    root: Element
    channel: str
    own: str
    trace: str

    def get(self, name: str) -> str:
        return self.root.get(name)

    @property
    def corp(self) -> str:
        """Whose member speaks: a shared app gets the downstream corps' pushes at the same address (page 6.3)."""
        corp = self.get("ToUserName")
        if not _CORP.fullmatch(corp):
            raise ValueError("no ToUserName")
        return corp

    @property
    def foreign(self) -> bool:
        return self.corp != self.own

    @property
    def sent_at(self) -> datetime:
        return instant(self.get("CreateTime"))

    def account(self, name: str = "FromUserName") -> Account:
        """ValueError if the platform does not say who."""
        user = self.get(name)
        if not _USER.fullmatch(user):
            raise ValueError(f"no {name}")
        return Account(self.channel, self.corp, user if self.foreign else known_as(user))

    def event_key(self) -> str:
        """Events have no id. What of them is the same again is a repetition; a click's code tells it from the next one."""
        told = "\x1f".join((self.corp, *map(self.get, _TELLING)))
        return f"e{hashlib.blake2b(told.encode(), digest_size=16).hexdigest()}"


def known_as(user: str) -> str:
    """A member's id knows no case (page 2); a downstream member's is made up by the platform and stays as it is."""
    return user.lower()


def spelled(account: Account, own: str) -> Account:
    """An account as pushes will name it, of ``own`` corp's members, however it was written down."""
    return replace(account, user=known_as(account.user)) if account.tenant in ("", own) else account


def instant(seconds: str) -> datetime:
    if not (len(seconds) == 10 and seconds.isascii() and seconds.isdigit()):
        raise ValueError("no instant")
    return datetime.fromtimestamp(int(seconds), UTC)
