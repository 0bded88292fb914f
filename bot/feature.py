"""How a capability tells the core what it can do. Every kind of contribution stands here, once.

A capability's ``feature.py`` makes one ``Feature``; its other modules decorate their functions with it. The catalog
collects the features, checks that words, views and kinds are unambiguous, and is what the core looks things up in.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache, partial
from typing import TYPE_CHECKING, Any, get_type_hints

from msgspec import Struct

from bot.cards import Card
from bot.deadlines import Alert, DeadlineOf, Doorman, DueView, Follower, Passed
from bot.entry import Kind, Preview, Slot, slots_of
from bot.guessing import Guard
from bot.holding import Filing as Filing
from bot.holding import Holder as Holder
from bot.permit import Person, Role
from bot.reports import AccountNews, GroupNews, Reporter

if TYPE_CHECKING:
    from bot.turn import Reply, Turn, Viewer

Handler = Callable[..., "Reply"]
Check = Callable[..., Preview | None]
ViewFunction = Callable[[Any, int, "Viewer"], Card]


@dataclass(slots=True)
class Command:
    """Something a person can say or press. ``name`` is what buttons carry: "deals.register".

    ``on``: the kind of id this command takes, which decides between capabilities that share a word; ``opens``: a bare id
    of that kind means this command. ``public`` commands answer strangers too. ``in_group``: the answer may stand in a
    group; otherwise it goes to the person's single chat, because a group holds people of less right (R12.4).
    """

    name: str
    handler: Handler
    words: tuple[str, ...]
    entry: type | None
    help: str = ""
    example: str = ""
    roles: tuple[Role, ...] = ()
    on: str = ""
    opens: bool = False
    public: bool = False
    in_group: bool = False
    checker: Check | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots_of(self.entry)

    @property
    def title(self) -> str:
        return self.words[0] if self.words else self.name

    @property
    def kept(self) -> bool:
        """Whether an unfinished one is a draft, kept and offered again; with one thing to say it is only a question."""
        return _asks_for_several(self.entry)

    def takes(self, kind: str) -> bool:
        """Whether an id of this kind belongs to it."""
        return any(s.ref == kind or (s.kind is Kind.REF and s.via is not None) for s in self.slots)

    def check(self, function: Check) -> Check:
        """Decorator: may refuse, may return a Preview; runs before the preview and again inside the commit."""
        self.checker = function
        return function

    def allowed(self, person: Person | None) -> bool:
        if person is None:
            return self.public
        return person.active and (not self.roles or person.role in self.roles)


@cache
def _asks_for_several(entry: type | None) -> bool:
    return sum(not s.optional and s.kind is not Kind.REF for s in slots_of(entry)) > 1


@dataclass(frozen=True, slots=True)
class View:
    """Draws one object for one viewer, now. ``of`` is the object's kind; ``over`` the view it is drawn around, "" if none."""

    name: str
    of: str
    draw: ViewFunction
    over: str = ""

    @property
    def face(self) -> str:
        """Cards with one face are one thing to people: in a chat the newer takes the older's place."""
        return self.over or self.name


@dataclass(frozen=True, slots=True)
class Job:
    """What the clock runs. ``daily``: promised anew for every day at that time; otherwise handlers promise its slots."""

    name: str
    run: Callable[..., None]
    daily: time | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """How a capability's objects take part in approvals: what the approver reads, and what a verdict does to them.

    ``decided(turn, db, number, verdict, reason)`` with verdict "agreed" or "refused" runs in the deciding turn; it returns what
    the decider reads of it: the object's new state, and who acts next.
    """

    kind: str
    title: Callable[[Any, int], str]
    fields: Callable[[Any, int, Viewer], tuple[tuple[str, str], ...]]
    decided: Callable[[Turn, Any, int, str, str], str]


class ToDo(Struct, frozen=True):
    """One thing that waits for a person: shown by 待办, answered by typing its number."""

    ref: str
    text: str
    command: str
    due: datetime | None = None


class Row(Struct, frozen=True):
    """A row of an import file: its number as the spreadsheet shows it, and the cells by canonical header."""

    number: int
    cells: dict[str, str]


