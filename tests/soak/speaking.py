"""How a random conversation speaks to the bot: on the real store, through the work that ``serve`` gives it.

Every wait has a limit, and says what it waited for.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple, TypeVar

from hypothesis.stateful import (
    RuleBasedStateMachine,
)
from sqlalchemy import func, select

from adapters.feishu.adapter import CAN
from bot.app import all_features
from bot.cards import Card
from bot.clock import ManualClock
from bot.clockwork import Clockwork
from bot.config import Config
from bot.converse import Conversation
from bot.copies import Copyist
from bot.errors import Unavailable
from bot.jobs import Chore, Ticker
from bot.keys import head_signer, open_keyring
from bot.messages import Account, AnyInbound, Form, Press, single_chat
from bot.ports import Sending, Taken
from bot.premises import Premises
from bot.turn import Turn
from handlers.approvals.tables import approvals
from handlers.deals.tables import deals, protections
from storage import holidays
from storage.seals import seal
from storage.store import Database
from storage.tables import audit, copies, drafts, inbox, outbox
from storage.unit import Unit
from tests.soak.crowd import Crowd
from tests.soak.holding import Known

T = TypeVar("T")
CROWD = Crowd(reps=3, managers=2)
LONGEST = 30.0
"""Seconds of one wait. The store gives up after 10 of its own, and says why."""


class Drawn(NamedTuple):
    """A button on a card in somebody's chat."""

    whose: str
    label: str
    id: str
    in_form: bool


class Speaking(RuleBasedStateMachine):
    """``fresh`` gives the configuration of a database with the organisation in it."""

    fresh: Callable[[], AbstractContextManager[Config]]

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
        before = self._read("what people own", people_own)
        taken = self._click(who, button)
        assert taken.answer.card is None
        assert self._read("what people own", people_own) == before

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
        return self._read("everything", lambda unit: [*_counts(unit), *people_own(unit)])

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


def people_own(unit: Unit) -> list[Any]:
    """What people own."""
    tables = (deals, protections, approvals, drafts)
    return [unit.sql.execute(select(table).order_by(*table.primary_key)).all() for table in tables]


def _counts(unit: Unit) -> list[int]:
    tables = (inbox, outbox, copies, audit)
    return [unit.sql.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
