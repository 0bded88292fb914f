"""What must hold after every step of a conversation, whatever people do: read from one snapshot of the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import func, select

from bot.cards import Card
from bot.copies import Copyist
from bot.feature import Catalog
from bot.keeping import is_kept
from bot.keys import Keyring, head_checker
from bot.messages import AnyInbound
from bot.ports import CopyState, Draft, DraftState, End, OutState
from bot.turn import Turn
from handlers.approvals.states import State as Verdict
from handlers.approvals.tables import approvals
from handlers.deals.states import LIVE
from handlers.deals.tables import deals, protections
from storage.copies import Copies
from storage.tables import JobState, accounts, audit, copies, drafts, inbox, jobs, outbox
from storage.unit import Unit
from storage.verify import verify

REGISTER = "deals.register"
NEWEST = 12
COUNTED = re.compile(r'已等待 \d+ 小时，?|\d+ 天|"strong":(?:true|false)')
"""What a card says of time passing is not drawn anew with every minute."""


@dataclass(slots=True)
class Known:
    """What the conversation knows of itself, to hold the store against."""

    keys: Keyring
    catalog: Catalog
    copyist: Copyist
    turn: Callable[[Unit], Turn]
    """A turn of nobody, to look at cards with."""
    pushes: set[str] = field(default_factory=set)
    failed: dict[str, AnyInbound] = field(default_factory=dict)
    """By key: what was not replayed yet."""
    drafts: dict[int, Draft] = field(default_factory=dict)
    """As they were last, those given up as they were before."""
    approvals: dict[int, str] = field(default_factory=dict)
    """SP number → the account it was sent to last."""
    cancelled: int = 0
    """How often somebody asked for a draft to be given up."""


def every_push_has_one_end(unit: Unit, known: Known) -> None:
    ends = dict(unit.sql.execute(select(inbox.c.key, inbox.c.end)).all())
    assert known.pushes == ends.keys()
    assert {key for key, end in ends.items() if end is End.FAILED} == known.failed.keys()
    assert set(ends.values()) <= {End.DONE, End.REFUSED, End.FAILED}


def one_protection_for_each_claim(unit: Unit, known: Known) -> None:
    claim = (protections.c.customer_core, protections.c.project_core, protections.c.line, protections.c.province)
    held = unit.sql.execute(select(func.count()).where(protections.c.live).group_by(*claim)).scalars().all()
    live = unit.sql.execute(select(func.count()).where(deals.c.state.in_(LIVE))).scalar_one()
    assert all(times == 1 for times in held)
    assert len(held) == live


def one_decision_for_each_approval(unit: Unit, known: Known) -> None:
    verdicts = audit.c.action.in_(["approval.agreed", "approval.refused"])
    entries = Counter(unit.sql.execute(select(audit.c.object, audit.c.action).where(verdicts)).all())
    asked = unit.sql.execute(select(approvals)).all()
    settled = {(f"SP{a.number}", f"approval.{a.state.value}"): 1 for a in asked if a.state is not Verdict.PENDING}
    assert dict(entries) == settled
    whose = select(approvals.c.number, accounts.c.user_id).join(accounts, accounts.c.person == approvals.c.approver)
    known.approvals = dict(unit.sql.execute(whose).all())


def a_draft_becomes_one_registration(unit: Unit, known: Known) -> None:
    kept = unit.sql.execute(select(drafts.c.draft)).scalars().all()
    registered = unit.sql.execute(select(func.count()).select_from(deals)).scalar_one()
    assert sum(draft.command == REGISTER and draft.state is DraftState.DONE for draft in kept) == registered


def no_draft_is_lost(unit: Unit, known: Known) -> None:
    """None vanishes, what has ended stays as it is, and nothing is given up that nobody gave up.

    A mere question is no draft: it is forgotten once something else is talked about.
    """
    before, now = known.drafts, {draft.id: draft for draft in unit.sql.execute(select(drafts.c.draft)).scalars()}
    assert before.keys() <= now.keys()
    assert all(now[of].state is draft.state for of, draft in before.items() if draft.state is not DraftState.OPEN)
    given_up = [before.get(of, draft) for of, draft in now.items() if draft.state is DraftState.DROPPED]
    lost = sum(is_kept(known.catalog.commands[draft.command], draft) for draft in given_up)
    assert lost <= known.cancelled, f"{lost} drafts were given up, {known.cancelled} were asked to be"
    known.drafts |= {of: draft for of, draft in now.items() if draft.state is not DraftState.DROPPED}


def the_clock_fails_nowhere(unit: Unit, known: Known) -> None:
    failed = (jobs.c.failures > 0) | (jobs.c.state == JobState.FAILED)
    reasons = unit.sql.execute(select(jobs.c.job, jobs.c.slot, jobs.c.reason).where(failed)).all()
    assert not reasons, f"jobs failed: {reasons}"


def the_trail_is_whole(unit: Unit, known: Known) -> None:
    assert verify(unit, head_checker(known.keys)).broken is None


def live_copies_show_what_is(unit: Unit, known: Known) -> None:
    """The newest drawings and edits; who starts fifty drafts has fifty cards, and drawing them all takes its time."""
    turn = known.turn(unit)
    drawn = (outbox.c.copy == copies.c.id, outbox.c.state != OutState.DEAD)
    last = select(func.max(outbox.c.id)).where(*drawn).correlate(copies).scalar_subquery()
    live = select(copies.c.id, outbox.c.content).join(outbox, outbox.c.id == last)
    shown = live.where(copies.c.state == CopyState.LIVE, copies.c.view != "").order_by(last.desc()).limit(NEWEST)
    for copy_id, card in unit.sql.execute(shown).all():
        copy = Copies(unit.sql, writing=False).get(copy_id)
        assert copy is not None
        was, now = _words(card), _words(known.copyist.current(turn, copy))
        assert was == now, f"{copy.view} {copy.kind}{copy.number} shows\n{was}\ninstead of\n{now}"


def _words(card: Card | None) -> str:
    return COUNTED.sub("", msgspec.json.encode(card).decode())


HOLDS: tuple[Callable[[Unit, Known], None], ...] = (
    every_push_has_one_end,
    one_protection_for_each_claim,
    one_decision_for_each_approval,
    a_draft_becomes_one_registration,
    no_draft_is_lost,
    the_clock_fails_nowhere,
    the_trail_is_whole,
    live_copies_show_what_is,
)
