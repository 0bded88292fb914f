"""``import agents``: the partner file, all or nothing, the same file twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import structs

from bot.feature import Imported, Row
from bot.ports import AuditEntry
from bot.tally import Tally
from bot.turn import OPERATOR
from bot.values import credit_code_fault
from handlers.people import import_cells as cells
from handlers.people import queries, rules
from handlers.people.feature import feature
from handlers.people.queries import Agent
from storage.unit import Unit

HEADERS = {
    "code": ("编号", "代理商编号"),
    "name": ("名称", "公司名称", "全称"),
    "short_name": ("简称",),
    "uscc": ("统一社会信用代码", "信用代码"),
    "type": ("类型",),
    "tier": ("级别", "等级"),
    "region": ("大区", "区域"),
    "province": ("省份", "省"),
    "city": ("城市", "市"),
    "products": ("产品线", "产品", "授权产品"),
    "contract_start": ("合同开始", "合同开始日"),
    "contract_end": ("合同结束", "合同结束日", "合同到期"),
    "status": ("状态",),
}
TYPES = {word: word for word in ("代理商", "集成商", "设计院", "经销商")}
TIERS = {"普通": "普通", "银": "银牌", "银牌": "银牌", "金": "金牌", "金牌": "金牌", "铂金": "铂金", "铂金牌": "铂金"}
STATUSES = {word: word for word in (queries.ACTIVE, "停用")}


@feature.importer("agents", HEADERS, ("code", "name"))
def load_agents(db: Unit, rows: Sequence[Row], now: datetime) -> Imported:
    tally = Tally()
    known = queries.all_agents(db)
    found: dict[str, tuple[Row, Agent]] = {}
    for row in rows:
        agent = _agent(tally, row)
        if agent is None or _seen(tally, row, agent, found):
            continue
        found[agent.code] = (row, agent)
        before = known.get(agent.code)
        (tally.new if before is None else tally.same if before == agent else tally.changed).append(row.number)
    if not tally.problems:
        for row, agent in found.values():
            if row.number not in tally.same:
                _save(db, known.get(agent.code), agent, now)
    return tally.imported


def _seen(tally: Tally, row: Row, agent: Agent, found: dict[str, tuple[Row, Agent]]) -> bool:
    if agent.code not in found:
        return False
    first, other = found[agent.code]
    if other == agent:
        tally.duplicate.append(row.number)
    else:
        tally.wrong(row, "code", f"与第 {first.number} 行编号相同，内容不同")
    return True


def _agent(tally: Tally, row: Row) -> Agent | None:
    before = len(tally.problems)
    get = row.cells.__getitem__
    region, province = cells.territory(tally, row)
    agent = Agent(
        code=_code(tally, row),
        name=get("name"),
        short_name=get("short_name"),
        uscc=get("uscc").upper(),
        type=cells.one_of(tally, row, "type", TYPES, "代理商"),
        tier=cells.one_of(tally, row, "tier", TIERS, "普通"),
        region=region,
        province=province,
        city=get("city"),
        products=cells.items(get("products")),
        contract_start=cells.day(tally, row, "contract_start"),
        contract_end=cells.day(tally, row, "contract_end"),
        status=cells.one_of(tally, row, "status", STATUSES, queries.ACTIVE),
    )
    _must_be_whole(tally, row, agent)
    return agent if len(tally.problems) == before else None


def _must_be_whole(tally: Tally, row: Row, agent: Agent) -> None:
    if not agent.name:
        tally.wrong(row, "name", "不能为空")
    if not agent.region and not row.cells["region"] and not row.cells["province"]:
        tally.wrong(row, "region", "大区和省份至少填写一个")
    if agent.uscc and (fault := credit_code_fault(agent.uscc)):
        tally.wrong(row, "uscc", fault)
    if agent.contract_start and agent.contract_end and agent.contract_end < agent.contract_start:
        tally.wrong(row, "contract_end", "早于合同开始日")


def _code(tally: Tally, row: Row) -> str:
    code = row.cells["code"].upper()
    if not re.fullmatch(rules.AGENT_CODE, code.lower()):
        tally.wrong(row, "code", "编号应写作 A0571-01")
    return code


def _save(db: Unit, before: Agent | None, agent: Agent, now: datetime) -> None:
    queries.save_agent(db, agent, new=before is None)
    db.audit.record(
        AuditEntry(
            at=now,
            actor=OPERATOR,
            object=agent.code,
            action="agent.imported",
            before=plain(structs.asdict(before)) if before else {},
            after=plain(structs.asdict(agent)),
        )
    )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """As the trail keeps it: days as text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
