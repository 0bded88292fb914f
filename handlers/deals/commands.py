"""What agents say about their registrations: register, add papers, ask how it stands."""

from __future__ import annotations

from msgspec import structs

from bot import names
from bot.entry import Preview
from bot.errors import Refusal
from bot.permit import AGENT_SIDE, DECIDERS, scope_of
from bot.turn import Reply, Turn
from handlers.approvals.actions import ask_for_decision, subject_changed
from handlers.deals import collisions, queries, reach
from handlers.deals.cards import list_card, standing
from handlers.deals.collisions import constraint_decides, refuse_if_blocked
from handlers.deals.entries import AddressEntry, ContactEntry, CreditCodeEntry, DealEntry, OneDeal
from handlers.deals.feature import feature
from handlers.deals.queries import Deal
from handlers.deals.rules import Claim
from handlers.deals.states import State
from handlers.people.queries import agent_of, responsible_manager
from storage.unit import Unit

SHOWN = 10


def _province(turn: Turn, db: Unit, entry: DealEntry) -> tuple[str, bool]:
    """Where the customer is, and whether that is inferred from the agent (R1.1); never empty."""
    named = names.province_of(entry.customer)
    if named:
        return named, False
    agent = agent_of(db, turn.me.agent)
    return (agent.province or agent.region if agent else "") or "全国", True


def _claim(turn: Turn, db: Unit, entry: DealEntry) -> Claim:
    province, _ = _province(turn, db, entry)
    return Claim(customer=entry.customer, project=entry.project, line=entry.line, province=province)


@feature.command(
    "报备",
    "提报",
    "登记",
    "bb",
    "baobei",
    help="登记一位新客户，获得保护期",
    example="报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    roles=AGENT_SIDE,
)
def register(turn: Turn, db: Unit, entry: DealEntry) -> Reply:
    """Takes the protection, asks the responsible manager, and gives the receipt of who was first (M02)."""
    reach.must_be_active(turn, db, entry.customer)
    suspected = refuse_if_blocked(db, _claim(turn, db, entry), turn.me)
    manager = responsible_manager(db, turn.me)
    number = db.numbers.next("BB")
    province, inferred = _province(turn, db, entry)
    after = {"customer": entry.customer, "project": entry.project, "line": entry.line, "amount": entry.amount.fen}
    deal = Deal(
        number=number,
        agent=turn.me.agent,
        rep=turn.me.id,
        manager=manager.id,
        state=State.REVIEW,
        version=1,
        customer=entry.customer,
        project=entry.project,
        line=entry.line,
        province=province,
        province_inferred=inferred,
        amount=entry.amount.fen,
        sign_date=entry.sign_date,
        credit_code="",
        contact="",
        address="",
        note=entry.note or "",
        suspicion=collisions.line_for_manager(db, suspected),
        receipt=turn.record("deal.registered", f"BB{number}", after=after),
        submitted_at=turn.now,
        protected_until=None,
    )
    with constraint_decides(db, deal.claim):
        queries.add(db, deal)
    asked = ask_for_decision(turn, db, "BB", number, turn.me, manager)
    due = turn.house.moment(asked.due_at)
    text = f"{deal.ref} 已提交，审批人:{manager.name}，最迟 {due} 前给出结果。"
    return Reply(text, view="deals.card", number=number, focus=deal.ref)


@register.check
def conflicts(turn: Turn, db: Unit, entry: DealEntry) -> Preview | None:
    reach.must_be_active(turn, db, entry.customer)
    reach.must_be_positive(turn, db, entry.amount)
    suspected = refuse_if_blocked(db, _claim(turn, db, entry), turn.me)
    return Preview((collisions.line_for_agent(suspected), "还可补充:信用代码、联系人、地址、证据"))


@feature.command("进度", help="查看一个报备办到哪一步", example="进度 BB1001", on="BB", opens=True)
def progress(turn: Turn, db: Unit, entry: OneDeal) -> Reply:
    deal = reach.visible(turn, db, entry.deal)
    return Reply(view="deals.card", number=deal.number, focus=deal.ref)


@feature.command("我的报备", "报备列表", help="看我的全部报备", example="我的报备", roles=(*AGENT_SIDE, *DECIDERS))
def my_deals(turn: Turn, db: Unit) -> Reply:
    found = queries.mine(db, scope_of(turn.me), SHOWN)
    if not found:
        return Reply(text="还没有报备。发送「报备 客户全称 项目 金额 签约日」就可以登记第一个。")
    return Reply(card=list_card(found, turn), choices=tuple(f"进度 {d.ref}" for d in found))


@feature.command(
    "信用代码",
    "统一社会信用代码",
    "税号",
    help="给报备补充信用代码",
    example="信用代码 91330106MA0TEXT01T",
    roles=AGENT_SIDE,
    on="BB",
)
def credit_code(turn: Turn, db: Unit, entry: CreditCodeEntry) -> Reply:
    """Checked again with the code: it may show that somebody else holds this customer, or where the customer is."""
    deal = _open(turn, db, entry.deal)
    province = names.province_of_code(entry.code) or deal.province
    claim = structs.replace(deal.claim, province=province, credit_code=entry.code)
    refuse_if_blocked(db, claim, turn.me, deal.number)
    with constraint_decides(db, claim, deal.number):
        queries.change_protection(db, deal.number, credit_code=entry.code, province=province)
    _change(turn, db, deal, credit_code=entry.code, province=province, province_inferred=False)
    return _completed(turn, db, deal, f"信用代码已补充到 {deal.ref}，校验通过。")


@feature.command("联系人", help="给报备补充联系人", example="联系人 张总 13800000002", roles=AGENT_SIDE, on="BB")
def contact(turn: Turn, db: Unit, entry: ContactEntry) -> Reply:
    deal = _open(turn, db, entry.deal)
    _change(turn, db, deal, contact=entry.contact)
    return _completed(turn, db, deal, f"联系人已补充到 {deal.ref}。")


@feature.command("地址", help="给报备补充项目地址", example="地址 杭州市西湖区文三路1号", roles=AGENT_SIDE, on="BB")
def address(turn: Turn, db: Unit, entry: AddressEntry) -> Reply:
    deal = _open(turn, db, entry.deal)
    _change(turn, db, deal, address=entry.address)
    return _completed(turn, db, deal, f"地址已补充到 {deal.ref}。")


def _open(turn: Turn, db: Unit, number: int) -> Deal:
    """A registration this person may still add to, for update: the deal before its protection, as everybody locks them."""
    queries.deal_for_update(db, number)
    return reach.open_(turn, db, number)


def _completed(turn: Turn, db: Unit, deal: Deal, said: str) -> Reply:
    return Reply(text=f"{said}\n{deal.ref} {standing(db, deal, turn.house, turn.now)}", focus=deal.ref)


def _change(turn: Turn, db: Unit, deal: Deal, **values: object) -> None:
    if not queries.change(db, deal, **values):
        raise Refusal("changed", f"{deal.ref} 刚刚变更过，请再发一次。")
    before = {name: getattr(deal, name) for name in values}
    turn.record("deal.completed", deal.ref, before=before, after=dict(values))
    turn.changed("BB", deal.number)
    subject_changed(turn, db, "BB", deal.number)
