"""``import people``: who works where, under whom, and by which accounts they are known; imported accounts are bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from bot.errors import OperatorError
from bot.feature import Imported, Row
from bot.messages import Account, Spelling
from bot.permit import AGENT_SIDE, DECIDERS, Person, Role, role_of
from bot.ports import AuditEntry
from bot.tally import Tally
from bot.turn import OPERATOR
from handlers.people import import_cells as cells
from handlers.people import queries, rules
from handlers.people.feature import feature
from storage.unit import Unit

HEADERS = {
    "name": ("姓名",),
    "phone": ("手机", "手机号"),
    "role": ("角色", "岗位"),
    "agent": ("代理商", "代理商编号"),
    "region": ("大区", "区域"),
    "province": ("省份", "省"),
    "manager": ("上级手机", "上级", "主管"),
    "language": ("语言",),
    "accounts": ("账号", "帐号"),
}
LANGUAGES = {"zh-CN": "zh-CN", "zh-TW": "zh-TW", "en": "en"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as it should be: the person (id 0: new; manager not yet known), the manager's phone, the accounts."""

    row: Row
    person: Person
    manager: str
    accounts: tuple[Account, ...]

    @property
    def content(self) -> tuple[Person, str, tuple[Account, ...]]:
        return self.person, self.manager, self.accounts


