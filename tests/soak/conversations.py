"""Random conversations, turn by turn on the real store, through the work that ``serve`` gives it.

Words, buttons (current, stale, forged, somebody else's), repetitions, turns that fail, replays, restarts, the clock; after each
step all of ``tests.soak.holding`` must hold. Every wait has a limit, and says what it waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Text, cast, func, select

from adapters.feishu.adapter import CAN
from bot.app import all_features
from bot.cards import Card
from bot.clock import ManualClock
from bot.clockwork import Clockwork
from bot.config import Config
from bot.converse import Conversation
from bot.copies import Copyist
from bot.errors import Unavailable
from bot.jobs import FAILED_KEPT, Chore, Ticker
from bot.keys import head_signer, open_keyring
from bot.messages import NOTHING, Account, AnyInbound, Form, Press, Say, single_chat
from bot.ports import End, Failure, Sending, Taken
from bot.premises import Premises
from bot.turn import Turn
from handlers.approvals.tables import approvals
from handlers.deals.tables import deals, protections
from storage import holidays
from storage.seals import seal
from storage.store import Database
from storage.tables import audit, copies, drafts, inbox, outbox
from storage.unit import Unit
from tests.build import configuration
from tests.soak.copied import copied
from tests.soak.crowd import Crowd, manager, rep
from tests.soak.holding import HOLDS, Known
from tests.soak.sayings import CUSTOMERS, FORGERIES, FORMS, HALVES, LEAPS, LINES, QUESTIONS, REASON
from tests.soak.scene import organise

T = TypeVar("T")
CROWD = Crowd(reps=3, managers=2)
REPS = (rep(0), rep(1), rep(2))
DECIDERS = (manager(0), manager(1), "ou_director")
PEOPLE = (*REPS, *DECIDERS, "ou_nobody")
LONGEST = 30.0
"""Seconds of one wait. The store gives up after 10 of its own, and says why."""
STEP = 0.25
"""Seconds a step takes at most on average, ten times what it needs: all conversations together have to end."""


class Drawn(NamedTuple):
    """A button on a card in somebody's chat."""

    whose: str
    label: str
    id: str
    in_form: bool


