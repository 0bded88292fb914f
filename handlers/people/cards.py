"""How agents and people look."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Fields, Note, Table, Text, Tone
from bot.permit import AGENT_SIDE
from bot.turn import Turn
from bot.values import mask_phone
from handlers.people import accounts, queries
from handlers.people.queries import Agent
from storage.unit import Unit


def agent_card(db: Unit, agent: Agent, turn: Turn) -> Card:
    place = " ".join(part for part in (agent.region, agent.province, agent.city) if part)
    facts = (
        ("编号", agent.code),
        ("类型", agent.type),
        ("级别", agent.tier),
        ("区域", place),
        ("产品线", "、".join(agent.products) or "未填写"),
        ("合同", _contract(agent)),
    )
    people = queries.people_of(db, agent.code)
    rows = tuple((p.name, p.role.short, mask_phone(p.phone)) for p in people)
    listed = Table(("姓名", "角色", "手机"), rows) if rows else Note("还没有人员。")
    late = agent.contract_end is not None and agent.contract_end < turn.house.today(turn.now)
    tone = Tone.WARNING if late or not agent.active else Tone.NEUTRAL
    return Card(agent.name, tone, "合同已到期" if late and agent.active else agent.status, (Fields(facts), listed))


def agent_list(found: Sequence[Agent], more: bool) -> Card:
    rows = tuple((str(at), a.code, a.short, a.tier, a.province or a.region) for at, a in enumerate(found, 1))
    hint = "还有更多，请写得更具体一些。" if more else "回复序号查看详情，例如 1。"
    return Card("代理商", blocks=(Table(("序号", "编号", "名称", "级别", "区域"), rows), Note(hint)))


def own_card(db: Unit, turn: Turn) -> Card:
    me = turn.me
    company = queries.agent_of(db, me.agent) if me.agent else None
    known = db.identity.accounts(me.id)
    named = [accounts.title(a, turn.house.channels) + ("（当前）" if a == turn.account else "") for a in known]
    facts = [
        ("角色", me.role.short),
        ("公司", f"{company.name}（{company.code}）" if company else turn.house.name),
        ("手机", mask_phone(me.phone) or "未填写"),
        ("账号", "、".join(named)),
    ]
    if me.role not in AGENT_SIDE and (me.region or me.province):
        facts.insert(2, ("区域", me.province or me.region))
    above = queries.superior_of(db, me)
    if above is not None:
        facts.append(("负责人", above.name))
    hint = Note("要添加其他账号，请在新账号里发送「绑定 飞书账号」这样的话。")
    return Card(me.name, blocks=(Fields(tuple(facts)), hint) if known else (Text("没有账号。"),))


def _contract(agent: Agent) -> str:
    start = agent.contract_start.isoformat() if agent.contract_start else ""
    end = agent.contract_end.isoformat() if agent.contract_end else ""
    return f"{start} 至 {end}" if start and end else f"至 {end}" if end else "未填写"
