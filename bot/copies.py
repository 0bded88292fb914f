"""Live copies: every drawn card remembers view, object, viewer and place, and is drawn anew when its object changes.

Handlers say ``turn.send(to, view, number)`` and ``turn.changed(kind, number)``; nobody writes an edit by hand.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.buttons import Signer, button_id
from bot.cards import AnyBlock, Attachment, Button, Card, Fields, Table, Text
from bot.feature import Catalog
from bot.messages import Place, single_chat
from bot.permit import Person
from bot.planner import suited
from bot.ports import Capabilities, Copy, CopyState, FileState, Outgoing, Sending, StoredButton, Unit
from bot.turn import Message, Turn, Viewer

HOLD = 3.0
"""Seconds an edit of the clicked copy waits for the answer in the callback to be written (design 3)."""
MOST_COPIES = 200
"""Copies redrawn in the turn's own commit; the rest follow as a job in chunks of this size."""
PICTURES = frozenset({"image/png", "image/jpeg"})
"""What every messenger shows as a picture."""
MOVED = "请看下面的新卡片。"
REDRAW = "core.redraw"


@dataclass(slots=True)
class Drawn:
    """What a turn's redrawing gives the clicked copy: its new card, and the held edits an answer makes unnecessary."""

    card: Card | None = None
    held: tuple[int, ...] = ()


