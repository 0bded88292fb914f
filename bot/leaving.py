"""An account that is no more, or goes by another user id, as its messenger tells: nobody is written to or decides there.

A person is not an account: who has others goes on with them, and who has none is unreachable until they are bound again.
"""

from __future__ import annotations

from msgspec import structs

from bot.messages import Account, AccountGone, AccountRenamed, single_chat
from bot.permit import Person
from bot.turn import Turn

REASON = "这个账号已注销"


def moved(turn: Turn, inbound: AccountGone | AccountRenamed) -> None:
    """The messenger says so, not the person: in the trail it is the bot that acts."""
    account, person = turn.account, turn.person
    turn.person = None
    if account is None:
        return
    if isinstance(inbound, AccountGone):
        _gone(turn, account, person)
    elif person is not None and inbound.user != account.user:
        _renamed(turn, account, person, inbound.user)


def _gone(turn: Turn, account: Account, person: Person | None) -> None:
    """Whoever gets this user id later is a stranger, and nothing that waited for the former one reaches them."""
    turn.unit.outbox.forsake(single_chat(account), REASON, turn.now)
    if person is not None and turn.unit.identity.unbind(account):
        turn.record("account.gone", f"person/{person.id}", before={"account": str(account)})
    for hear in turn.catalog.account_news:
        hear(turn, turn.unit, account, person)


def _renamed(turn: Turn, account: Account, person: Person, user: str) -> None:
    new = structs.replace(account, user=user)
    before = turn.unit.identity.person_of(new)
    if before is not None and before.id == person.id:  # an import knew it earlier
        turn.unit.identity.unbind(new)
    elif before is not None:  # the messenger gives an id to one member: who had it before has it no more
        _gone(turn, new, before)
    turn.unit.identity.rename(account, user)
    changed = {"before": {"account": str(account)}, "after": {"account": str(new)}}
    turn.record("account.renamed", f"person/{person.id}", **changed)
