"""Wrong codes are counted per account; after five there is a pause, and the trail says so (R12.1, J01)."""

from __future__ import annotations

from bot.errors import Refusal
from bot.turn import Turn
from handlers.people import code_queries, rules, texts
from handlers.people.accounts import account_of
from storage.unit import Unit


def must_not_be_blocked(turn: Turn, db: Unit) -> None:
    if rules.is_blocked(code_queries.failures(db, account_of(turn)), turn.now):
        raise Refusal("too_many_codes", texts.TOO_MANY)


def wrong_code(turn: Turn, db: Unit, sentence: str) -> Refusal:
    """The refusal of a wrong code; counting it outlives the refusal."""
    account = account_of(turn)
    counted = rules.after_wrong(code_queries.failures(db, account), turn.now)

    def marks(_: object) -> None:
        code_queries.save_failures(db, account, counted)
        if counted.blocked_until is not None:
            turn.record("security.too_many_codes", str(account), after={"count": counted.count})

    if counted.blocked_until is not None:
        return Refusal("too_many_codes", texts.TOO_MANY, marks=marks)
    return Refusal("wrong_code", sentence, marks=marks)
