"""Persons and the accounts they are known by."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, update

from bot.messages import Account, Spelling
from bot.permit import Person
from storage import renaming
from storage.prepared import Prepared
from storage.tables import accounts, insert_or, persons

STALE = timedelta(minutes=1)
"""A sign of life newer than this is not written again, as long as the account is the person's latest."""
_PERSON = select(*(persons.c[name] for name in Person.__struct_fields__))
_IS_ACCOUNT = tuple(accounts.c[name] == bindparam(f"of_{name}") for name in ("channel", "tenant", "user_id"))
_PERSON_BY_ID = Prepared(_PERSON.where(persons.c.id == bindparam("of")))
_PERSON_OF = Prepared(
    _PERSON.add_columns(accounts.c.tenant)
    .join(accounts, accounts.c.person == persons.c.id)
    .where(accounts.c.channel == bindparam("of_channel"), accounts.c.user_id == bindparam("of_user_id"))
    .where(accounts.c.tenant.in_([bindparam("of_tenant"), bindparam("spelled")]))
    .order_by(accounts.c.tenant)
)
_ACCOUNTS = Prepared(
    select(accounts.c.channel, accounts.c.tenant, accounts.c.user_id)
    .where(accounts.c.person == bindparam("of"))
    .order_by(accounts.c.used_at.desc(), accounts.c.channel, accounts.c.tenant, accounts.c.user_id)
)
_other = accounts.alias("other")
_not_the_latest = exists().where(
    _other.c.person == accounts.c.person,
    _other.c.used_at >= accounts.c.used_at,
    or_(*(_other.c[column.name] != column for column in accounts.primary_key)),
)
_TOUCH = Prepared(
    update(accounts)
    .where(*_IS_ACCOUNT, or_(accounts.c.used_at < bindparam("stale"), _not_the_latest))
    .values(used_at=bindparam("now"))
)
_BIND = insert_or(accounts).on_conflict_do_nothing().returning(accounts.c.person)


class Identity:
    def __init__(self, sql: Connection, spelling: Spelling) -> None:
        self._sql = sql
        self._spelling = spelling

    def person_of(self, account: Account, spelled: str = "") -> Person | None:
        known = _of(account) | {"spelled": account.tenant or spelled}
        found = _PERSON_OF.first(self._sql, known)
        if found is None:
            return None
        *person, tenant = found
        if tenant != account.tenant:
            spelled_out = Account(account.channel, tenant, account.user)
            moved = update(accounts).where(*_IS_ACCOUNT).values(tenant=account.tenant)
            self._sql.execute(moved, _of(spelled_out))
        return Person(*person)

    def person(self, person_id: int) -> Person | None:
        found = _PERSON_BY_ID.first(self._sql, {"of": person_id})
        return None if found is None else Person(*found)

    def accounts(self, person_id: int) -> tuple[Account, ...]:
        return tuple(Account(*row) for row in _ACCOUNTS.all(self._sql, {"of": person_id}))

    def touch(self, account: Account, now: datetime) -> None:
        _TOUCH.run(self._sql, _of(account) | {"now": now, "stale": now - STALE})

    def spelled(self, account: Account) -> Account:
        return self._spelling(account)

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
        who = {"channel": account.channel, "tenant": account.tenant, "user_id": account.user}
        bound = self._sql.execute(_BIND, who | {"person": person_id, "bound_at": now, "used_at": now})
        return bound.first() is not None

    def unbind(self, account: Account) -> bool:
        return self._sql.execute(delete(accounts).where(*_IS_ACCOUNT), _of(account)).rowcount == 1

    def rename(self, account: Account, user: str) -> None:
        renaming.rename(self._sql, account, structs.replace(account, user=user))


def _of(account: Account) -> dict[str, object]:
    return {"of_channel": account.channel, "of_tenant": account.tenant, "of_user_id": account.user}