class Problem(Struct, frozen=True):
    row: int
    column: str
    text: str


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did or, dry, would do. Any problem: nothing was written."""

    new: int = 0
    changed: int = 0
    same: int = 0
    duplicate: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """``headers``: canonical name → other spellings of it; ``load(db, rows, now)`` writes or reports problems."""

    name: str
    headers: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    load: Callable[[Any, Sequence[Row], datetime], Imported]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """``python -m bot NAME``. ``run(desk, ...)``: typer-style parameters after the first, which is a ``bot.app.Desk``."""

    name: str
    run: Callable[..., int]
    group: str = ""


class Scene(Struct, frozen=True):
    """The sample organisation at work, for the gallery and its golden files: a capability shows what its cards look like.

    Each line is something somebody does: ``王磊: 报备 …`` says it, ``王磊@群: …`` in the group, ``李静 按 同意`` presses,
    ``王磊 发 照片`` sends a picture, ``时钟 2026-03-02 13:00`` moves business time. ``{邀请码}`` and ``{关联码}`` stand for the
    code somebody saw last, ``{这里}`` for the messenger, ``访客`` for somebody unknown on another one.
    """

    name: str
    title: str
    lines: tuple[str, ...]


class Level:
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class CheckLine(Struct, frozen=True):
    """One line of the doctor: level ok, warn or fail; the text says what to do."""

    level: str
    text: str


@dataclass(slots=True)
class Feature:
    """One capability. ``needs`` are the folders it may import."""

    name: str
    title: str
    needs: tuple[str, ...] = ()
    commands: list[Command] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    due_views: dict[str, DueView] = field(default_factory=dict)
    followers: list[Follower] = field(default_factory=list)
    doormen: list[Doorman] = field(default_factory=list)
    reporters: dict[str, Reporter] = field(default_factory=dict)
    group_news: list[GroupNews] = field(default_factory=list)
    account_news: list[AccountNews] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    filing: Filing | None = None
    guard: Guard | None = None
    todos: list[Callable[[Any, Person, datetime], Sequence[ToDo]]] = field(default_factory=list)
    importers: list[Importer] = field(default_factory=list)
    subcommands: list[Subcommand] = field(default_factory=list)
    checks: list[Callable[[Any, datetime], Sequence[CheckLine]]] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    glossary: dict[str, str] = field(default_factory=dict)
    """What people read for the actions and values this capability records in the trail: "deal.registered" → 登记报备."""

    def command(self, *words: str, **options: Any) -> Callable[[Handler], Command]:
        """``options`` are Command's fields: help, example, roles, on, opens, public, in_group."""

        def register(handler: Handler) -> Command:
            made = Command(f"{self.name}.{handler.__name__}", handler, words, _entry_of(handler), **options)
            self.commands.append(made)
            return made

        return register

    def scene(self, name: str, title: str, *lines: str) -> None:
        """Every view is drawn in some scene; ``name`` is unique within the capability."""
        self.scenes.append(Scene(f"{self.name}.{name}", title, lines))

    def view(self, name: str, *, of: str) -> Callable[[ViewFunction], ViewFunction]:
        def register(draw: ViewFunction) -> ViewFunction:
            self.views.append(View(name, of, draw))
            return draw

        return register

    def job(self, name: str, *, daily: time | None = None, why: str = "") -> Callable[..., Callable[..., None]]:
        """``run(turn, db, slot)``; one transaction per slot."""

        def register(run: Callable[..., None]) -> Callable[..., None]:
            self.jobs.append(Job(f"{self.name}.{name}", run, daily, why))
            return run

        return register

    def alert(self, kind: str, *, view: str = "", passed: Passed | None = None) -> Callable[[DeadlineOf], DeadlineOf]:
        """What is due of objects of this kind; ``bot.deadlines`` shows an example."""

        def register(deadline: DeadlineOf) -> DeadlineOf:
            self.alerts.append(Alert(kind, view, deadline, passed))
            return deadline

        return register

    def due_view(self, name: str) -> Callable[[DueView], DueView]:
        """A view of every kind of object that something is due of: of tasks, ``NAME/RW``."""

        def register(draw: DueView) -> DueView:
            self.due_views[name] = draw
            return draw

        return register

    def follower(self, function: Follower) -> Follower:
        self.followers.append(function)
        return function

    def doorman(self, function: Doorman) -> Doorman:
        self.doormen.append(function)
        return function

    def delivery_report(self, view: str) -> Callable[[Reporter], Reporter]:
        """What becomes of this view's cards: delivered, failed, read; ``bot.reports`` shows an example."""

        def register(report: Reporter) -> Reporter:
            self.reporters[view] = report
            return report

        return register

    def on_group(self, function: GroupNews) -> GroupNews:
        self.group_news.append(function)
        return function

    def on_account_gone(self, function: AccountNews) -> AccountNews:
        self.account_news.append(function)
        return function

    def subject(self, subject: Subject) -> None:
        self.subjects.append(subject)

    def holder(self, holder: Holder) -> None:
        self.holders.append(holder)

    def todo(self, function: Callable[[Any, Person, datetime], Sequence[ToDo]]) -> Callable[..., Sequence[ToDo]]:
        self.todos.append(function)
        return function

    def importer(self, name: str, headers: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> Callable[..., Any]:
        def register(load: Callable[[Any, Sequence[Row], datetime], Imported]) -> Callable[..., Imported]:
            self.importers.append(Importer(name, headers, required, load))
            return load

        return register

    def subcommand(self, name: str, *, group: str = "") -> Callable[[Callable[..., int]], Callable[..., int]]:
        def register(run: Callable[..., int]) -> Callable[..., int]:
            self.subcommands.append(Subcommand(name, run, group))
            return run

        return register

    def check_line(self, function: Callable[[Any, datetime], Sequence[CheckLine]]) -> Callable[..., Any]:
        self.checks.append(function)
        return function


def _entry_of(handler: Handler) -> type | None:
    """The annotation of a handler's third parameter, if it has one."""
    parameters = list(inspect.signature(handler).parameters)
    if len(parameters) < 3:
        return None
    entry = get_type_hints(handler).get(parameters[2])
    return entry if isinstance(entry, type) else None


class Catalog:
    """All features, looked up by word, name and kind. Ambiguity is a start-up error, not a guess at run time."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self.commands = {c.name: c for f in self.features for c in f.commands}
        self.alerts = {a.kind: a for f in self.features for a in f.alerts}
        self.followers = [follow for f in self.features for follow in f.followers]
        self.doormen = [ask for f in self.features for ask in f.doormen]
        self.views = {v.name: v for f in self.features for v in (*f.views, *self._due_views(f))}
        self.jobs = {j.name: j for f in self.features for j in f.jobs}
        self.subjects = {s.kind: s for f in self.features for s in f.subjects}
        self.holders = {h.kind: h for f in self.features for h in f.holders}
        self.reporters = {view: report for f in self.features for view, report in f.reporters.items()}
        self.group_news = [hear for f in self.features for hear in f.group_news]
        self.account_news = [hear for f in self.features for hear in f.account_news]
        self.filing = next((f.filing for f in self.features if f.filing), None)
        self.guard = next((f.guard for f in self.features if f.guard), None)
        self.words: dict[str, list[Command]] = {}
        for command in self.commands.values():
            for word in command.words:
                self._claim(word, command)
        self.by_initial: dict[str, list[str]] = {}
        """The longest first."""
        for word in sorted(self.words, key=len, reverse=True):
            self.by_initial.setdefault(word[0], []).append(word)

    def _due_views(self, feature: Feature) -> Iterator[View]:
        for name, draw in feature.due_views.items():
            for alert in (each for each in self.alerts.values() if each.view):
                yield View(f"{name}/{alert.kind}", alert.kind, partial(draw, alert), over=alert.view)

    def _claim(self, word: str, command: Command) -> None:
        claimed = self.words.setdefault(word, [])
        for other in claimed:
            if other.on == command.on:
                raise ValueError(f"{other.name} and {command.name} both claim 「{word}」 for {command.on or 'no id'}")
        claimed.append(command)
        slots_of(command.entry)

    def opener(self, kind: str) -> Command | None:
        """The command a bare id of this kind means."""
        return next((c for c in self.commands.values() if c.on == kind and c.opens), None)

    def commands_for(self, person: Person | None) -> list[Command]:
        """What this person may do now, in the order the features were given; only what can be typed."""
        return [c for f in self.features for c in f.commands if c.words and c.allowed(person)]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(c.on for c in self.commands.values() if c.on)