class Copyist:
    """Draws, stores and redraws copies."""

    def __init__(self, catalog: Catalog, signer: Signer, can: Mapping[str, Capabilities]) -> None:
        """``can``: what the messenger of each channel can do; of a channel that is served no more, nothing is known."""
        self.catalog = catalog
        self.signer = signer
        self._can = can

    def can(self, place: Place) -> Capabilities | None:
        known = self._can.get(place.channel)
        return known.at(place) if known else None

    def deliver(self, turn: Turn, message: Message) -> None:
        """Writes the outbox row, and the copy if it is a card, for one message of a turn."""
        place = self._place(turn.unit, message.to)
        if place is None:
            turn.record("unreachable", self._about(message), after={"person": _name(message.to), "text": message.text})
            return
        rings = self._rings(turn, message) if turn.by_clock else None
        if turn.by_clock and rings is None:
            return
        if message.view:
            self.show(turn, place, message.view, message.number, _person(message.to), rings)
        elif message.file:
            self._send_file(turn, place, message.file, _person(message.to), rings)
        else:
            self._post(turn, place, message.text, copy=None, person=_person(message.to), rings=rings)

    def _rings(self, turn: Turn, message: Message) -> datetime | None:
        """From when on what the clock sends may ring; None: somebody keeps it, to be told later."""
        if message.admitted:
            return turn.now
        at = turn.house.audible(turn.now)
        for ask in self.catalog.doormen:
            asked = ask(turn, turn.unit, _person(message.to), message)
            if asked is None:
                return None
            at = asked
        return at

    def show(
        self,
        turn: Turn,
        place: Place,
        view: str,
        number: int,
        person: Person | None,
        rings: datetime | None = None,
    ) -> int:
        """Sends a live card of an object, which may ring from ``rings`` on; older ones in the same chat give way to it."""
        drawn = self.draw(turn, view, number, person, place)
        kind, face = self.catalog.views[view].of, self.catalog.views[view].face
        for old in turn.unit.copies.live(kind, number):
            if old.place == place and self.catalog.views[old.view].face == face:
                self._give_way(turn, old, drawn.title, spare=bool(self.catalog.views[view].over))
        return self.post(turn, place, drawn, person, (view, kind, number), rings)

    def _give_way(self, turn: Turn, old: Copy, title: str, *, spare: bool) -> None:
        """Buttons stand once in a chat: an older card loses them. For a reminder no dear edit is spent: they go stale."""
        resting = msgspec.structs.replace(old, state=CopyState.CLOSED)
        can = self.can(old.place)
        if spare and can and can.dear_edits:
            turn.unit.copies.save(msgspec.structs.replace(resting, current=max(old.buttons, default=0) + 1))
        elif any(n >= old.current for n in old.buttons):
            self._write(turn, resting, Card(title, tag="已更新", blocks=(Text(MOVED),)), is_clicked=False)
        else:
            turn.unit.copies.save(resting)

    def post(
        self,
        turn: Turn,
        place: Place,
        card: Card,
        person: Person | None,
        of: tuple[str, str, int] = ("", "", 0),
        rings: datetime | None = None,
    ) -> int:
        """Sends a card as a copy; ``of`` is (view, kind, number), empty for a card without an object. Returns the copy."""
        copy_id = secrets.randbits(53)
        card = self._suited(card, place)
        sealed, stored = self._seal(copy_id, card, 1)
        view, kind, number = of
        report = view if view in self.catalog.reporters else ""
        row = self._post(turn, place, sealed, copy=copy_id, person=person, rings=rings, report=report)
        turn.unit.copies.add(
            Copy(
                id=copy_id,
                view=view,
                kind=kind,
                number=number,
                person=person.id if person else None,
                place=place,
                send=row,
                state=CopyState.CLOSED if card.decided else CopyState.LIVE,
                buttons=stored,
                current=1,
                digest=_digest(card),
            ),
            turn.now,
        )
        return copy_id

    def draw(self, turn: Turn, view: str, number: int, person: Person | None, place: Place) -> Card:
        viewer = Viewer(person, place, turn.now, turn.house, self.catalog, turn.links)
        return self._suited(self.catalog.views[view].draw(turn.unit, number, viewer), place)

    def _suited(self, card: Card, place: Place) -> Card:
        can = self.can(place)
        return suited(card, can) if can else card

    def redraw(self, turn: Turn, clicked: Copy | None, after: int = 0) -> Drawn:
        """Draws anew every live copy of what the turn changed. The clicked one's new card is the answer of the click."""
        result = Drawn()
        for kind, number in sorted(turn.changes):  # always in one order: two turns must not wait for each other
            copies = sorted((c for c in turn.unit.copies.live(kind, number) if c.id > after), key=lambda c: c.id)
            for copy in copies[:MOST_COPIES]:
                drawn = self._redraw(turn, copy, is_clicked=clicked is not None and copy.id == clicked.id)
                if drawn.card is not None:
                    result = drawn
            if len(copies) > MOST_COPIES:
                self._later(turn, f"{kind}{number}", copies[MOST_COPIES - 1].id)
        return result

    def become(self, turn: Turn, copy: Copy, view: str, number: int) -> Drawn:
        """The clicked copy turns into the card of another object: a preview into the deal it led to."""
        kind = self.catalog.views[view].of
        copy = turn.unit.copies.lock(copy.id) or copy
        turned = msgspec.structs.replace(copy, view=view, kind=kind, number=number, digest="", state=CopyState.LIVE)
        return self._redraw(turn, turned, is_clicked=True)

    def replace(self, turn: Turn, copy: Copy, card: Card) -> Drawn:
        """Puts another card in place of the clicked copy's."""
        return self._write(turn, copy, card, is_clicked=True)

    def current(self, turn: Turn, copy: Copy) -> Card | None:
        """The card as it is now, with the buttons the copy carries; None for a card without an object."""
        if not copy.view:
            return None
        card = self.draw(turn, copy.view, copy.number, _viewer_of(turn, copy), copy.place)
        return self._seal(copy.id, card, copy.current)[0]

    def refresh(self, turn: Turn, copy: Copy) -> Drawn:
        """Draws the clicked copy again as it is now: whoever pressed a stale button has not seen that."""
        copy = turn.unit.copies.lock(copy.id) or copy
        card = self.draw(turn, copy.view, copy.number, _viewer_of(turn, copy), copy.place)
        return self._write(turn, copy, card, is_clicked=True)

    def show_again(self, turn: Turn, copy: Copy) -> Drawn:
        """The clicked copy as it stands, for whoever pressed an older drawing of it: the answer of the click, and an edit.

        A messenger undoes what arrived while the click was open (design 3): if the answer comes too late, or brings no
        card, what changed meanwhile would be gone for good.
        """
        copy = turn.unit.copies.lock(copy.id) or copy
        card = self.current(turn, copy)
        if card is None:
            return Drawn()
        closing = Sending.CLOSING if card.closed else Sending.REFRESH
        return Drawn(card, (self._edit(turn, copy, card, closing, is_clicked=True),))

    def _redraw(self, turn: Turn, copy: Copy, *, is_clicked: bool) -> Drawn:
        card = self.draw(turn, copy.view, copy.number, _viewer_of(turn, copy), copy.place)
        now = _digest(card)
        if now == copy.digest:
            return Drawn()
        can = self.can(copy.place)
        if can and can.dear_edits and not is_clicked and not card.closed and _still_true(copy.digest, now):
            return Drawn()  # such an edit would not be spent: what people still see stays valid
        return self._write(turn, copy, card, is_clicked=is_clicked)

    def _write(self, turn: Turn, copy: Copy, card: Card, *, is_clicked: bool) -> Drawn:
        first = max(copy.buttons, default=0) + 1
        sealed, stored = self._seal(copy.id, card, first)
        closing = card.closed and any(n >= copy.current for n in copy.buttons)
        turn.unit.copies.save(
            msgspec.structs.replace(
                copy,
                buttons=copy.buttons | stored,
                current=first,
                digest=_digest(card),
                state=CopyState.CLOSED if card.decided else copy.state,
            )
        )
        row = self._edit(turn, copy, sealed, Sending.CLOSING if closing else Sending.REFRESH, is_clicked=is_clicked)
        return Drawn(sealed, (row,)) if is_clicked else Drawn()

    def _edit(self, turn: Turn, copy: Copy, sealed: Card, what: Sending, *, is_clicked: bool) -> int:
        can = self.can(copy.place)
        return turn.unit.outbox.add(
            Outgoing(
                what=what,
                place=copy.place,
                content=sealed,
                target=copy.send,
                copy=copy.id,
                person=copy.person,
                trace=turn.trace,
                # At night nothing moves in people's chats, nor does the line ring that says what could not be changed.
                not_before=turn.house.audible(turn.now) if turn.by_clock else None,
                hold=HOLD if is_clicked and can and can.answers else 0.0,
                via=turn.click if is_clicked else "",
                bulk=turn.bulk and not is_clicked,
            ),
            turn.now,
        )

    def _seal(self, copy: int, card: Card, first: int) -> tuple[Card, dict[int, StoredButton]]:
        """Gives every button its id; what it does is kept with the copy."""
        stored: dict[int, StoredButton] = {}

        def seal(button: Button) -> Button:
            number = first + len(stored)
            stored[number] = StoredButton(button.label, button.command, button.values, button.confirm)
            return msgspec.structs.replace(button, id=button_id(self.signer, copy, number), values={}, command="")

        buttons = tuple(seal(b) for b in card.buttons)
        form = card.form
        if form is not None:
            form = msgspec.structs.replace(form, submits=tuple(seal(b) for b in form.submits))
        return msgspec.structs.replace(card, buttons=buttons, form=form), stored

    def _post(
        self,
        turn: Turn,
        place: Place,
        content: Card | str,
        *,
        copy: int | None,
        person: Person | None,
        rings: datetime | None = None,
        report: str = "",
    ) -> int:
        return turn.unit.outbox.add(
            Outgoing(
                what=Sending.SEND,
                place=place,
                content=content,
                copy=copy,
                person=person.id if person else None,
                trace=turn.trace,
                not_before=rings,
                bulk=turn.bulk,
                report=report,
            ),
            turn.now,
        )

    def _send_file(self, turn: Turn, place: Place, number: int, person: Person | None, rings: datetime | None) -> None:
        file = turn.unit.files.get(number)
        if file is not None and file.state is FileState.STORED:
            url = "" if person is None else turn.links.download(file.id, person.id, turn.now)
            sent = Attachment(file.id, file.name, file.media in PICTURES, url)
            self._post(turn, place, Card(file.name, blocks=(sent,)), copy=None, person=person, rings=rings)

    def _place(self, unit: Unit, to: Person | Place) -> Place | None:
        if isinstance(to, Place):
            return to
        served = (account for account in unit.identity.accounts(to.id) if account.channel in self._can)
        latest = next(served, None)  # one who was last seen where nobody serves any more is written to elsewhere
        return single_chat(latest) if latest else None

    def _about(self, message: Message) -> str:
        return f"{self.catalog.views[message.view].of}{message.number}" if message.view else ""

    def _later(self, turn: Turn, about: str, after: int) -> None:
        turn.promise(REDRAW, f"{about}/{turn.trace}/{after}", turn.now, about="", object=about, after=str(after))


def _viewer_of(turn: Turn, copy: Copy) -> Person | None:
    return turn.unit.identity.person(copy.person) if copy.person is not None else None


def _digest(card: Card) -> str:
    """Of the whole card, of its title and what can be pressed, and of each fact on it."""
    facts = [fact for block in card.blocks for fact in _facts(block)]
    return ".".join((_hash(card, 12), _hash((card.title, card.buttons, card.form), 6), *(_hash(f, 4) for f in facts)))


def _facts(block: AnyBlock) -> Sequence[tuple[str, ...]]:
    """What is decided upon; how long it has waited already is not."""
    match block:
        case Fields(pairs):
            return pairs
        case Table(_, rows):
            return rows
        case _:
            return ()


def _still_true(seen: str, now: str) -> bool:
    """Whether everything people saw and could press still holds; what was added since takes nothing back."""
    _, *then = seen.split(".")
    _, *today = now.split(".")
    return bool(then) and then[0] == today[0] and set(then) <= set(today)


def _hash(value: object, size: int) -> str:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=size).hexdigest()


def _person(to: Person | Place) -> Person | None:
    return to if isinstance(to, Person) else None


def _name(to: Person | Place) -> str:
    return f"{to.name}#{to.id}" if isinstance(to, Person) else to.lane
