"""Which broadcast somebody means and may do something with; one out of reach is answered like one that does not exist."""

from __future__ import annotations

from bot.errors import Refusal
from bot.permit import DECIDERS, Person, Role, Scope, scope_of
from bot.turn import Turn
from handlers.broadcasts import queries
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.recipient_queries import Recipient, counts, recipient_of
from handlers.broadcasts.states import OUT, State
from storage.unit import Unit

NOT_FOUND = "没有找到 GG{}，请核对编号。"
PUBLISHERS = (Role.HQ, Role.DIRECTOR)
LOOKERS = DECIDERS


def missing(number: int) -> Refusal:
    return Refusal("not_found", NOT_FOUND.format(number))


def received(turn: Turn, db: Unit, number: int) -> tuple[Broadcast, Recipient]:
    """A broadcast this person was sent, held as it is; they may still read that it was recalled."""
    found = queries.shared(db, number)
    mine = recipient_of(db, number, turn.me.id)
    if found is None or mine is None or found.state not in (*OUT, State.RECALLED):
        raise missing(number)
    return found, mine


def may_look(db: Unit, found: Broadcast, person: Person) -> bool:
    """HQ and the author, whoever has a recipient in their scope, and who is asked to confirm it."""
    if person.role not in LOOKERS:
        return False
    if person.role in (Role.HQ, Role.EXECUTIVE) or found.author == person.id:
        return True
    asked_to_confirm = found.state is State.REVIEW and person.role in PUBLISHERS
    return asked_to_confirm or counts(db, found.number, seen_by(found, person)).total > 0


def seen_by(found: Broadcast, person: Person | None) -> Scope:
    """The author sees everybody they wrote to, others those in their scope."""
    return Scope(everything=True) if person is not None and found.author == person.id else scope_of(person)


def visible(turn: Turn, db: Unit, number: int) -> Broadcast:
    found = queries.broadcast(db, number)
    if found is None or not may_look(db, found, turn.me):
        raise missing(number)
    return found


def run_by(turn: Turn, db: Unit, number: int) -> Broadcast:
    """One this person may pause, continue, move or recall: its author, and HQ; for update."""
    found = queries.for_update(db, number)
    if found is None or not may_look(db, found, turn.me):
        raise missing(number)
    if turn.me.role is not Role.HQ and found.author != turn.me.id:
        raise Refusal("not_yours", f"{found.ref} 由发布人或总部管理，您可以查看进度。")
    return found


def may_be_recalled(turn: Turn, db: Unit, number: int) -> Broadcast:
    found = run_by(turn, db, number)
    must_be(found, State.REVIEW, State.SCHEDULED, *OUT, what="撤回")
    return found


def may_be_moved(turn: Turn, db: Unit, number: int) -> Broadcast:
    found = run_by(turn, db, number)
    must_be(found, State.REVIEW, State.SCHEDULED, what="改期")
    return found


def must_be(found: Broadcast, *states: State, what: str) -> None:
    if found.state not in states:
        raise Refusal("wrong_state", f"{found.ref} {found.state.word}，不能{what}。")
