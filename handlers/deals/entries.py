"""What people are asked for: the entries of this capability's commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.cards import Option
from bot.entry import CreditCode, CustomerName, File, ask
from bot.errors import Refusal
from bot.permit import scope_of
from bot.turn import Turn
from bot.values import Money, ShortId
from handlers.approvals.queries import approval
from handlers.deals import queries, reach
from handlers.people.queries import product_lines
from storage.unit import Unit


def lines(db: Unit) -> Sequence[Option]:
    return [Option(line, line) for line in product_lines(db)]


def the_current(turn: Turn, db: Unit) -> str | None:
    """The registration meant without an id: the one last spoken of, else the only live one."""
    for ref in turn.unit.dialogue.talk(turn.me.id, turn.place).focus if turn.place else ():
        if ref.startswith("BB") and queries.visible(db, int(ref[2:]), scope_of(turn.me)):
            return ref[2:]
    live = queries.latest_live(db, turn.me.id)
    return str(live[0].number) if len(live) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealEntry:
    customer: CustomerName = ask("客户全称", label="客户", hint="营业执照上的名称", must=reach.must_be_active)
    project: str = ask("项目名称", label="项目", takes_of="line")
    line: str = ask("产品线", options=lines)
    amount: Money = ask("预计金额", label="金额", hint="例如 120万", must=reach.must_be_positive)
    sign_date: date = ask("预计签约日", label="预计签约", hint="例如 6月底")
    note: str | None = ask("备注", optional=True)


def _decided_about(turn: Turn, db: Unit, ref: ShortId) -> int | None:
    """进度 SP2001: the registration that approval is about. Refusal if it is about none of theirs."""
    if ref.kind != "SP":
        return None
    asked = approval(db, ref.number)
    if asked is None or asked.kind != "BB":
        raise Refusal("not_found", reach.NOT_FOUND)
    return reach.visible(turn, db, asked.subject).number


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDeal:
    deal: int = ask("报备编号", ref="BB", hint="例如 BB1001", usual=the_current, sure=True, via=_decided_about)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCodeEntry:
    code: CreditCode = ask("统一社会信用代码", hint="18 位")
    deal: int = ask("报备编号", ref="BB", hint="例如 BB1001", usual=the_current, sure=True, must=reach.open_)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry:
    contact: str = ask("联系人", hint="姓名和电话")
    deal: int = ask("报备编号", ref="BB", hint="例如 BB1001", usual=the_current, sure=True, must=reach.open_)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    address: str = ask("项目地址", hint="省市区和街道")
    deal: int = ask("报备编号", ref="BB", hint="例如 BB1001", usual=the_current, sure=True, must=reach.open_)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEntry:
    deal: int = ask("报备编号", ref="BB", hint="例如 BB1001", usual=the_current, sure=True, must=reach.open_)
    evidence: File = ask("证据", hint="合同扫描件或照片")
