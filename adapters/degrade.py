"""A card that is too large for a messenger becomes a smaller card that says so; the same steps for everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar, assert_never

from msgspec import Struct
from msgspec.structs import replace

from adapters.text import cut, ending, object_id
from bot.cards import (
    AnyBlock,
    AnyInput,
    Attachment,
    Button,
    Card,
    ChoiceInput,
    Confirm,
    Decided,
    Fields,
    Form,
    Link,
    MultiChoiceInput,
    Note,
    PersonInput,
    Picture,
    Progress,
    Table,
    Text,
)

T = TypeVar("T")


class Sizes(Struct, frozen=True):
    """The most of everything: characters of a text, rows, pairs, options, blocks and buttons of a card."""

    text: int
    rows: int
    pairs: int
    options: int
    blocks: int
    buttons: int = 20


STEPS = (
    Sizes(text=4000, rows=200, pairs=60, options=100, blocks=60),
    Sizes(text=1000, rows=50, pairs=30, options=50, blocks=30),
    Sizes(text=300, rows=20, pairs=20, options=20, blocks=15),
    Sizes(text=100, rows=10, pairs=12, options=10, blocks=10),
    Sizes(text=40, rows=5, pairs=6, options=5, blocks=6, buttons=10),
    Sizes(text=20, rows=3, pairs=2, options=3, blocks=2, buttons=5),
)
NUMBER = "序号"
"""The column whose numbers are what people answer with."""
MOST_TITLE = 100
MOST_LABEL = 40


def fitting(card: Card, draw: Callable[[Card], T], fits: Callable[[T], bool]) -> T:
    """The card drawn as large as it fits; the smallest drawing if nothing does."""
    drawn = draw(shrunk(card, STEPS[0]))
    for sizes in STEPS[1:]:
        if fits(drawn):
            break
        drawn = draw(shrunk(card, sizes))
    return drawn


def about(card: Card) -> str:
    """The id to ask for when something was cut: the first one outside the tables, whose rows are other objects."""
    texts = [card.title, *(text for block in card.blocks for text in _texts(block))]
    return next(filter(None, map(object_id, texts)), "")


Subject = Callable[[], str]
"""``about`` of the card: asked for only where something is cut."""


def _cut(text: str, most: int, subject: Subject) -> str:
    return text if len(text) <= most else cut(text, most, subject())


def _texts(block: AnyBlock) -> tuple[str, ...]:
    match block:
        case Text(text) | Note(text):
            return (text,)
        case Fields(pairs):
            return tuple(value for _, value in pairs)
        case Table() | Progress() | Link() | Picture() | Attachment():
            return ()
        case _:
            assert_never(block)


def shrunk(card: Card, sizes: Sizes) -> Card:
    """The card within sizes; where something is left out, a line says so and how to read on."""
    subject = cache(lambda: about(card))
    blocks = [part for block in card.blocks[: sizes.blocks] for part in _block(block, sizes, subject)]
    if len(card.blocks) > sizes.blocks:
        blocks.append(Note(ending(subject())))
    if missing := [button.label for button in card.buttons[sizes.buttons :]]:
        blocks.append(Note(_cut(f"还可以直接输入：{'、'.join(missing)}", sizes.text, subject)))
    return replace(
        card,
        title=_cut(card.title, min(MOST_TITLE, sizes.text), subject),
        tag=cut(card.tag, min(MOST_LABEL, sizes.text)),
        blocks=tuple(blocks),
        buttons=tuple(_button(button, sizes) for button in card.buttons[: sizes.buttons]),
        form=_form(card.form, sizes) if card.form else None,
        decided=_decided(card.decided, sizes) if card.decided else None,
    )


def _block(block: AnyBlock, sizes: Sizes, subject: Subject) -> tuple[AnyBlock, ...]:
    match block:
        case Text(text, strong):
            return (Text(_cut(text, sizes.text, subject), strong),)
        case Note(text):
            return (Note(_cut(text, sizes.text, subject)),)
        case Fields(pairs):
            kept = tuple((cut(label, MOST_LABEL), _cut(value, sizes.text, subject)) for label, value in pairs)
            whole = len(pairs) <= sizes.pairs
            return (Fields(kept[: sizes.pairs]),) if whole else (Fields(kept[: sizes.pairs]), Note(ending(subject())))
        case Progress(label, done, total):
            return (Progress(cut(label, MOST_LABEL), done, total),)
        case Table(columns, rows):
            return _table(columns, rows, sizes)
        case Link(text):
            return (replace(block, text=cut(text, MOST_LABEL)),)
        case Picture(alt=alt):
            return (replace(block, alt=cut(alt, MOST_LABEL)),)
        case Attachment():
            return (block,)
        case _:
            assert_never(block)


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], sizes: Sizes) -> tuple[AnyBlock, ...]:
    table = Table(
        tuple(cut(column, MOST_LABEL) for column in columns),
        tuple(tuple(cut(cell, sizes.text) for cell in row) for row in rows[: sizes.rows]),
    )
    return (table,) if len(rows) <= sizes.rows else (table, Note(f"…还有 {len(rows) - sizes.rows} 行"))


def _button(button: Button, sizes: Sizes) -> Button:
    confirm = button.confirm
    if confirm:
        confirm = Confirm(cut(confirm.title, min(MOST_LABEL, sizes.text)), cut(confirm.text, sizes.text))
    return replace(button, label=cut(button.label, min(MOST_LABEL, sizes.text)), confirm=confirm)


def _form(form: Form, sizes: Sizes) -> Form:
    return Form(
        tuple(_input(field, sizes) for field in form.inputs),
        tuple(_button(button, sizes) for button in form.submits),
    )


def _input(field: AnyInput, sizes: Sizes) -> AnyInput:
    """Initial values stay whole: they would come back as the person's own words."""
    kept = replace(field, label=cut(field.label, min(MOST_LABEL, sizes.text)), hint=cut(field.hint, MOST_LABEL))
    if not isinstance(kept, ChoiceInput | MultiChoiceInput | PersonInput) or len(kept.options) <= sizes.options:
        return kept
    initial = kept.initial.split(";") if isinstance(kept, MultiChoiceInput) else [kept.initial]
    chosen = tuple(option for option in kept.options[sizes.options :] if option.value in initial)
    shown = kept.options[: sizes.options] + chosen
    return replace(kept, options=shown, hint=f"还有 {len(kept.options) - len(shown)} 项，可直接输入")


