"""Leases: rows in the database's own time, with a fence that grows at every change of hands."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, true, update

from storage.numbers import Numbers
from storage.prepared import Prepared
from storage.tables import insert_or, leases
from storage.types import machine_now


def hold(sql: Connection, name: str, holder: str, seconds: float, *, alone: bool = False) -> int | None:
    """Prolongs or takes the lease and returns its fence; None while another holds it.

    ``alone``: there can be no other process, so another's lease is that of a dead one and is taken at once.
    Whoever comes back after the end gets a new fence, even if nobody else came in between. Fences are unique over all
    leases, so that a fence alone says which lease it belongs to.
    """
    now = machine_now()
    mine = (leases.c.name == name, leases.c.holder == holder, leases.c.expires > now)
    prolonged = update(leases).where(*mine).values(expires=now + seconds).returning(leases.c.fence)
    fence: int | None = sql.execute(prolonged).scalar_one_or_none()
    if fence is not None:
        return fence
    ended = true() if alone else leases.c.expires <= now
    if sql.execute(select(leases.c.name).where(leases.c.name == name, ~ended)).first():
        return None
    row = {"name": name, "holder": holder, "fence": Numbers(sql).next("fence"), "expires": now + seconds}
    taken = insert_or(leases).values(row)
    taken = taken.on_conflict_do_update(index_elements=["name"], set_=row, where=ended)
    fence = sql.execute(taken.returning(leases.c.fence)).scalar_one_or_none()
    return fence


def release(sql: Connection, name: str, fence: int) -> None:
    held = (leases.c.name == name, leases.c.fence == fence)
    sql.execute(update(leases).where(*held).values(expires=0.0, holder=""))


def is_valid(sql: Connection, fence: int) -> bool:
    """Locks the lease against a change of hands until this transaction ends."""
    return _VALID.first(sql, {"of": fence}) is not None


_VALID = Prepared(
    select(leases.c.name)
    .where(leases.c.fence == bindparam("of"), leases.c.expires > machine_now())
    .with_for_update(read=True)
)
