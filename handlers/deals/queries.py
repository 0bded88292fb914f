"""Reading and writing registrations; every list a person sees goes through their scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, bindparam, false, insert, or_, select, true, union, update
from sqlalchemy.exc import IntegrityError

from bot import names
from bot.permit import Scope
from bot.values import Money
from handlers.deals.rules import Claim, Rival
from handlers.deals.states import LIVE, State
from handlers.deals.tables import deals, has_code, is_live, protections, uq_live, uq_live_code
from handlers.people.tables import agents
from storage.constraints import violates
from storage.prepared import Prepared
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
    _ADD.run(db.sql, structs.asdict(deal))
    protection = {
        "deal": deal.number,
        "customer_core": names.customer_core(deal.customer),
        "project_core": deal.claim.project_core,
        "line": deal.line,
        "province": deal.province,
        "credit_code": deal.credit_code,
        "live": True,
    }
    _PROTECT.run(db.sql, protection)


def deal(db: Unit, number: int) -> Deal | None:
    return _one(db, _SEE, {"of": number})


def deal_for_update(db: Unit, number: int) -> Deal | None:
    return _one(db, _LOCK, {"of": number})


def visible(db: Unit, number: int, scope: Scope) -> Deal | None:
    """The registration if this scope sees it; out of scope is exactly like missing (R12.3)."""
    return _one(db, _VISIBLE[_sight(scope)], structs.asdict(scope) | {"of": number})


def mine(db: Unit, scope: Scope, most: int) -> Sequence[Deal]:
    """The live ones first, then the newest."""
    return _all(db, _MINE[_sight(scope)], structs.asdict(scope) | {"most": most})


def latest_live(db: Unit, rep: int) -> Sequence[Deal]:
    """A rep's live registrations, the newest first."""
    return _all(db, _LATEST_LIVE, {"of": rep})


def rivals(db: Unit, claim: Claim, besides: int = 0) -> Sequence[Rival]:
    """The live protections that may collide: the same core name or the same credit code."""
    core = names.customer_core(claim.customer)
    alike = _ALIKE_OR_CODE if claim.credit_code else _ALIKE
    found = _all(db, alike, {"core": core, "code": claim.credit_code, "besides": besides})
    return [Rival(deal=d.number, agent=d.agent, claim=d.claim, until=d.protected_until) for d in found]


def change(db: Unit, old: Deal, **values: object) -> bool:
    """False if the registration changed meanwhile."""
    same = {"of": old.number, "seen": old.version}
    return _CHANGE.run(db.sql, {**same, "version": old.version + 1, **values}) == 1


def change_protection(db: Unit, number: int, **values: object) -> None:
    """Inside ``claiming`` where the change may run into somebody else's live protection."""
    _CHANGE_PROTECTION.run(db.sql, {"of": number, **values})


def _sight(scope: Scope) -> str:
    """By what this scope sees registrations: a key of ``_SIGHTS``."""
    if scope.nothing:
        return "nothing"
    if scope.everything:
        return "everything"
    if scope.person is not None:
        return "person"
    return next((by for by in ("agent", "province", "region") if getattr(scope, by)), "sent")


def _all(db: Unit, found: Prepared, values: Mapping[str, object]) -> list[Deal]:
    return [Deal(**row) for row in found.named(db.sql, values)]


def _one(db: Unit, found: Prepared, values: Mapping[str, object]) -> Deal | None:
    return next(iter(_all(db, found, values)), None)


# -- statements ------------------------------------------------------------------------------------------------------

_DEAL = select(deals)
_BY_NUMBER = _DEAL.where(deals.c.number == bindparam("of"))
_SEE = Prepared(_BY_NUMBER)
_LOCK = Prepared(_BY_NUMBER.with_for_update())

_sent = deals.c.manager == bindparam("responsible")
_of_the_region = deals.c.agent.in_(select(agents.c.code).where(agents.c.region == bindparam("region")))
_SIGHTS: dict[str, ColumnElement[bool]] = {
    "nothing": false(),
    "everything": true(),
    "person": deals.c.rep == bindparam("person"),
    "agent": deals.c.agent == bindparam("agent"),
    # A territory: what was sent to a manager for review, and what lies in it or was registered by its agents.
    "province": or_(_sent, deals.c.province == bindparam("province")),
    "region": or_(_sent, _of_the_region),
    "sent": _sent,
}
_VISIBLE = {by: Prepared(_BY_NUMBER.where(seen)) for by, seen in _SIGHTS.items()}
_LIVE_FIRST = _DEAL.order_by(deals.c.state.not_in(LIVE), deals.c.number.desc()).limit(bindparam("most"))
_MINE = {by: Prepared(_LIVE_FIRST.where(seen)) for by, seen in _SIGHTS.items()}
_LATEST_LIVE = Prepared(
    _DEAL.where(deals.c.rep == bindparam("of"), deals.c.state.in_(LIVE)).order_by(deals.c.number.desc()).limit(2)
)

_RIVAL = _DEAL.where(deals.c.number != bindparam("besides"))
_same_core = select(protections.c.deal).where(is_live, protections.c.customer_core == bindparam("core"))
_same_code = select(protections.c.deal).where(is_live, has_code, protections.c.credit_code == bindparam("code"))
_ALIKE = Prepared(_RIVAL.where(deals.c.number.in_(_same_core)))
_ALIKE_OR_CODE = Prepared(_RIVAL.where(deals.c.number.in_(union(_same_core, _same_code))))

_ADD = Prepared(insert(deals))
_PROTECT = Prepared(insert(protections))
_CHANGE = Prepared(update(deals).where(deals.c.number == bindparam("of"), deals.c.version == bindparam("seen")))
_CHANGE_PROTECTION = Prepared(update(protections).where(protections.c.deal == bindparam("of")))
