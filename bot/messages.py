"""What crosses the seam between a messenger and the core: plain frozen values, nothing else.

Up comes an ``Inbound``; down go contents (a ``Card`` or a line of text), edits, and the ``Answer`` for a clicked card.
They are msgspec structs so that an inbound, a card and an answer can be stored and read back without a second model.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.cards import Card


class Account(Struct, frozen=True):
    """A person as one messenger knows them. Never a name: names are not identities.

    From the core on inward ``tenant`` is "" for the channel's own tenant (see ``known_as``): Feishu tells its key only with
    each push, so an import cannot know it. Another company's people keep theirs.
    """

    channel: str
    tenant: str
    user: str

    def __str__(self) -> str:
        """As files spell it (contract 4)."""
        return f"{self.channel}:{self.tenant}/{self.user}" if self.tenant else f"{self.channel}:{self.user}"


class Place(Struct, frozen=True):
    """Where something is said: a group, or the single chat with one account.

    ``chat`` is the group's id, or the account's user id in a single chat, so that a single chat has one
    name whether the bot answers in it or writes first.
    """

    channel: str
    tenant: str
    chat: str
    group: bool = False

    @property
    def lane(self) -> str:
        """The key within which messages keep their order."""
        return f"{'g' if self.group else 'u'}:{self.tenant}/{self.chat}"


Spelling = Callable[[Account], Account]
"""An account as people wrote it → as its messenger will name it: a user id may know no case."""


def single_chat(account: Account) -> Place:
    return Place(account.channel, account.tenant, account.user)


def known_as(inbound: Inbound) -> Account:
    """The sender as the organisation knows them."""
    sender = inbound.sender
    return sender if inbound.foreign else Account(sender.channel, "", sender.user)


class Mention(Struct, frozen=True):
    """Somebody @-mentioned; the text keeps ``@name`` where the mention stood."""

    user: str
    name: str
    tenant: str = ""


class Inbound(Struct, frozen=True, kw_only=True, tag=True):
    """One push of a messenger.

    ``key`` is the id the messenger repeats it under (a message id where there is one), ``alias`` a second id by which
    a repetition can be known ("" if none); ``sent_at`` the messenger's own instant; ``trace`` follows it to the reply.
    """

    key: str
    alias: str = ""
    sender: Account
    place: Place
    sent_at: datetime
    trace: str
    sender_name: str = ""
    foreign: bool = False
    """The sender belongs to another company than the one the app is installed in."""


class Say(Inbound, frozen=True, kw_only=True):
    """Words, with the bot's own mention already removed. A menu entry arrives as the words it stands for."""

    text: str
    mentions: tuple[Mention, ...] = ()
    quotes: str = ""
    """The messenger's handle of the message these words are a reply to, "" if none."""


class Press(Inbound, frozen=True, kw_only=True):
    """A button of a card. ``message`` is the messenger's handle by which the clicked copy can be changed now: the
    message's, or a code that came with the click; "" if it does not say."""

    button: str
    message: str = ""


class Form(Press, frozen=True, kw_only=True):
    """A card's form, handed in by one of its buttons; values by input name, as the messenger delivered them."""

    values: dict[str, str]


class FileKind(StrEnum):
    PICTURE = "picture"
    FILE = "file"
    VOICE = "voice"
    VIDEO = "video"


class Upload(Inbound, frozen=True, kw_only=True):
    """A file of the sender. ``handle`` is the messenger's key to fetch it: a secret, never logged."""

    kind: FileKind
    handle: str
    """ "" if it is not known any more."""
    name: str = ""
    text: str = ""
    """What the messenger recognised in a voice message."""
    quotes: str = ""
    """The messenger's handle of the message this is a reply to, "" if none."""


class Fetched(Inbound, frozen=True, kw_only=True):
    """The end of fetching a file that somebody sent: it is stored under its hash, or lost for a reason."""

    file: int
    name: str = ""
    size: int = 0
    sha256: str = ""
    media: str = ""
    reason: str = ""


class HandedIn(Inbound, frozen=True, kw_only=True):
    """A file that came by an upload page, and is stored already."""

    page: int
    name: str
    size: int
    sha256: str
    media: str


class Joined(Inbound, frozen=True, kw_only=True):
    """The bot was added to a group (the place) by the sender, or removed from it."""

    group_name: str = ""
    left: bool = False


class Read(Inbound, frozen=True, kw_only=True):
    """The sender has seen these messages of the bot (handles)."""

    messages: tuple[str, ...]


class Unsupported(Inbound, frozen=True, kw_only=True):
    """Something people send that the bot cannot use (sticker, location …); it deserves an answer all the same."""

    what: str


class AccountGone(Inbound, frozen=True, kw_only=True):
    """The sender's account is no more: who had it left the company, or the messenger."""


class AccountRenamed(Inbound, frozen=True, kw_only=True):
    """The sender's account goes by another user id from now on; the person is the same."""

    user: str


AnyInbound = (
    Say | Press | Form | Upload | Fetched | HandedIn | Joined | Read | Unsupported | AccountGone | AccountRenamed
)


class ToastTone(StrEnum):
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Toast(Struct, frozen=True):
    text: str
    tone: ToastTone = ToastTone.INFO


class Answer(Struct, frozen=True):
    """The result of a turn for the copy that was clicked: shown in the callback where the messenger takes one."""

    toast: Toast | None = None
    card: Card | None = None


NOTHING = Answer()
