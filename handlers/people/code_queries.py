"""Rows of invitations, of links between accounts, and of wrong codes. For this capability only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from bot.messages import Account
from bot.permit import Role
from handlers.people.rules import Failures
from handlers.people.tables import InvitationState, bindings, code_failures, invitations, links
from storage.unit import Unit


class Invitation(Struct, frozen=True, kw_only=True):
    id: int = 0
    state: InvitationState = InvitationState.OPEN
    role: Role
    agent: str = ""
    region: str = ""
    province: str = ""
    name: str = ""
    phone: str = ""
    person: int | None = None
    created: datetime
    created_by: int | None = None
    expires: datetime
    used: datetime | None = None
    used_by: int | None = None


class Link(Struct, frozen=True):
    """A code shown in ``account``, to be typed by its owner where they are known already."""

    id: int
    account: Account
    created: datetime
    expires: datetime
    claimed_by: int | None
    used: datetime | None


# -- invitations ---------------------------------------------------------------------------------------------------

_INVITATION = select(*(invitations.c[name] for name in Invitation.__struct_fields__))
_SHOWN_BY = ("invitation", "channel", "tenant", "user_id")


def add_invitation(db: Unit, code_hash: str, invitation: Invitation) -> int | None:
    """Its id; None if somebody else invited the same phone at the same moment.

    Older open codes for the phone are replaced by this one.
    """
    if invitation.phone:
        older = (invitations.c.phone == invitation.phone) & (invitations.c.state == InvitationState.OPEN)
        db.sql.execute(update(invitations).where(older).values(state=InvitationState.REPLACED))
    row = structs.asdict(invitation) | {"code_hash": code_hash}
    del row["id"]
    added = insert_or(invitations).values(row).on_conflict_do_nothing().returning(invitations.c.id)
    return db.sql.execute(added).scalar_one_or_none()


def invitation_by_code(db: Unit, code_hash: str) -> Invitation | None:
    row = db.sql.execute(_INVITATION.where(invitations.c.code_hash == code_hash)).one_or_none()
    return None if row is None else Invitation(**row._mapping)


def invitation(db: Unit, number: int) -> Invitation | None:
    row = db.sql.execute(_INVITATION.where(invitations.c.id == number)).one_or_none()
    return None if row is None else Invitation(**row._mapping)


def use_invitation(db: Unit, number: int, person: int, now: datetime) -> bool:
    """False if it is no longer open: of two at the same time one gets it."""
    still_open = (invitations.c.id == number) & (invitations.c.state == InvitationState.OPEN)
    used = {"state": InvitationState.USED, "used": now, "used_by": person}
    return db.sql.execute(update(invitations).where(still_open).values(used)).rowcount == 1


def show_invitation(db: Unit, number: int, account: Account, now: datetime) -> None:
    """Remembers who showed the code, once however often it is shown."""
    row = {"invitation": number, **_columns(account), "created": now}
    db.sql.execute(
        insert_or(bindings).values(row).on_conflict_do_update(index_elements=_SHOWN_BY, set_={"created": now})
    )


def shown_invitation(db: Unit, account: Account, number: int | None) -> Invitation | None:
    """The invitation this account has shown the code of: the one with this id, or the last."""
    by_account = _INVITATION.join(bindings, bindings.c.invitation == invitations.c.id).where(*_is(bindings, account))
    if number is not None:
        by_account = by_account.where(invitations.c.id == number)
    row = db.sql.execute(by_account.order_by(bindings.c.created.desc(), invitations.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Invitation(**row._mapping)


# -- links ---------------------------------------------------------------------------------------------------------


def add_link(db: Unit, code_hash: str, account: Account, now: datetime, expires: datetime) -> None:
    """In place of an earlier one of this account."""
    db.sql.execute(delete(links).where(*_is(links, account)))
    row = {"code_hash": code_hash, **_columns(account), "created": now, "expires": expires}
    db.sql.execute(insert(links).values(row))


def link_by_code(db: Unit, code_hash: str, now: datetime) -> Link | None:
    """Only while it can be used."""
    return _link(db, links.c.code_hash == code_hash, links.c.expires > now, links.c.used.is_(None))


def link(db: Unit, number: int) -> Link | None:
    return _link(db, links.c.id == number)


def latest_link(db: Unit, person: int) -> Link | None:
    """What a person claimed last."""
    return _link(db, links.c.claimed_by == person)


def claim_link(db: Unit, number: int, person: int) -> bool:
    """False if somebody else was first."""
    free = links.c.claimed_by.is_(None) | (links.c.claimed_by == person)
    claim = update(links).where(links.c.id == number, free).values(claimed_by=person)
    return db.sql.execute(claim).rowcount == 1


def use_link(db: Unit, number: int, person: int, now: datetime) -> bool:
    """False if it was used already."""
    mine = (links.c.id == number) & (links.c.claimed_by == person) & links.c.used.is_(None)
    return db.sql.execute(update(links).where(mine).values(used=now)).rowcount == 1


def _link(db: Unit, *where: ColumnElement[bool]) -> Link | None:
    row = db.sql.execute(select(links).where(*where).order_by(links.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    account = Account(row.channel, row.tenant, row.user_id)
    return Link(row.id, account, row.created, row.expires, row.claimed_by, row.used)


# -- wrong codes ---------------------------------------------------------------------------------------------------


def failures(db: Unit, account: Account) -> Failures | None:
    columns = (code_failures.c[name] for name in Failures.__struct_fields__)
    row = db.sql.execute(select(*columns).where(*_is(code_failures, account))).one_or_none()
    return None if row is None else Failures(*row)


def save_failures(db: Unit, account: Account, found: Failures) -> None:
    values = structs.asdict(found)
    kept = insert_or(code_failures).values(_columns(account) | values)
    db.sql.execute(kept.on_conflict_do_update(index_elements=["channel", "tenant", "user_id"], set_=values))


def forget_account(db: Unit, account: Account) -> None:
    """Codes that were shown or made there: whoever has the account later has to show one themselves."""
    db.sql.execute(delete(bindings).where(*_is(bindings, account)))
    db.sql.execute(delete(links).where(*_is(links, account), links.c.used.is_(None)))


def forget_failures(db: Unit, account: Account) -> None:
    db.sql.execute(delete(code_failures).where(*_is(code_failures, account)))


# -- accounts in tables --------------------------------------------------------------------------------------------


def _columns(account: Account) -> dict[str, Any]:
    return {"channel": account.channel, "tenant": account.tenant, "user_id": account.user}


def _is(table: Table, account: Account) -> tuple[ColumnElement[bool], ...]:
    c = table.c
    return c.channel == account.channel, c.tenant == account.tenant, c.user_id == account.user