def _decided(decided: Decided, sizes: Sizes) -> Decided:
    return Decided(cut(decided.verdict, sizes.text), cut(decided.by, sizes.text), cut(decided.at, sizes.text))


def measured(progress: Progress) -> str:
    """送达 506/512 ■■■■■■■■■□ 98%: a bar of ten that is full only when everything is done. No messenger's card has one."""
    done = max(0, min(progress.done, progress.total))
    tenths = 10 * done // progress.total if progress.total else 10
    percent = 100 * done // progress.total if progress.total else 100
    return f"{progress.label} {progress.done}/{progress.total} {'■' * tenths}{'□' * (10 - tenths)} {percent}%"


def as_link(block: Link | Picture | Attachment) -> Link:
    """What opens it; without an address (in a group) only what it is called."""
    match block:
        case Link():
            return block
        case Picture(alt=alt, url=url):
            return Link(f"查看图片：{alt}", url)
        case Attachment(name=name, url=url):
            return Link(name, url)
        case _:
            assert_never(block)


def numbered(table: Table) -> str:
    """A table as lines, for messengers and places without tables. Rows that bear numbers keep theirs."""
    own = table.columns[:1] == (NUMBER,)
    lines = (" ".join(cell for cell in row[own:] if cell) for row in table.rows)
    if own:
        return "\n".join(f"{row[0]}. {line}" for row, line in zip(table.rows, lines, strict=True))
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
