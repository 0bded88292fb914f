"""Reading and writing registrations; every list a person sees goes through their scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, false, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from bot import names
from bot.permit import Scope
from bot.values import Money
from handlers.deals.rules import Claim, Rival
from handlers.deals.states import LIVE, State
from handlers.deals.tables import deals, protections, uq_live, uq_live_code
from handlers.people.tables import agents
from storage.constraints import violates
from storage.unit import Unit


class Deal(Struct, frozen=True, kw_only=True):
    number: int
    agent: str
    rep: int
    manager: int
    state: State
    version: int
    customer: str
    project: str
    line: str
    province: str
    province_inferred: bool
    amount: int
    sign_date: date
    credit_code: str
    contact: str
    address: str
    note: str
    suspicion: str
    receipt: str
    submitted_at: datetime
    protected_until: date | None

    @property
    def ref(self) -> str:
        return f"BB{self.number}"

    @property
    def money(self) -> Money:
        return Money(self.amount)

    @property
    def claim(self) -> Claim:
        return Claim(
            customer=self.customer,
            project=self.project,
            line=self.line,
            province=self.province,
            credit_code=self.credit_code,
        )


class Held(Exception):
    """Somebody else's live protection stands in the way (I1)."""


@contextmanager
def claiming(db: Unit) -> Iterator[None]:
    """Around writes that may run into a live protection: raises Held, and what was written inside is undone."""
    try:
        with db.savepoint():
            yield
    except IntegrityError as error:
        if any(violates(error, constraint) for constraint in (uq_live, uq_live_code)):
            raise Held from error
        raise


def add(db: Unit, deal: Deal) -> None:
    """The registration and its live protection; inside ``claiming``."""
    db.sql.execute(insert(deals).values(**{f: getattr(deal, f) for f in Deal.__struct_fields__}))
    db.sql.execute(
        insert(protections).values(
            deal=deal.number,
            customer_core=names.customer_core(deal.customer),
            project_core=deal.claim.project_core,
            line=deal.line,
            province=deal.province,
            credit_code=deal.credit_code,
            live=True,
        )
    )


def deal(db: Unit, number: int) -> Deal | None:
    return _one(db, select(deals).where(deals.c.number == number))


def deal_for_update(db: Unit, number: int) -> Deal | None:
    return _one(db, select(deals).where(deals.c.number == number).with_for_update())


def visible(db: Unit, number: int, scope: Scope) -> Deal | None:
    """The registration if this scope sees it; out of scope is exactly like missing (R12.3)."""
    return _one(db, select(deals).where((deals.c.number == number) & _in(scope)))


def mine(db: Unit, scope: Scope, most: int) -> Sequence[Deal]:
    """The live ones first, then the newest."""
    order = (deals.c.state.not_in(LIVE), deals.c.number.desc())
    return [_deal(row) for row in db.sql.execute(select(deals).where(_in(scope)).order_by(*order).limit(most))]


def latest_live(db: Unit, rep: int) -> Sequence[Deal]:
    """A rep's live registrations, the newest first."""
    own = (deals.c.rep == rep) & deals.c.state.in_(LIVE)
    return [_deal(row) for row in db.sql.execute(select(deals).where(own).order_by(deals.c.number.desc()).limit(2))]


def rivals(db: Unit, claim: Claim, besides: int = 0) -> Sequence[Rival]:
    """The live protections that may collide: the same core name or the same credit code."""
    alike = protections.c.customer_core == names.customer_core(claim.customer)
    if claim.credit_code:
        alike |= protections.c.credit_code == claim.credit_code
    rows = db.sql.execute(
        select(deals)
        .join(protections, protections.c.deal == deals.c.number)
        .where(protections.c.live & alike & (deals.c.number != besides))
    )
    found = [_deal(row) for row in rows]
    return [Rival(deal=d.number, agent=d.agent, claim=d.claim, until=d.protected_until) for d in found]


def change(db: Unit, old: Deal, **values: object) -> bool:
    """False if the registration changed meanwhile."""
    same = (deals.c.number == old.number) & (deals.c.version == old.version)
    return db.sql.execute(update(deals).where(same).values(version=old.version + 1, **values)).rowcount == 1


def change_protection(db: Unit, number: int, **values: object) -> None:
    """Inside ``claiming`` where the change may run into somebody else's live protection."""
    db.sql.execute(update(protections).where(protections.c.deal == number).values(**values))


def _in(scope: Scope) -> ColumnElement[bool]:
    if scope.nothing:
        return false()
    if scope.everything:
        return true()
    if scope.person is not None:
        return deals.c.rep == scope.person
    if scope.agent:
        return deals.c.agent == scope.agent
    return _territory(scope)


def _territory(scope: Scope) -> ColumnElement[bool]:
    """What was sent to a manager for review, what lies in their province, what the agents of their region registered."""
    sent = deals.c.manager == scope.responsible
    if scope.province:
        return sent | (deals.c.province == scope.province)
    return (
        sent | deals.c.agent.in_(select(agents.c.code).where(agents.c.region == scope.region)) if scope.region else sent
    )


def _one(db: Unit, statement: Select[Any]) -> Deal | None:
    row = db.sql.execute(statement).first()
    return _deal(row) if row is not None else None


def _deal(row: Row[Any]) -> Deal:
    return Deal(**row._mapping)
