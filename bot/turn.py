"""What a handler holds while it works: who, where, when, and the effects it asks for.

Effects are collected and carried out after the handler, when all rows are as they will be committed: a view drawn for a
message must see what the handler changed after asking for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.buttons import Signer
from bot.cards import Card
from bot.house import House
from bot.links import Links
from bot.messages import Account, Place
from bot.permit import Person
from bot.ports import AuditEntry, Capabilities, Slot, Unit

if TYPE_CHECKING:
    from bot.feature import Catalog

BOT = "系统机器人"
OPERATOR = "命令行"
"""Who acts when something is done with ``python -m bot``."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom, where and when a view is drawn. ``person`` is None for a group's copy."""

    person: Person | None
    place: Place
    now: datetime
    house: House
    catalog: Catalog
    links: Links | None = None

    def link(self, file: int) -> str:
        """Where this viewer downloads a file; "" for a group, whose members may see less."""
        if self.links is None or self.person is None or self.place.group:
            return ""
        return self.links.download(file, self.person.id, self.now)

    def page(self, number: int) -> str:
        """Where this viewer hands in a file."""
        return self.links.upload(number) if self.links and not self.place.group else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person who spoke or pressed gets back.

    ``text`` is a line (a toast where a card was pressed); ``view`` and ``number`` show an object as a live card;
    ``card`` is a card without an object; ``choices`` are the commands a number may pick afterwards.
    """

    text: str = ""
    view: str = ""
    number: int = 0
    card: Card | None = None
    choices: tuple[str, ...] = ()
    focus: str = ""
    """The object people mean from now on when they name none: "BB1001"."""
    in_group: bool = False
    """May be read by everybody in the group it was asked in."""


@dataclass(frozen=True, slots=True)
class Message:
    """An effect: something to be said to somebody. A view of an object, a file, or a line."""

    to: Person | Place
    text: str = ""
    view: str = ""
    number: int = 0
    file: int = 0
    admitted: bool = False
    """Whoever sends it has asked whether it may ring."""


@dataclass(slots=True)
class Turn:
    """One turn of a person, or of the clock (then ``person`` is None and the actor is the bot)."""

    now: datetime
    trace: str
    house: House
    catalog: Catalog
    unit: Unit
    signer: Signer
    person: Person | None = None
    account: Account | None = None
    place: Place | None = None
    """Where the person is answered: the single chat, also when the words were said in a group."""
    group: Place | None = None
    click: str = ""
    """The handle by which the clicked copy can be changed now."""
    can: Capabilities | None = None
    """What the messenger can do where the person is answered."""
    bulk: bool = False
    """What it sends and redraws is for many alike: everything else overtakes it, and quiet hours are all it waits for."""
    mentioned: tuple[int, ...] = ()
    """The people @-mentioned in the words, as far as the organisation knows them."""
    messages: list[Message] = field(default_factory=list)
    changes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The person acting; commands that are not public always have one."""
        if self.person is None:
            raise LookupError("this turn belongs to no person")
        return self.person

    @property
    def by_clock(self) -> bool:
        """Nobody asked for what it sends."""
        return self.person is None and self.account is None

    def send(self, to: Person | Place, view: str, number: int) -> None:
        """A live card of an object. What the clock sends waits for a time at which it may ring (R4.10)."""
        self.messages.append(Message(to, view=view, number=number))

    @property
    def links(self) -> Links:
        return Links(self.signer, self.house.public_url)

    def tell(self, to: Person | Place, text: str) -> None:
        self.messages.append(Message(to, text=text))

    def send_file(self, to: Person | Place, file: int) -> None:
        """A stored file, as a picture or file of the messenger; where it takes none, as a link."""
        self.messages.append(Message(to, file=file))

    def changed(self, kind: str, number: int) -> None:
        """The object is new or different: its live copies are redrawn, and its reminders planned, in this commit."""
        if (kind, number) not in self.changes:
            self.changes.append((kind, number))

    def follow(self) -> None:
        """After the handler: whoever follows changes hears of each."""
        for kind, number in self.changes:
            for follower in self.catalog.followers:
                follower(self, self.unit, kind, number)

    def record(
        self, action: str, ref: str, *, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
    ) -> str:
        """An audit entry in this commit; returns its digest."""
        return self.unit.audit.record(
            AuditEntry(
                at=self.now,
                actor=f"{self.person.name}#{self.person.id}" if self.person else BOT,
                channel=self.account.channel if self.account else "",
                object=ref,
                action=action,
                before=before or {},
                after=after or {},
                request=self.trace,
            )
        )

    def promise(self, job: str, slot: str, due: datetime, *, about: str, **args: str) -> None:
        self.unit.jobs.promise(Slot(job=job, slot=slot, due=due, about=about, args=args))

    def cancel(self, about: str, job: str = "") -> None:
        """Forgets what was promised about an object."""
        self.unit.jobs.cancel(about, job)
