"""What the page and its browser tell each other, as JSON over one WebSocket."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from adapters.playground.inside import SwitchSeen, TurnSeen, Waiting


class Suggestion(Struct, frozen=True):
    """One line above the composer: ``label`` is shown, ``insert`` fills the field, ``hint`` stands at the right."""

    label: str
    insert: str
    hint: str = ""


# -- what the browser asks -------------------------------------------------------------------------------------------


class Ask(Struct, frozen=True, kw_only=True, tag_field="op"):
    """``id`` comes back with the answer. A ``seat`` is an account: ``feishu:ou_wanglei``; a ``chat`` one of its chats."""

    id: int


class Say(Ask, frozen=True, kw_only=True, tag="say"):
    seat: str
    text: str
    chat: str = "p2p"


class Press(Ask, frozen=True, kw_only=True, tag="press"):
    """``which``, from 0: the same words may stand on a card more than once, in reading order."""

    seat: str
    message: str
    label: str
    which: int = 0
    form: dict[str, Any] = {}


class Read(Ask, frozen=True, kw_only=True, tag="read"):
    seat: str
    messages: list[str]
    chat: str = "p2p"


class Suggest(Ask, frozen=True, kw_only=True, tag="suggest"):
    seat: str
    text: str


class Advance(Ask, frozen=True, kw_only=True, tag="advance"):
    """Either by so many seconds or to an instant (ISO 8601 with offset)."""

    seconds: float = 0.0
    to: str = ""


class Attach(Ask, frozen=True, kw_only=True, tag="attach"):
    """What needs no file of one's own. ``words``: what the messenger understands of a voice message."""

    seat: str
    kind: Literal["audio", "sticker", "location"]
    chat: str = "p2p"
    words: str = ""


class Moment(Ask, frozen=True, kw_only=True, tag="moment"):
    """An instant in words, as the bot reads them."""

    text: str


class Stop(Ask, frozen=True, kw_only=True, tag="stop"):
    """Ends the walk at the instant it has reached."""


class Restart(Ask, frozen=True, kw_only=True, tag="restart"):
    pass


class Look(Ask, frozen=True, kw_only=True, tag="look"):
    """Into the turn of a message (its key), of a line of the strip (its order), of a trace, or into the last one."""

    message: str = ""
    event: int = 0
    trace: str = ""


class Switch(Ask, frozen=True, kw_only=True, tag="switch"):
    """A fault on at exactly these channels; without a name all faults off."""

    name: str = ""
    channels: list[str] = []
    on: bool = False
    value: int = 0


AnyAsk = Look | Switch | Say | Press | Attach | Read | Suggest | Advance | Moment | Stop | Restart
decode = msgspec.json.Decoder(AnyAsk).decode


# -- what it is told -------------------------------------------------------------------------------------------------


class Told(Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class Done(Told, frozen=True, kw_only=True, tag="done"):
    """The end of an ask. ``refused``: why the person's client did not let it happen; ``note``: what the platform makes of
    it, in our words; ``code``: the client's error toast; ``at``: the instant that was asked for."""

    id: int
    refused: str = ""
    note: str = ""
    toast: tuple[str, str] | None = None
    code: int | None = None
    suggestions: list[Suggestion] = []
    turn: TurnSeen | None = None
    at: str = ""


class Chat(Struct, frozen=True):
    """A conversation of an account; ``members`` by name, ``sends`` what else than words can be sent there."""

    id: str
    name: str
    members: list[str]
    sends: list[str]


class Account(Struct, frozen=True):
    """``skin`` is the drawing of its messenger, ``chats`` has the single chat first."""

    key: str
    channel: str
    id: str
    skin: str
    chats: list[Chat]


class Person(Struct, frozen=True):
    """Somebody to sit down at a window; ``group`` is a heading of the switcher."""

    name: str
    role: str
    group: str
    accounts: list[Account]


class Fault(Struct, frozen=True):
    """Why the messenger refuses a card: the code and the words it answers."""

    code: int | str
    words: str


class Message(Struct, frozen=True, kw_only=True):
    """One message as one person sees it now. ``content`` is the payload as it was sent, ``beside`` what the client knows
    besides (names behind mentions, a file's name, replaced buttons).

    ``key`` is its own on the page, ``id`` the messenger's, the same for all members of a group. ``sender`` is "" for the
    bot, ``by`` their name; ``version`` counts changes of the content; ``order`` grows over all windows. ``stuck``: our
    words for what the platform does not let anybody change any more.
    """

    key: str
    id: str
    seat: str
    chat: str
    sender: str
    by: str
    kind: str
    content: dict[str, Any]
    beside: dict[str, Any]
    at: str
    changed: str
    version: int
    recalled: bool
    read: bool
    order: int
    stuck: str = ""
    fault: Fault | None = None


class Due(Struct, frozen=True):
    """``moved``: why it comes then and not on its day; ``whom``: names, with the skin of each one's messenger."""

    at: str
    what: str
    about: str
    why: str
    moved: str = ""
    whom: list[tuple[str, str]] = []


class Day(Struct, frozen=True):
    """``name`` of a day off or of one worked for it; ``ran`` and ``due``: how many timers."""

    date: str
    works: bool
    name: str
    ran: int
    due: int


class Jump(Struct, frozen=True, kw_only=True):
    """The clock was moved; ``order`` says before which messages."""

    order: int
    start: str
    end: str


class Walking(Struct, frozen=True):
    """A walk under way: its goal, and how many instants of how many are behind it."""

    to: str
    done: int
    total: int


class Mark(Struct, frozen=True):
    """What the bot sent and changed at one messenger, and how long after the cause the last of it was there; ``state`` of the
    worst of its deliveries."""

    messenger: str
    sent: int
    changed: int
    seconds: float
    state: Literal["sent", "sending", "waiting", "unknown", "refused"] = "sent"


class Event(Struct, frozen=True, kw_only=True):
    """A line of the activity strip: who did what, at which messenger, and what came of it. ``seat`` and ``message``: whose
    doing it was, and the card that was pressed; ``trace``: the bot's turn, ``about`` its object with its state ``before`` and
    ``after``, in words; ``refused``: the bot said no."""

    order: int
    at: str
    who: str
    what: str
    place: str = ""
    marks: list[Mark] = []
    problem: str = ""
    seat: str = ""
    message: str = ""
    trace: str = ""
    about: str = ""
    before: str = ""
    after: str = ""
    refused: bool = False


class Clock(Told, frozen=True, kw_only=True, tag="clock"):
    """``mode``: what kind of time it is (工作时间, 安静时段 …)."""

    now: str
    due: list[Due]
    walking: Walking | None = None
    mode: str = ""
    week: list[Day] = []


class Trouble(Told, frozen=True, kw_only=True, tag="trouble"):
    """The fault switches, and what is held up."""

    switches: list[SwitchSeen]
    waiting: list[Waiting]


class State(Told, frozen=True, kw_only=True, tag="state"):
    """Everything, when a browser comes and after a restart (then ``run`` is another one)."""

    run: int
    bot: str
    people: list[Person]
    messages: list[Message]
    jumps: list[Jump]
    events: list[Event]
    clock: Clock
    trouble: Trouble


class Changes(Told, frozen=True, kw_only=True, tag="changes"):
    messages: list[Message]
    jumps: list[Jump]
    events: list[Event]