class Conversations(RuleBasedStateMachine):
    """``fresh`` gives the configuration of a database with the organisation in it; ``until`` is the end, machine time."""

    fresh: Callable[[], AbstractContextManager[Config]]
    until: float

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()
        self.pushes: list[tuple[AnyInbound, Taken]] = []
        self.shown: list[Drawn] = []
        """Everything ever drawn."""
        self.seen_rows = 0
        self.clock = ManualClock(CROWD.start)
        self.loop = asyncio.new_event_loop()
        with ExitStack() as stack:
            stack.callback(self.loop.close)
            self.config = stack.enter_context(type(self).fresh())
            self._compose()
            self._open()
            stack.callback(lambda: self.store.close())
            self.stack = stack.pop_all()

    def _compose(self) -> None:
        self.keys, self.catalog = open_keyring(self.config), all_features()
        self.house = Premises(self.config.organization, lambda unit: holidays.read(unit.sql))
        can = {"feishu": CAN}
        self.copyist = Copyist(self.catalog, self.keys, can)
        self.conversation = Conversation(self.catalog, self.copyist, self.keys, self.house, can)
        self.known = Known(self.keys, self.catalog, self.copyist, self._nobodys_turn)

    def _open(self) -> None:
        """A process starts."""
        self.store = Database(self.config.database.url.get_secret_value(), turns=1, others=1)
        self._write("the holiday table", self.house.refresh)
        clockwork, sign = Clockwork(self.catalog, self.copyist, self.house), head_signer(self.keys)
        self.ticker = Ticker(
            self.store,
            self.clock,
            clockwork.runs(),
            chores=(Chore("seal", lambda unit, now: seal(unit, sign, now)),),
        )

    def teardown(self) -> None:
        self.stack.close()

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), words=st.sampled_from(LINES))
    def say(self, who: str, words: str) -> None:
        said = Say(**self._envelope(who), text=words)
        self.known.cancelled += words == "取消"
        self._turn(said)
        assert 1 <= self._sent_for(said) <= 3, f"{words!r} has {self._sent_for(said)} answers"

    @rule(who=st.sampled_from(PEOPLE), words=st.text(max_size=40))
    def say_anything(self, who: str, words: str) -> None:
        self.say(who, words)

    @rule(who=st.sampled_from(REPS), customer=st.sampled_from(CUSTOMERS), presses=st.booleans())
    def register(self, who: str, customer: str, presses: bool) -> None:
        """All the way, unless the check refuses it."""
        self.say(who, f"报备 {customer} 中央空调改造 120万 6月底签")
        if presses and (drawn := self._newest(who, "提交")):
            self._press(who, drawn)
        elif not presses:
            self.say(who, "提交")

    @rule(who=st.sampled_from(REPS), words=st.sampled_from(HALVES), between=st.sampled_from(QUESTIONS))
    def leave_half_done(self, who: str, words: str, between: str) -> None:
        """A question is open while they ask for something else."""
        self.say(who, words)
        self.say(who, between)

    @rule(who=st.sampled_from(DECIDERS), label=st.sampled_from(["同意", "驳回"]))
    def decide(self, who: str, label: str) -> None:
        if drawn := self._newest(who, label):
            self._press(who, drawn, {"reason": REASON} if label == "驳回" else None)

    @precondition(lambda self: self.known.approvals)
    @rule(data=st.data(), verdict=st.sampled_from(["同意 SP{}", f"驳回 SP{{}} {REASON}"]))
    def decide_in_words(self, data: st.DataObject, verdict: str) -> None:
        """Whoever it was sent to, once or again."""
        number, who = data.draw(st.sampled_from(sorted(self.known.approvals.items())))
        self.say(who, verdict.format(number))

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        """Any button of theirs, of the newest drawing or an old one; forms are filled in somehow."""
        drawn = data.draw(st.sampled_from(self.shown))
        self._press(drawn.whose, drawn, data.draw(FORMS) if drawn.in_form else None)

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def press_what_is_not_theirs(self, data: st.DataObject, who: str) -> None:
        drawn = data.draw(st.sampled_from(self.shown))
        if who != drawn.whose:
            self._changes_nothing(who, drawn.id)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def forge(self, data: st.DataObject, who: str) -> None:
        """Something, or what differs from a real one in a single character."""
        drawn = data.draw(st.sampled_from([None, *self.shown[-8:]]))
        if drawn is None:
            self._changes_nothing(who, data.draw(FORGERIES))
            return
        at = data.draw(st.integers(0, 30)) % len(drawn.id)  # ids are random, and so is their length
        changed = "0" if drawn.id[at] != "0" else "1"
        self._changes_nothing(drawn.whose, drawn.id[:at] + changed + drawn.id[at + 1 :])

    @precondition(lambda self: self.pushes)
    @rule(data=st.data(), renamed=st.booleans())
    def repeat(self, data: st.DataObject, renamed: bool) -> None:
        """The same push again, or the same message under another event: the stored answer, and nothing else."""
        pushed, taken = data.draw(st.sampled_from(self.pushes[-8:]))
        if renamed and pushed.alias:
            pushed = msgspec.structs.replace(pushed, key=pushed.key + "again")
        before = self._everything()
        assert self._one_turn(pushed).answer == taken.answer
        assert self._everything() == before

    @rule(who=st.sampled_from(PEOPLE[:6]), words=st.sampled_from(LINES), label=st.sampled_from(["", "提交", "同意"]))
    def fail(self, who: str, words: str, label: str) -> None:
        """The program breaks at the very end of a turn: nothing of it stays but the push."""
        drawn = self._newest(who, label)
        envelope = self._envelope(who)
        inbound = Press(**envelope | {"alias": "", "button": drawn.id}) if drawn else Say(**envelope, text=words)
        before, now = self._read("what people own", _objects), self.clock.now()

        def broken(unit: Unit) -> None:
            self.conversation.turn(unit, inbound, now, lambda: True)
            raise ZeroDivisionError

        with contextlib.suppress(ZeroDivisionError):
            self._write("a turn that breaks", broken)
        self._write("its record", lambda unit: unit.inbox.fail(inbound, now, NOTHING, inbound.trace[:8], "broken"))
        assert self._read("what people own", _objects) == before
        self.known.pushes.add(inbound.key)
        self.known.failed[inbound.key] = inbound

    @precondition(lambda self: self.known.failed)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """The operator runs what failed again, twice; the next tick follows."""
        inbound = data.draw(st.sampled_from(list(self.known.failed.values())))
        del self.known.failed[inbound.key]
        waiting = self._read("what failed", lambda unit: unit.inbox.failures())
        failure = next(each for each in waiting if each.push.key == inbound.key)
        if self.clock.now() - failure.received > FAILED_KEPT:
            self._write("what is too old", lambda unit: unit.inbox.close(inbound, End.REFUSED, NOTHING, None))
            return
        self.known.cancelled += isinstance(inbound, Say) and inbound.text == "取消"
        ends = [self._write("a replay", partial(self._replayed, failure)) for _ in range(2)]
        assert ends[0] in (End.DONE, End.REFUSED)
        assert ends[1] is None
        assert 1 <= self._sent_for(inbound) <= 3
        self.wait({})

    def _replayed(self, failure: Failure, unit: Unit) -> End | None:
        return self.conversation.replay(unit, failure, self.clock.now())

    @rule()
    def restart(self) -> None:
        self.store.close()
        self._open()

    @rule(leap=LEAPS)
    def wait(self, leap: dict[str, int]) -> None:
        self.clock.advance(timedelta(**leap))
        self._within(f"the tick after {leap}", self.ticker.tick())
        waiting = self._read("what is still due", lambda unit: unit.jobs.next_due(1))
        assert not [slot for slot in waiting if slot.due <= self.clock.now()], f"the tick left {waiting}"
        self._nobody_is_told_twice()
        self._look()

    def _nobody_is_told_twice(self) -> None:
        """However long the clock stood still: what was missed comes once."""
        new = (outbox.c.id > self.seen_rows, outbox.c.what == Sending.SEND)
        sent = select(outbox.c.chat, cast(outbox.c.content, Text)).where(*new)
        told = self._read("what was told", lambda unit: Counter(unit.sql.execute(sent).all()))
        assert not [line for line, times in told.items() if times > 1]

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        assert time.monotonic() < self.until, "the conversations take too long"
        self._read("what must hold", lambda unit: [holds(unit, self.known) for holds in HOLDS])

    # -- how ---------------------------------------------------------------------------------------------------------

    def _envelope(self, who: str) -> dict[str, Any]:
        number = next(self.numbers)
        sender = Account("feishu", "", who)
        return {
            "key": f"e{number}",
            "alias": f"m{number}" if number % 2 else "",
            "sender": sender,
            "place": single_chat(sender),
            "sent_at": self.clock.now(),
            "trace": secrets.token_hex(8),
        }

    def _press(self, who: str, drawn: Drawn, values: dict[str, str] | None = None) -> None:
        self.known.cancelled += drawn.label == "取消"
        self._click(who, drawn.id, values)

    def _changes_nothing(self, who: str, button: str) -> None:
        before = self._read("what people own", _objects)
        taken = self._click(who, button)
        assert taken.answer.card is None
        assert self._read("what people own", _objects) == before

    def _click(self, who: str, button: str, values: dict[str, str] | None = None) -> Taken:
        envelope = self._envelope(who) | {"alias": "", "button": button}
        pressed = Press(**envelope) if values is None else Form(**envelope, values=values)
        taken = self._turn(pressed)
        answered = taken.answer.toast or taken.answer.card or self._sent_for(pressed)
        assert answered, f"a press of {button} has no answer"
        return taken

    def _turn(self, inbound: AnyInbound) -> Taken:
        taken = self._one_turn(inbound)
        self.pushes.append((inbound, taken))
        self.known.pushes.add(inbound.key)
        self._look()
        return taken

    def _one_turn(self, inbound: AnyInbound) -> Taken:
        now = self.clock.now()
        _, taken = self._write(
            f"the turn of {inbound}", lambda unit: self.conversation.turn(unit, inbound, now, lambda: True)
        )
        return taken

    def _look(self) -> None:
        """Remembers every button that was drawn since."""
        columns = select(outbox.c.id, outbox.c.chat, outbox.c.content)
        new = columns.where(outbox.c.id > self.seen_rows).order_by(outbox.c.id)
        for row in self._read("what was drawn", lambda unit: unit.sql.execute(new).all()):
            self.seen_rows = row.id
            if isinstance(row.content, Card):
                in_form = {b.id for b in row.content.form.submits} if row.content.form else set()
                self.shown += [Drawn(row.chat, b.label, b.id, b.id in in_form) for b in row.content.all_buttons]

    def _newest(self, who: str, label: str) -> Drawn | None:
        return next((drawn for drawn in reversed(self.shown) if (drawn.whose, drawn.label) == (who, label)), None)

    def _sent_for(self, inbound: AnyInbound) -> int:
        mine = (outbox.c.trace == inbound.trace, outbox.c.chat == inbound.place.chat, outbox.c.what == Sending.SEND)
        sent = select(func.count()).where(*mine)
        return self._read("the answers", lambda unit: int(unit.sql.execute(sent).scalar_one()))

    def _everything(self) -> list[Any]:
        return self._read("everything", lambda unit: [*_counts(unit), *_objects(unit)])

    def _nobodys_turn(self, unit: Unit) -> Turn:
        house, now = self.house(), self.clock.now()
        return Turn(now=now, trace="", house=house, catalog=self.catalog, unit=unit, signer=self.keys)

    def _write(self, what: str, work: Callable[[Unit], T]) -> T:
        return self._within(what, self.store.write(work, turn=True))

    def _read(self, what: str, work: Callable[[Unit], T]) -> T:
        return self._within(what, self.store.read(work))

    def _within(self, what: str, waiting: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(LONGEST):
                return await waiting

        try:
            return self.loop.run_until_complete(bounded())
        except TimeoutError:
            raise AssertionError(f"{what} took longer than {LONGEST:.0f} s") from None
        except Unavailable as error:
            raise AssertionError(f"{what}: {error}") from error


def _objects(unit: Unit) -> list[Any]:
    """What people own."""
    tables = (deals, protections, approvals, drafts)
    return [unit.sql.execute(select(table).order_by(*table.primary_key)).all() for table in tables]


def _counts(unit: Unit) -> list[int]:
    tables = (inbox, outbox, copies, audit)
    return [unit.sql.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def converse(
    database_url: str, folder: Path, conversations: int, steps: int, seed: int | None = None, *, shrink: bool = False
) -> None:
    """Each on a database of its own. Without a seed the same choices every time.

    ``shrink`` looks for the shortest conversation that fails: up to five minutes more, once something is wrong.
    """
    (folder / "now").write_text(CROWD.start.isoformat(), encoding="utf-8")
    organise(configuration(folder, database_url, folder / "now", {}), CROWD)

    @contextmanager
    def fresh() -> Iterator[Config]:
        with copied(database_url) as url:
            yield configuration(folder, url, folder / "now", {})

    class Machine(Conversations):
        pass

    Machine.fresh = staticmethod(fresh)
    Machine.until = time.monotonic() + LONGEST + conversations * steps * STEP
    machine = Machine if seed is None else hypothesis_seed(seed)(Machine)
    chosen = settings(
        max_examples=conversations,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=chosen)
