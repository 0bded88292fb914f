"""Random conversations, turn by turn on the real store: what must hold after each step, whatever people do.

Words, buttons (current, stale, forged, somebody else's), repetitions of a push, restarts, a clock that moves.
"""

from __future__ import annotations

import itertools
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Text, cast, func, make_url, select

from adapters.feishu.adapter import CAN
from bot.app import all_features
from bot.cards import Card
from bot.clock import ManualClock
from bot.clockwork import Clockwork
from bot.config import Config
from bot.converse import Conversation
from bot.copies import Copyist
from bot.keys import head_checker, head_signer, open_keyring
from bot.messages import Account, AnyInbound, Form, Press, Say, single_chat
from bot.ports import Copy, CopyState, DraftState, End, OutState, Sending, Taken
from bot.premises import Premises
from bot.turn import Turn
from handlers.approvals.states import State as Verdict
from handlers.approvals.tables import approvals
from handlers.deals.states import LIVE
from handlers.deals.tables import deals, protections
from storage import holidays
from storage.copies import Copies
from storage.seals import seal
from storage.store import Database
from storage.tables import audit, copies, drafts, inbox, outbox
from storage.unit import Unit
from storage.verify import verify
from tests.build import configuration
from tests.soak.crowd import Crowd, manager, rep
from tests.soak.scene import organise

CROWD = Crowd(reps=3, managers=2)
PEOPLE = (rep(0), rep(1), rep(2), manager(0), manager(1), "ou_director", "ou_nobody")
LINES = (
    "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "报备 （杭州）雲棲灣酒店管理有限公司 中央空调改造 １２０万 6月底签",
    "报备 杭州锦程酒店管理有限公司 净水一期 80万 7月1日签",
    "报备 杭州锦程酒店管理有限公司",
    "报备",
    "净水",
    "6月底",
    "120万",
    "金额 150万",
    "信用代码 91330106MA0TEXT01T",
    "联系人 张总 13800000002",
    "地址 杭州市西湖区文三路1号",
    "备注 加急",
    *(
        "提交",
        "修改",
        "取消",
        "返回",
        "跳过",
        "继续",
        "帮助",
        "待办",
        "我的报备",
        "进度",
        "同意",
        "驳回",
        "你好",
        "1",
        "2",
        "9",
    ),
    *(
        f"{word} {number}"
        for word in ("进度", "同意", "审批", "驳回")
        for number in ("BB1001", "BB1002", "sp 2001", "SP2002")
    ),
    "驳回 SP2001 请先补充联系人",
    "驳回 SP2002 资料不全",
    "绑定 QM7F-29KD",
)
CUSTOMERS = (
    "杭州云栖湾酒店管理有限公司",
    "（杭州）雲棲灣酒店管理有限公司",
    "杭州锦程酒店管理有限公司",
    "杭州远嘉酒店管理有限公司",
)
FILLED = st.dictionaries(
    st.sampled_from(["reason", "customer", "project", "line", "amount", "sign_date", "note", "x"]),
    st.sampled_from(["", "请先补充", "杭州远嘉酒店管理有限公司", "净水", "120万", "几十万", "2026-06-30", "\x00"])
    | st.text(max_size=12),
    max_size=4,
)
LEAPS = st.sampled_from(
    [{"minutes": 1}, {"minutes": 31}, {"hours": 4}, {"hours": 8}, {"days": 1}, {"days": 8}, {"days": 95}]
)
MOST_JOBS = 200
COUNTED = re.compile(r'已等待 \d+ 小时，?|\d+ 天|"strong":(?:true|false)')
"""What a card says of time passing is not drawn anew with every minute."""


class Drawn(NamedTuple):
    """A button on a card in somebody's chat."""

    whose: str
    label: str
    id: str
    in_form: bool


