"""Cards as template cards (page 3.3, 4.4): the list sizes are limits, the lengths are where a phone stops showing a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from adapters.degrade import Sizes, about, as_link, measured, numbered, shrunk
from adapters.text import cut
from adapters.wecom.choices import MOST_TITLE, Selection, checkbox, selections
from adapters.wecom.clicks import OF_FORM
from adapters.wecom.plain import label, shown
from bot.cards import Attachment, Button, Card, Fields, Link, Note, Picture, Progress, Style, Table, Text, Tone

Json = dict[str, Any]

MOST_FACTS = 6
MOST_BUTTONS = 6
MOST_JUMPS, MOST_JUMP = 3, 13
OPENS = 1
"""The type of whatever opens a page."""
_STYLES = {Style.PRIMARY: 1, Style.DANGER: 3, Style.PLAIN: 4}
_COLOURS = dict.fromkeys(Tone, 0) | {Tone.WARNING: 1, Tone.DANGER: 2, Tone.SUCCESS: 3}
"""Grey, black, red, green: there are no others."""
_WHOLE = Sizes(text=1000, rows=50, pairs=60, options=1000, blocks=60, buttons=MOST_BUTTONS)
_STEPS = (
    _WHOLE,
    Sizes(text=150, rows=8, pairs=24, options=1000, blocks=12),
    Sizes(text=110, rows=6, pairs=20, options=1000, blocks=12),
    Sizes(text=80, rows=6, pairs=20, options=1000, blocks=12),
    Sizes(text=60, rows=4, pairs=16, options=1000, blocks=8),
    Sizes(text=44, rows=4, pairs=16, options=1000, blocks=8),
    Sizes(text=30, rows=3, pairs=12, options=1000, blocks=6),
    Sizes(text=20, rows=2, pairs=8, options=1000, blocks=4),
)


class Room(Struct, frozen=True):
    """Characters that are shown of each part."""

    source: int
    title: int
    desc: int
    text: int
    option: int
    quote: int
    """Not documented: as many as of the text."""
    key: int = 5
    value: int = 30
    button: int = 10


APP = Room(source=20, title=36, desc=44, text=160, option=16, quote=160)
BOT = Room(source=13, title=26, desc=30, text=112, option=10, quote=112)


class _Body(Struct):
    """Where a card's blocks stand: short facts as pairs, the others as lines in the quote, all words below."""

    facts: list[tuple[str, str]] = []
    quote: list[str] = []
    words: list[str] = []
    spare: list[Button] = []
    """Buttons without a place."""
    links: list[Link] = []

    @property
    def text(self) -> str:
        return "\n".join(self.words + ([typed(self.spare)] if self.spare else []))

    def arranged(self, room: Room) -> bool:
        """Whether all of it has a place: the first words move up to the facts where those below would be too many."""
        while len(self.text) > room.text and self.words and self._above(self.words[0]) <= room.quote:
            self.quote.append(self.words.pop(0))
        return len("\n".join(self.quote)) <= room.quote and len(self.text) <= room.text

    def _above(self, more: str) -> int:
        return len("\n".join([*self.quote, more]))


def notice_holds(card: Card, room: Room) -> bool:
    """Whether a card without buttons is complete as a notice."""
    title = len(shown(card.title)) <= room.title and len(shown(card.tag)) <= room.source
    body = _body(card, room)
    return title and not card.all_buttons and len(body.links) <= MOST_JUMPS and body.arranged(room)


def template_card(card: Card, room: Room, home: str, task: str = "") -> Json:
    """``task`` is the task_id, "" in an edit of the app's. ``home`` is what a notice opens: it must open something."""
    fitted, body = _fitted(card, room)
    named = {"task_id": task} if task else {}
    if not fitted.all_buttons:
        jumps = [
            {"type": OPENS, "title": label(to.text, MOST_JUMP, "…"), "url": to.url} for to in body.links[:MOST_JUMPS]
        ]
        opened = {"card_action": {"type": OPENS, "url": home}} | ({"jump_list": jumps} if jumps else {})
        return _drawn("text_notice", fitted, body, room) | named | opened
    if (checked := checkbox(fitted.form)) and (vote := _vote(fitted, body, checked, room)):
        return vote | named
    chosen = selections(fitted.form, room.option)
    if len(chosen) > 1 and (several := _multiple(fitted, body, chosen, room)):
        return several | named
    selection = {"button_selection": chosen[0]} if chosen else {}
    pressed = [_button(button, room, key) for button, key in _buttons(fitted)]
    opening = [{"type": OPENS, "text": label(to.text, room.button, "…"), "url": to.url} for to in _openable(body, room)]
    listed = {"button_list": (pressed + opening)[:MOST_BUTTONS]}
    return _drawn("button_interaction", fitted, body, room) | named | selection | listed


def typed(buttons: Sequence[Button]) -> str:
    return f"还可以直接输入：{'、'.join(shown(button.label) for button in buttons)}"