@dataclass(slots=True)
class Known:
    """What the organisation knows before the import."""

    people: dict[str, Person]
    without_phone: dict[int, Person]
    """Who got in by an invitation of the command line, by id."""
    accounts: dict[Account, int]
    agents: frozenset[str]
    spelled: Spelling
    ids: dict[str, int] = field(default_factory=dict)
    """The people's ids by phone, new ones included."""
    owners: set[tuple[str, str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.owners = {(a.channel, a.user, person) for a, person in self.accounts.items()}

    def person(self, phone: str, accounts: Sequence[Account]) -> Person | None:
        """By phone; who has none yet gets this one, if it is their account that stands in the row."""
        owners = (self.without_phone.get(self.accounts.get(account, 0)) for account in accounts)
        adopted = next((owner for owner in owners if owner), None)
        if phone and phone not in self.people and adopted is not None:
            self.people[phone] = adopted
        return self.people.get(phone)


@feature.importer("people", HEADERS, ("name", "phone", "role"))
def load_people(db: Unit, rows: Sequence[Row], now: datetime) -> Imported:
    tally = Tally()
    everybody = queries.everybody(db)
    known = Known(
        {p.phone: p for p in everybody if p.phone},
        {p.id: p for p in everybody if not p.phone},
        queries.all_accounts(db),
        frozenset(queries.all_agents(db)),
        db.identity.spelled,
    )
    wanted: dict[str, Wanted] = {}
    for row in rows:
        found = _wanted(tally, row, known)
        if found is not None and not _seen(tally, found, wanted):
            wanted[found.person.phone] = found
    _check_managers(tally, known, wanted)
    _check_accounts(tally, known, wanted)
    for each in wanted.values():
        _count(tally, known, each)
    if not tally.problems:
        _save(db, known, wanted, set(tally.new) | set(tally.changed), now)
    return tally.imported


# -- reading -------------------------------------------------------------------------------------------------------


def _wanted(tally: Tally, row: Row, known: Known) -> Wanted | None:
    before = len(tally.problems)
    phone = rules.phone_of(row.cells["phone"])
    role = role_of(row.cells["role"])
    if not phone:
        tally.wrong(row, "phone", "手机号应为 11 位数字")
    if not row.cells["name"]:
        tally.wrong(row, "name", "不能为空")
    if role is None:
        tally.wrong(row, "role", f"应为 {'、'.join(each.named for each in Role)} 之一")
        return None
    named = [cells.account(tally, row, cell) for cell in cells.items(row.cells["accounts"])]
    accounts = tuple(dict.fromkeys(known.spelled(account) for account in named if account))
    person = _person(tally, row, role, phone, known.person(phone, accounts))
    _check_place(tally, row, person, known)
    manager = rules.phone_of(row.cells["manager"])
    if row.cells["manager"] and not manager:
        tally.wrong(row, "manager", "应为上级的手机号")
    found = Wanted(row, person, manager, accounts)
    return found if len(tally.problems) == before else None


def _person(tally: Tally, row: Row, role: Role, phone: str, known: Person | None) -> Person:
    region, province = cells.territory(tally, row)
    return Person(
        id=known.id if known else 0,
        name=row.cells["name"],
        role=role,
        phone=phone,
        agent=row.cells["agent"].upper(),
        region=region,
        province=province,
        language=cells.one_of(tally, row, "language", LANGUAGES, "zh-CN"),
        active=known.active if known else True,
    )


def _check_place(tally: Tally, row: Row, person: Person, known: Known) -> None:
    if person.role in AGENT_SIDE:
        if not person.agent:
            tally.wrong(row, "agent", f"{person.role.named}要写明代理商编号")
        elif person.agent not in known.agents:
            tally.wrong(row, "agent", f"没有代理商 {person.agent}，请先导入代理商")
    elif person.agent:
        tally.wrong(row, "agent", f"{person.role.named}不属于代理商，请留空")
    if person.role is Role.MANAGER and not (person.region or person.province):
        tally.wrong(row, "province", "区域经理要写明省份或大区")
    if person.role is Role.DIRECTOR and not person.region:
        tally.wrong(row, "region", "大区总监要写明大区")


def _seen(tally: Tally, found: Wanted, wanted: dict[str, Wanted]) -> bool:
    first = wanted.get(found.person.phone)
    if first is None:
        return False
    if first.content == found.content:
        tally.duplicate.append(found.row.number)
    else:
        tally.wrong(found.row, "phone", f"与第 {first.row.number} 行手机号相同，内容不同")
    return True


# -- across rows ---------------------------------------------------------------------------------------------------


def _check_managers(tally: Tally, known: Known, wanted: dict[str, Wanted]) -> None:
    for each in wanted.values():
        if not each.manager:
            continue
        above = wanted[each.manager].person if each.manager in wanted else known.people.get(each.manager)
        if above is None:
            tally.wrong(each.row, "manager", f"没有手机号为 {each.manager} 的人")
        elif above.role not in DECIDERS:
            tally.wrong(each.row, "manager", f"{above.name}是{above.role.named}，不能作为上级")
        elif above.phone == each.person.phone:
            tally.wrong(each.row, "manager", "不能是本人")


def _check_accounts(tally: Tally, known: Known, wanted: dict[str, Wanted]) -> None:
    taken: dict[Account, Wanted] = {}
    for each in wanted.values():
        for account in each.accounts:
            owner = _owner(known, account, each.person.id)
            if owner not in (None, each.person.id):
                tally.wrong(each.row, "accounts", f"账号 {account} 已绑定到其他人")
            elif account in taken:
                tally.wrong(each.row, "accounts", f"账号 {account} 与第 {taken[account].row.number} 行相同")
            taken.setdefault(account, each)


def _owner(known: Known, account: Account, person: int) -> int | None:
    """Who has the account. One of the channel's own tenant may be known with or without it: to its owner it is the same."""
    owned = person if person and (account.channel, account.user, person) in known.owners else None
    return known.accounts.get(account, owned)


def _count(tally: Tally, known: Known, each: Wanted) -> None:
    before = known.people.get(each.person.phone)
    if before is None:
        tally.new.append(each.row.number)
        return
    above = known.people.get(each.manager)
    same_manager = before.manager == (above.id if above else None) and (above is not None or not each.manager)
    bound = all(_owner(known, account, before.id) == before.id for account in each.accounts)
    same = structs.replace(before, manager=None) == each.person and same_manager and bound
    (tally.same if same else tally.changed).append(each.row.number)


# -- writing -------------------------------------------------------------------------------------------------------


def _save(db: Unit, known: Known, wanted: dict[str, Wanted], rows: set[int], now: datetime) -> None:
    """From the top down, so that nearly everybody's manager has an id already."""
    known.ids = {phone: person.id for phone, person in known.people.items()}
    downward = sorted(wanted.values(), key=lambda each: -rules.RANK.get(each.person.role, 0))
    early = []
    for each in (each for each in downward if not each.person.id):
        if each.manager and each.manager not in known.ids:
            early.append(each)
        above = known.ids.get(each.manager)
        known.ids[each.person.phone] = db.identity.add_person(structs.replace(each.person, manager=above))
    for each in [*early, *(each for each in downward if each.person.id and each.row.number in rows)]:
        db.identity.update_person(_person_of(known, each))
    for each in (each for each in downward if each.row.number in rows):
        _bind_and_record(db, known, each, now)


def _person_of(known: Known, each: Wanted) -> Person:
    return structs.replace(each.person, id=known.ids[each.person.phone], manager=known.ids.get(each.manager))


def _bind_and_record(db: Unit, known: Known, each: Wanted, now: datetime) -> None:
    person = _person_of(known, each)
    fresh = [a for a in each.accounts if _owner(known, a, person.id) is None]
    for account in fresh:
        if not db.identity.bind_account(account, person.id, now):
            raise OperatorError(f"账号 {account} 刚刚被绑定到其他人，没有导入，请再试一次")
    before = known.people.get(person.phone)
    db.audit.record(
        AuditEntry(
            at=now,
            actor=OPERATOR,
            object=f"person/{person.id}",
            action="person.imported",
            before=structs.asdict(before) if before else {},
            after=structs.asdict(person) | {"accounts": [str(a) for a in fresh]},
        )
    )