class Conversations(RuleBasedStateMachine):
    """``fresh`` gives the configuration of a database with the organisation in it."""

    fresh: Callable[[], AbstractContextManager[Config]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.config = self.stack.enter_context(type(self).fresh())
        self.clock = ManualClock(CROWD.start)
        self.numbers = itertools.count()
        self.pushes: list[tuple[AnyInbound, Taken]] = []
        self.shown: list[Drawn] = []
        """Everything ever drawn."""
        self.seen_rows = 0
        self._open()

    def _open(self) -> None:
        self.store = Database(self.config.database.url.get_secret_value(), turns=1, others=1)
        self.keys, self.catalog = open_keyring(self.config), all_features()
        self.house = Premises(self.config.organization, lambda unit: holidays.read(unit.sql))
        self.copyist = Copyist(self.catalog, self.keys)
        self.conversation = Conversation(self.catalog, self.copyist, self.keys, self.house, {"feishu": CAN})
        self.clockwork = Clockwork(self.catalog, self.copyist, self.house)

    def teardown(self) -> None:
        self.store.close()
        self.stack.close()

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), words=st.sampled_from(LINES))
    def say(self, who: str, words: str) -> None:
        said = Say(**self._envelope(who), text=words)
        self._turn(said)
        assert 1 <= self._sent_for(said) <= 3, f"{words!r} has {self._sent_for(said)} answers"

    @rule(who=st.sampled_from(PEOPLE), words=st.text(max_size=40))
    def say_anything(self, who: str, words: str) -> None:
        self.say(who, words)

    @rule(who=st.sampled_from(PEOPLE[:3]), customer=st.sampled_from(CUSTOMERS), presses=st.booleans())
    def register(self, who: str, customer: str, presses: bool) -> None:
        """All the way, unless the check refuses it."""
        self.say(who, f"报备 {customer} 中央空调改造 120万 6月底签")
        if presses and (button := self._newest(who, "提交")):
            self._press(who, button)
        elif not presses:
            self.say(who, "提交")

    @rule(who=st.sampled_from(PEOPLE[3:6]), label=st.sampled_from(["同意", "驳回"]))
    def decide(self, who: str, label: str) -> None:
        if button := self._newest(who, label):
            self._press(who, button, {"reason": "请先补充联系人"} if label == "驳回" else None)

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        """Any button of theirs, of the newest drawing or an old one; forms are filled in somehow."""
        drawn = data.draw(st.sampled_from(self.shown))
        self._press(drawn.whose, drawn.id, data.draw(FILLED) if drawn.in_form else None)

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def press_what_is_not_theirs(self, data: st.DataObject, who: str) -> None:
        drawn = data.draw(st.sampled_from(self.shown))
        if who != drawn.whose:
            self._changes_nothing(who, drawn.id)

    @rule(
        who=st.sampled_from(PEOPLE),
        button=st.text(max_size=40) | st.from_regex(r"\A[0-9a-z]{1,11}\.[0-9a-z]\.[\w-]{12}\Z"),
    )
    def forge(self, who: str, button: str) -> None:
        self._changes_nothing(who, button)

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def forge_by_one_character(self, data: st.DataObject) -> None:
        drawn = data.draw(st.sampled_from(self.shown))
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
        with self.store.unit() as unit:
            _, again = self.conversation.turn(unit, pushed, self.clock.now(), lambda: True)
        assert again.answer == taken.answer
        assert self._everything() == before

    @rule()
    def restart(self) -> None:
        self.store.close()
        self._open()

    @rule(leap=LEAPS)
    def wait(self, leap: dict[str, int]) -> None:
        self.clock.advance(timedelta(**leap))
        runs = self.clockwork.runs()
        for _ in range(MOST_JOBS):
            with self.store.unit() as unit:
                claimed = unit.jobs.claim_due(self.clock.now(), 1)
                for slot in claimed:
                    runs[slot.job](slot, unit, self.clock.now())
            if not claimed:
                break
        else:
            raise AssertionError("the clock does not come to rest")
        with self.store.unit() as unit:
            seal(unit, head_signer(self.keys), self.clock.now())
        self._nobody_is_told_twice()
        self._look()

    def _nobody_is_told_twice(self) -> None:
        """However long the clock stood still: what was missed comes once."""
        new = (outbox.c.id > self.seen_rows, outbox.c.what == Sending.SEND)
        with self.store.snapshot() as unit:
            told = Counter(unit.sql.execute(select(outbox.c.chat, cast(outbox.c.content, Text)).where(*new)).all())
        assert not [line for line, times in told.items() if times > 1]

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def every_push_has_one_end(self) -> None:
        with self.store.snapshot() as unit:
            ends = dict(unit.sql.execute(select(inbox.c.key, inbox.c.end)).all())
        assert {pushed.key for pushed, _ in self.pushes} == ends.keys()
        assert set(ends.values()) <= {End.DONE, End.REFUSED}

    @invariant()
    def one_protection_for_each_claim(self) -> None:
        claim = (protections.c.customer_core, protections.c.project_core, protections.c.line, protections.c.province)
        with self.store.snapshot() as unit:
            held = unit.sql.execute(select(func.count()).where(protections.c.live).group_by(*claim)).scalars().all()
            live = unit.sql.execute(select(func.count()).where(deals.c.state.in_(LIVE))).scalar_one()
        assert all(times == 1 for times in held)
        assert len(held) == live

    @invariant()
    def one_decision_for_each_approval(self) -> None:
        verdicts = audit.c.action.in_(["approval.agreed", "approval.refused"])
        with self.store.snapshot() as unit:
            entries = Counter(unit.sql.execute(select(audit.c.object, audit.c.action).where(verdicts)).all())
            asked = unit.sql.execute(select(approvals)).all()
        settled = {(f"SP{a.number}", f"approval.{a.state.value}"): 1 for a in asked if a.state is not Verdict.PENDING}
        assert dict(entries) == settled

    @invariant()
    def a_draft_becomes_one_registration(self) -> None:
        with self.store.snapshot() as unit:
            done = [d for d in unit.sql.execute(select(drafts.c.draft)).scalars() if d.state is DraftState.DONE]
            registered = unit.sql.execute(select(func.count()).select_from(deals)).scalar_one()
        assert sum(draft.command == "deals.register" for draft in done) == registered

    @invariant()
    def the_trail_is_whole(self) -> None:
        with self.store.snapshot() as unit:
            assert verify(unit, head_checker(self.keys)).broken is None

    @invariant()
    def live_copies_show_what_is(self) -> None:
        with self.store.unit() as unit:
            turn = self._looking(unit)
            for copy_id in unit.sql.execute(select(copies.c.id).where(copies.c.state == CopyState.LIVE)).scalars():
                copy = Copies(unit.sql, writing=False).get(copy_id)
                if copy is not None and copy.view:
                    last, now = _words(self._last_drawn(unit, copy)), _words(self.copyist.current(turn, copy))
                    assert last == now, f"{copy.view} {copy.kind}{copy.number} shows\n{last}\ninstead of\n{now}"

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

    def _press(self, who: str, button: str, values: dict[str, str] | None = None) -> Taken:
        envelope = self._envelope(who) | {"alias": "", "button": button}
        pressed = Press(**envelope) if values is None else Form(**envelope, values=values)
        taken = self._turn(pressed)
        answered = taken.answer.toast or taken.answer.card or self._sent_for(pressed)
        assert answered, f"a press of {button} has no answer"
        return taken

    def _changes_nothing(self, who: str, button: str) -> None:
        before = self._objects()
        taken = self._press(who, button)
        assert taken.answer.card is None
        assert self._objects() == before

    def _turn(self, inbound: AnyInbound) -> Taken:
        with self.store.unit() as unit:
            _, taken = self.conversation.turn(unit, inbound, self.clock.now(), lambda: True)
        self.pushes.append((inbound, taken))
        self._look()
        return taken

    def _look(self) -> None:
        """Remembers every button that was drawn since."""
        new = (
            select(outbox.c.id, outbox.c.chat, outbox.c.content)
            .where(outbox.c.id > self.seen_rows)
            .order_by(outbox.c.id)
        )
        with self.store.snapshot() as unit:
            for row in unit.sql.execute(new):
                self.seen_rows = row.id
                if isinstance(row.content, Card):
                    in_form = {b.id for b in row.content.form.submits} if row.content.form else set()
                    self.shown += [Drawn(row.chat, b.label, b.id, b.id in in_form) for b in row.content.all_buttons]

    def _newest(self, who: str, label: str) -> str:
        return next((drawn.id for drawn in reversed(self.shown) if (drawn.whose, drawn.label) == (who, label)), "")

    def _sent_for(self, inbound: AnyInbound) -> int:
        mine = (outbox.c.trace == inbound.trace, outbox.c.chat == inbound.place.chat, outbox.c.what == Sending.SEND)
        with self.store.snapshot() as unit:
            return int(unit.sql.execute(select(func.count()).where(*mine)).scalar_one())

    def _objects(self) -> list[Any]:
        """What people own."""
        tables = (deals, protections, approvals, drafts)
        with self.store.snapshot() as unit:
            return [unit.sql.execute(select(t).order_by(*t.primary_key)).all() for t in tables]

    def _everything(self) -> list[Any]:
        counted = (inbox, outbox, copies, audit)
        with self.store.snapshot() as unit:
            counts = [unit.sql.execute(select(func.count()).select_from(t)).scalar_one() for t in counted]
        return [*counts, self._objects()]

    def _looking(self, unit: Unit) -> Turn:
        return Turn(
            now=self.clock.now(), trace="", house=self.house(), catalog=self.catalog, unit=unit, signer=self.keys
        )

    def _last_drawn(self, unit: Unit, copy: Copy) -> Card | None:
        """What the newest message or edit of this copy shows."""
        mine = (outbox.c.copy == copy.id, outbox.c.state != OutState.DEAD)
        last = select(outbox.c.content).where(*mine).order_by(outbox.c.id.desc()).limit(1)
        card: Card | None = unit.sql.execute(last).scalar_one()
        return card


