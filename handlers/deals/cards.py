"""How registrations look: one card per registration, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import AnyBlock, Card, Fields, Note, Table, Text, Tone
from bot.feature import Subject
from bot.house import House
from bot.permit import AGENT_SIDE
from bot.turn import Turn, Viewer
from handlers.approvals.queries import latest_of
from handlers.deals import queries
from handlers.deals.decision import decided
from handlers.deals.feature import feature
from handlers.deals.queries import Deal
from handlers.deals.states import State
from handlers.files.actions import listed as evidence
from handlers.people.queries import agent_of, person_name
from storage.unit import Unit

TONES = {
    State.REVIEW: Tone.WARNING,
    State.PROTECTED: Tone.SUCCESS,
    State.REFUSED: Tone.DANGER,
    State.EXPIRED: Tone.NEUTRAL,
}


@feature.view("deals.card", of="BB")
def card(db: Unit, number: int, viewer: Viewer) -> Card:
    deal = queries.deal(db, number)
    if deal is None:
        return Card(f"报备 BB{number}", tag="没有找到")
    how = f"{deal.ref} {standing(db, deal, viewer.house, viewer.now)}"
    blocks: list[AnyBlock] = [Fields(_facts(deal)), Text(how, strong=True)]
    files = evidence(db, "BB", number, viewer)
    blocks += files
    if viewer.person is not None and viewer.person.role in AGENT_SIDE:
        missing = _missing(deal, has_evidence=bool(files))
        if missing and deal.state is State.REVIEW:
            blocks.append(Note(f"还可补充:{'、'.join(missing)}。直接发送，例如：信用代码 91330106MA0TEXT01T"))
        blocks.append(Note(f"回执码:{deal.receipt}（登记时间 {viewer.house.moment(deal.submitted_at)}）"))
    return Card(f"报备 {deal.ref}", TONES[deal.state], deal.state.word, tuple(blocks))


def list_card(found: Sequence[Deal], turn: Turn) -> Card:
    today = turn.house.today(turn.now)
    rows = tuple((d.ref, d.customer, d.project, str(d.money), _left(d, today)) for d in found)
    note = Note("回复序号查看详情，例如 1。")
    return Card(
        "我的报备", Tone.INFO, f"{len(found)} 个", (Table(("编号", "客户", "项目", "金额", "状态"), rows), note)
    )


def _title(db: Unit, number: int) -> str:
    return f"报备 BB{number}"


def _for_review(db: Unit, number: int, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """What the reviewing manager reads."""
    deal = queries.deal(db, number)
    if deal is None:
        return ()
    agent = agent_of(db, deal.agent)
    who = f"{person_name(db, deal.rep)} / {agent.short if agent else deal.agent}"
    suspicion = (("查重", deal.suspicion or "未发现冲突"),)
    count = len(evidence(db, "BB", number, viewer))
    papers = (("证据", f"{count} 份，发送「进度 {deal.ref}」查看"),) if count else ()
    return (("报备人", who), *_facts(deal), *suspicion, *papers)


feature.subject(Subject("BB", _title, _for_review, decided))


def _facts(deal: Deal) -> tuple[tuple[str, str], ...]:
    province = f"{deal.province}（推定）" if deal.province_inferred else deal.province
    optional = (("信用代码", deal.credit_code), ("联系人", deal.contact), ("地址", deal.address), ("备注", deal.note))
    return (
        ("客户", deal.customer),
        ("项目", deal.project),
        ("产品线", deal.line),
        ("金额", str(deal.money)),
        ("预计签约", deal.sign_date.isoformat()),
        ("地区", province),
        *(pair for pair in optional if pair[1]),
    )


def _missing(deal: Deal, *, has_evidence: bool) -> list[str]:
    papers = {"信用代码": deal.credit_code, "联系人": deal.contact, "地址": deal.address, "证据": has_evidence}
    return [name for name, given in papers.items() if not given]


def standing(db: Unit, deal: Deal, house: House, now: datetime) -> str:
    """How it stands, who acts next, by when."""
    asked = latest_of(db, "BB", deal.number)
    match deal.state:
        case State.REVIEW if asked is not None:
            waited = int(house.calendar.worked(asked.asked_at, now).total_seconds() // 3600)
            late = "已超过时限，正在催办" if now >= asked.due_at else f"最迟 {house.moment(asked.due_at)} 前给出结果"
            next_one = f"审批人:{person_name(db, asked.approver)}，{late}（{asked.ref}）。"
            return f"已提交，待审，已等待 {waited} 小时。{next_one}"
        case State.PROTECTED if deal.protected_until is not None:
            left = (deal.protected_until - house.today(now)).days
            return f"已通过，保护至 {deal.protected_until.isoformat()}，剩 {left} 天。"
        case State.REFUSED:
            return f"已驳回，理由：{asked.reason if asked else ''}。补充后可以重新报备。"
        case _:
            return f"{deal.state.word}，保护已结束。需要时可以重新报备。"


def _left(deal: Deal, today: date) -> str:
    if deal.state is State.PROTECTED and deal.protected_until is not None:
        return f"剩 {(deal.protected_until - today).days} 天"
    return deal.state.word
