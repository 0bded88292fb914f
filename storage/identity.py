"""Persons and the accounts they are known by."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs
from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from bot.messages import Account
from bot.permit import Person
from storage.tables import accounts, insert_or, persons
from storage.types import fields

_PERSON = select(*(persons.c[name] for name in Person.__struct_fields__))
_FOLLOWED = _PERSON.join(accounts, accounts.c.person == persons.c.id)


class Identity:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def person_of(self, account: Account, spelled: str = "") -> Person | None:
        ours = accounts.c.tenant.in_({account.tenant, spelled} if not account.tenant else {account.tenant})
        known = _FOLLOWED.where(accounts.c.channel == account.channel, ours, accounts.c.user_id == account.user)
        rows = self._sql.execute(known.add_columns(accounts.c.tenant).order_by(accounts.c.tenant)).mappings().all()
        if not rows:
            return None
        found = fields(rows[0])
        tenant = found.pop("tenant")
        if tenant != account.tenant:
            spelled_out = Account(account.channel, tenant, account.user)
            self._sql.execute(update(accounts).where(*_is(spelled_out)).values(tenant=account.tenant))
        return Person(**found)

    def person(self, person_id: int) -> Person | None:
        return _person(self._sql.execute(_PERSON.where(persons.c.id == person_id)).mappings().one_or_none())

    def accounts(self, person_id: int) -> tuple[Account, ...]:
        found = select(accounts.c.channel, accounts.c.tenant, accounts.c.user_id).where(accounts.c.person == person_id)
        latest = found.order_by(accounts.c.used_at.desc(), accounts.c.channel, accounts.c.tenant, accounts.c.user_id)
        return tuple(Account(*row) for row in self._sql.execute(latest))

    def touch(self, account: Account, now: datetime) -> None:
        self._sql.execute(update(accounts).where(*_is(account)).values(used_at=now))

    # -- for the people capability -------------------------------------------------------------------------------

    def add_person(self, person: Person) -> int:
        """The new id; the one in ``person`` does not count."""
        row = structs.asdict(person)
        del row["id"]
        return int(self._sql.execute(insert(persons).values(row).returning(persons.c.id)).scalar_one())

    def update_person(self, person: Person) -> None:
        row = structs.asdict(person)
        self._sql.execute(update(persons).where(persons.c.id == row.pop("id")).values(row))

    def bind_account(self, account: Account, person_id: int, now: datetime) -> bool:
        """False if the account belongs to somebody already, this person included."""
        row: dict[str, object] = {
            "channel": account.channel,
            "tenant": account.tenant,
            "user_id": account.user,
            "person": person_id,
        }
        bound = (
            insert_or(accounts)
            .values(row | {"bound_at": now, "used_at": now})
            .on_conflict_do_nothing()
            .returning(accounts.c.person)
        )
        return self._sql.execute(bound).first() is not None

    def unbind(self, account: Account) -> bool:
        """False if nobody was bound to it."""
        return self._sql.execute(delete(accounts).where(*_is(account))).rowcount == 1


def _is(account: Account) -> tuple[ColumnElement[bool], ...]:
    c = accounts.c
    return c.channel == account.channel, c.tenant == account.tenant, c.user_id == account.user


def _person(row: RowMapping | None) -> Person | None:
    return None if row is None else Person(**fields(row))