def _fitted(card: Card, room: Room) -> tuple[Card, _Body]:
    """The card as large as it fits, and where its blocks stand."""
    held = max(0, MOST_BUTTONS - len(card.form.submits if card.form else ()))
    spare = list(card.buttons[held:])
    card = replace(card, buttons=card.buttons[:held])
    smaller, body = card, _Body()
    for sizes in _STEPS:
        smaller = shrunk(card, sizes)
        body = _body(smaller, room)
        body.spare = spare
        if body.arranged(room):
            return smaller, body
    body.quote = [cut("\n".join(body.quote), room.quote, about(card))]
    body.words = [cut(body.text, room.text, about(card))]
    body.spare = []
    return smaller, body


def _body(card: Card, room: Room) -> _Body:
    body = _Body()
    for block in card.blocks:
        match block:
            case Fields(pairs):
                _place(body, pairs, room)
            case Text(text) | Note(text):
                body.words += [shown(text)] if text else []
            case Progress():
                body.words.append(shown(measured(block)))
            case Table():
                body.words.append(shown(numbered(block)))
            case Link() | Picture() | Attachment():
                link = as_link(block)
                body.links += [link] if link.url else []
                body.words += [] if link.url else [shown(link.text)]
            case _:
                assert_never(block)
    return body


def _place(body: _Body, pairs: Iterable[tuple[str, str]], room: Room) -> None:
    for name, value in pairs:
        key, fact = shown(name).rstrip(":："), shown(value)
        short = 0 < len(key) <= room.key and 0 < len(fact) <= room.value and "\n" not in key + fact
        if short and len(body.facts) < MOST_FACTS:
            body.facts.append((key, fact))
        else:
            body.quote.append(f"{key}:{fact}")


def _drawn(kind: str, card: Card, body: _Body, room: Room) -> Json:
    desc = {"desc": label(card.decided.line, room.desc)} if card.decided else {}
    parts: Json = {
        "card_type": kind,
        "source": {"desc": label(card.tag, room.source), "desc_color": _COLOURS[card.tone]} if card.tag else None,
        "main_title": {"title": label(card.title, room.title, "…")} | desc,
        "quote_area": {"type": 0, "quote_text": "\n".join(body.quote)} if body.quote else None,
        "sub_title_text": body.text,
        "horizontal_content_list": [{"keyname": key, "value": value} for key, value in body.facts],
    }
    return {name: part for name, part in parts.items() if part}


def _multiple(card: Card, body: _Body, chosen: list[Selection], room: Room) -> Json | None:
    """Several lists at once; such a card has one button, and no place for text but one line. None if that is not enough."""
    desc = "；".join([*_in_one_line(body), *_unpressed(card, body)])
    if len(card.form.submits if card.form else ()) != 1 or len(desc) > room.desc:
        return None
    return _submitted("multiple_interaction", card, desc, room) | {"select_list": chosen}


def _vote(card: Card, body: _Body, checked: Selection, room: Room) -> Json | None:
    """Several choices of one question: like several lists, and with a shorter title (page 3.3).

    What it asks stands in its options: where the line is too short, the words before them are cut.
    """
    if len(card.form.submits if card.form else ()) != 1 or len(label(card.title, room.title, "…")) > MOST_TITLE:
        return None
    tail = _unpressed(card, body)
    line = "；".join(_in_one_line(body))
    desc = "；".join([*([cut(line, max(1, room.desc - sum(map(len, tail)) - 1))] if line else []), *tail])
    return _submitted("vote_interaction", card, desc, room) | {"checkbox": checked}


def _in_one_line(body: _Body) -> list[str]:
    lines = [*(f"{key}:{value}" for key, value in body.facts), *body.quote, *body.words]
    return [" ".join(line.rstrip("。").split("\n")) for line in lines]


def _unpressed(card: Card, body: _Body) -> list[str]:
    """What to type instead of the buttons that have no place."""
    others = [*card.buttons, *body.spare]
    return [typed(others).rstrip("。")] if others else []


def _submitted(kind: str, card: Card, desc: str, room: Room) -> Json:
    """A card of one button, which hands in what was chosen."""
    (submit,) = card.form.submits if card.form else ()
    top = _drawn(kind, card, _Body(), room)
    title = top["main_title"] | ({"desc": desc} if desc else {})
    return top | {
        "main_title": title,
        "submit_button": {"text": label(submit.label, room.button, "…"), "key": OF_FORM + submit.id},
    }


def _openable(body: _Body, room: Room) -> Sequence[Link]:
    """A smart bot's buttons open nothing (page 4.4)."""
    return body.links if room is APP else ()


def _buttons(card: Card) -> list[tuple[Button, str]]:
    """Each with its key; what decides first: 同意 stands before a form that refuses, 取消 after one to be filled in."""
    pressed = [(button, button.id) for button in card.buttons]
    handed_in = [(button, OF_FORM + button.id) for button in card.form.submits] if card.form else []
    decides = any(button.style is Style.PRIMARY for button in card.buttons)
    return (pressed + handed_in if decides else handed_in + pressed)[:MOST_BUTTONS]


def _button(button: Button, room: Room, key: str) -> Json:
    return {"text": label(button.label, room.button, "…"), "style": _STYLES[button.style], "key": key}
