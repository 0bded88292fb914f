"""Cards as the core means them: a closed set of blocks, buttons and inputs; adapters draw them with ``assert_never``.

All texts are plain: an adapter escapes every one of them, so nobody's words can mention, link or format.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Tone(StrEnum):
    """What a card's colour says; the word in ``Card.tag`` says it too."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


class Block(Struct, frozen=True, tag=True):
    """Something to read on a card."""


class Text(Block, frozen=True):
    text: str
    strong: bool = False


class Fields(Block, frozen=True):
    """Facts as label and value, in order."""

    pairs: tuple[tuple[str, str], ...]


class Table(Block, frozen=True):
    """Rows of a list; a messenger without tables shows them as numbered lines."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Note(Block, frozen=True):
    """A quiet line: a hint, an equivalent command, where something comes from."""

    text: str


class Progress(Block, frozen=True):
    """So many of so many: 送达 506/512."""

    label: str
    done: int
    total: int


class Link(Block, frozen=True):
    """A page to open."""

    text: str
    url: str


class Picture(Block, frozen=True):
    """A stored picture; ``url`` is filled in when the copy is drawn, for where a card holds no picture: it opens it."""

    file: int
    alt: str
    url: str = ""


class Attachment(Block, frozen=True):
    """A stored file: a link, which is filled in when the copy is drawn. No messenger's card holds a file."""

    file: int
    name: str
    picture: bool = False
    url: str = ""


AnyBlock = Text | Fields | Table | Note | Progress | Link | Picture | Attachment


class Option(Struct, frozen=True):
    """``also``: other words for it, understood but not shown."""

    value: str
    label: str
    also: tuple[str, ...] = ()


class Input(Struct, frozen=True, kw_only=True, tag=True):
    """A field of a form; ``initial`` is in the form's own spelling (dates ISO)."""

    name: str
    label: str
    required: bool = True
    hint: str = ""
    initial: str = ""


class TextInput(Input, frozen=True, kw_only=True):
    max_length: int = 200


class LongTextInput(Input, frozen=True, kw_only=True):
    max_length: int = 1000


class NumberInput(Input, frozen=True, kw_only=True):
    """A whole number."""


class MoneyInput(Input, frozen=True, kw_only=True):
    """An amount as people write it: 120万, 9800元."""


class DateInput(Input, frozen=True, kw_only=True):
    """A day, delivered as ISO date."""


class ChoiceInput(Input, frozen=True, kw_only=True):
    options: tuple[Option, ...]


class MultiChoiceInput(Input, frozen=True, kw_only=True):
    """Any number of them; ``initial`` and what is delivered are values joined by ``;``."""

    options: tuple[Option, ...]


class PersonInput(Input, frozen=True, kw_only=True):
    """Somebody the asker may name, on whatever messenger they are: a messenger's own picker would offer everybody in it.

    Too many to list: no options, and the name is typed.
    """

    options: tuple[Option, ...]


class FileInput(Input, frozen=True, kw_only=True):
    """A file: no messenger's card takes one. It is asked for in the chat, or by the upload page."""


OneOfInput = ChoiceInput | PersonInput
AnyInput = (
    TextInput
    | LongTextInput
    | NumberInput
    | MoneyInput
    | DateInput
    | ChoiceInput
    | MultiChoiceInput
    | PersonInput
    | FileInput
)


class Style(StrEnum):
    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


class Confirm(Struct, frozen=True):
    """Asked by the messenger before the click is sent; where it cannot, in the chat after it."""

    title: str
    text: str


class Button(Struct, frozen=True):
    """Calls a command with some of its values already given: exactly what typing that command would do.

    ``id`` is filled in when the copy is drawn; it means nothing by itself (contract 6).
    """

    label: str
    command: str
    values: dict[str, str] = {}
    style: Style = Style.PLAIN
    confirm: Confirm | None = None
    id: str = ""


class Form(Struct, frozen=True):
    inputs: tuple[AnyInput, ...]
    submits: tuple[Button, ...]


class Decided(Struct, frozen=True):
    """Who settled what this card asked, and when (already in the organisation's words: ``13:05``)."""

    verdict: str
    by: str
    at: str

    @property
    def line(self) -> str:
        return f"{self.verdict} {self.by} {self.at}"

    @property
    def repeated(self) -> str:
        """What a second click on the settled card is told (contract 6)."""
        return f"已处理:{self.by} {self.at} {self.verdict}"


class Card(Struct, frozen=True):
    """One card. ``tag`` is the state in a word; ``decided`` stands in place of the buttons once there is nothing to decide."""

    title: str
    tone: Tone = Tone.NEUTRAL
    tag: str = ""
    blocks: tuple[AnyBlock, ...] = ()
    buttons: tuple[Button, ...] = ()
    form: Form | None = None
    decided: Decided | None = None

    @property
    def all_buttons(self) -> tuple[Button, ...]:
        return self.buttons + (self.form.submits if self.form else ())

    @property
    def lone(self) -> Attachment | None:
        """A card that is nothing but a file goes out as a file, where the messenger takes it."""
        only = self.blocks[0] if len(self.blocks) == 1 else None
        return only if isinstance(only, Attachment) and only.name == self.title and self.closed else None

    @property
    def closed(self) -> bool:
        """Nothing on it can be pressed: an edit that draws it has to arrive."""
        return not self.all_buttons
