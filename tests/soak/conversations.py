"""Random conversations: what people, their messenger, the clock, an operator and a broken program do, in any order.

Words, buttons (current, stale, forged, somebody else's), repetitions, turns that fail, replays, restarts, a clock that
moves; after each step all of ``tests.soak.holding`` must hold.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Text, cast, select

from bot.config import Config
from bot.jobs import FAILED_KEPT
from bot.messages import NOTHING, Press, Say
from bot.ports import End, Failure, Sending
from storage.tables import outbox
from storage.unit import Unit
from tests.build import configuration
from tests.soak.copied import copied
from tests.soak.crowd import manager, rep
from tests.soak.holding import HOLDS
from tests.soak.sayings import CUSTOMERS, FORGERIES, FORMS, HALVES, LEAPS, LINES, QUESTIONS, REASON, VERDICTS
from tests.soak.scene import organise
from tests.soak.speaking import CROWD, LONGEST, Speaking, people_own

REPS = (rep(0), rep(1), rep(2))
DECIDERS = (manager(0), manager(1), "ou_director")
PEOPLE = (*REPS, *DECIDERS, "ou_nobody")
STEP = 0.25
"""Seconds a step takes at most on average, ten times what it needs: all conversations together have to end."""


class Conversations(Speaking):
    """``until``: machine time by which all of them are to be over."""

    until: float

    # -- what happens ------------------------------------------------------------------------------------------------

    @initialize(customer=st.sampled_from(CUSTOMERS))
    def begin(self, customer: str) -> None:
        self.register(rep(0), customer, presses=True)

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
    @rule(data=st.data(), verdicts=st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=2))
    def decide_in_words(self, data: st.DataObject, verdicts: list[str]) -> None:
        """Whoever it was sent to, once or again, whatever they decided before."""
        number, who = data.draw(st.sampled_from(sorted(self.known.approvals.items())))
        for verdict in verdicts:
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
        before, now = self._read("what people own", people_own), self.clock.now()

        def broken(unit: Unit) -> None:
            self.conversation.turn(unit, inbound, now, lambda: True)
            raise ZeroDivisionError

        with contextlib.suppress(ZeroDivisionError):
            self._write("a turn that breaks", broken)
        self._write("its record", lambda unit: unit.inbox.fail(inbound, now, NOTHING, inbound.trace[:8], "broken"))
        assert self._read("what people own", people_own) == before
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