def _words(card: Card | None) -> str:
    return COUNTED.sub("", msgspec.json.encode(card).decode())


def converse(database_url: str, folder: Path, conversations: int, steps: int, seed: int | None = None) -> None:
    """Each on a database of its own. Without a seed the same conversations every time."""
    (folder / "now").write_text(CROWD.start.isoformat(), encoding="utf-8")
    organise(configuration(folder, database_url, folder / "now", {}), CROWD)

    @contextmanager
    def fresh() -> Iterator[Config]:
        with copied(database_url) as url:
            yield configuration(folder, url, folder / "now", {})

    class Machine(Conversations):
        pass

    Machine.fresh = staticmethod(fresh)
    machine = Machine if seed is None else hypothesis_seed(seed)(Machine)
    chosen = settings(
        max_examples=conversations,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=chosen)


@contextmanager
def copied(database_url: str) -> Iterator[str]:
    """A copy of a database that nobody is using."""
    url, name = make_url(database_url), f"copy_{next(_copies)}"
    if url.get_backend_name() == "sqlite":
        original = Path(url.database or "")
        copy = original.with_name(f"{name}.db")
        shutil.copy(original, copy)
        yield f"sqlite:///{copy}"
        for file in copy.parent.glob(f"{name}.db*"):
            file.unlink()
        return
    admin = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as sql:
        sql.execute(f"CREATE DATABASE {name} TEMPLATE {url.database} STRATEGY file_copy")
        yield url.set(database=name).render_as_string(hide_password=False)
        sql.execute(f"DROP DATABASE {name} WITH (FORCE)")


_copies = itertools.count()
