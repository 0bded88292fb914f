"""``import agents`` and ``import people``: dry run, once, twice, changed, wrong (contract 4)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot import imports, sheets
from bot.feature import Imported
from bot.messages import Account
from bot.permit import Person, Role
from handlers.catalog import features
from handlers.people import queries
from storage.store import Database
from storage.tables import audit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
IMPORTERS = {each.name: each for feature in features() for each in feature.importers}

QIMING = {"code": "A0571-01", "name": "杭州启明机电有限公司", "region": "华东", "province": "浙江", "tier": "金牌"}
LI = {"name": "李静", "phone": "13800000005", "role": "区域经理", "province": "浙江"}
WANG = {"name": "王磊", "phone": "13800000001", "role": "业务员", "agent": "A0571-01", "accounts": "feishu:ou_wanglei"}

Load = Callable[..., Imported]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Judged before the database is asked."""


def sheet(*rows: Mapping[str, str]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def load(database: Database) -> Load:
    def run(kind: str, *rows: Mapping[str, str], dry_run: bool = False) -> Imported:
        importer = IMPORTERS[kind]
        found = sheets.parse(f"{kind}.csv", sheet(*rows), importer.headers, importer.required)
        try:
            with database.unit() as db:
                return imports.load(db, importer, found, NOW, dry_run=dry_run)
        except imports.Undone as undone:
            return undone.imported

    return run


def counts(imported: Imported) -> tuple[int, int, int, int]:
    return imported.new, imported.changed, imported.same, imported.duplicate


def test_agents_once_twice_and_changed(load: Load, database: Database) -> None:
    assert counts(load("agents", QIMING, dry_run=True)) == (1, 0, 0, 0)
    assert counts(load("agents", QIMING)) == (1, 0, 0, 0)
    assert counts(load("agents", QIMING)) == (0, 0, 1, 0)
    changed = load("agents", QIMING | {"tier": "铂金"})
    assert counts(changed) == (0, 1, 0, 0)
    assert changed.notes == ("更改：第 2 行",)
    with database.snapshot() as db:
        agent = queries.agent_of(db, "A0571-01")
        assert agent is not None
        assert (agent.tier, agent.status, agent.type) == ("铂金", "正常", "代理商")
        recorded = select(func.count()).where(audit.c.object == "A0571-01")
        assert db.sql.execute(recorded).scalar_one() == 2


def test_every_column_of_an_agent_with_chinese_headers(load: Load, database: Database) -> None:
    row = {
        "编号": "a0755-05",
        "名称": "深圳前湾智能科技有限公司",
        "简称": "深圳前湾",
        "统一社会信用代码": "91440300MA0TEXT03F",
        "类型": "集成商",
        "级别": "铂金",
        "大区": "华南",
        "省份": "广东省",
        "城市": "深圳",
        "产品线": "智能照明;中央空调；智能照明",
        "合同开始": "2025/1/1",
        "合同结束": "46387",
        "状态": "停用",
    }
    assert counts(load("agents", row)) == (1, 0, 0, 0)
    with database.snapshot() as db:
        assert queries.agent_of(db, "A0755-05") == queries.Agent(
            code="A0755-05",
            name="深圳前湾智能科技有限公司",
            short_name="深圳前湾",
            uscc="91440300MA0TEXT03F",
            type="集成商",
            tier="铂金",
            region="华南",
            province="广东",
            city="深圳",
            products=("智能照明", "中央空调"),
            contract_start=date(2025, 1, 1),
            contract_end=date(2026, 12, 31),
            status="停用",
        )


@pytest.mark.parametrize(
    ("change", "column", "text"),
    [
        ({"code": "0571"}, "code", "A0571-01"),
        ({"code": ""}, "code", "A0571-01"),
        ({"name": ""}, "name", "不能为空"),
        ({"region": "华来"}, "region", "华东、华南"),
        ({"province": "浙"}, "province", "没有这个省份"),
        ({"region": "", "province": ""}, "region", "至少填写一个"),
        ({"tier": "钻石"}, "tier", "普通、银牌、金牌、铂金 之一"),
        ({"type": "经纪"}, "type", "代理商、集成商"),
        ({"status": "暂停"}, "status", "正常、停用"),
        ({"uscc": "91330106MA0TEXT01X"}, "uscc", "校验位不正确"),
        ({"contract_start": "下周"}, "contract_start", "不是日期"),
        ({"contract_start": "2026-02-02", "contract_end": "2026-02-01"}, "contract_end", "早于合同开始日"),
    ],
)
@ON_SQLITE
def test_a_wrong_agent_stops_the_whole_file(
    load: Load, database: Database, change: dict[str, str], column: str, text: str
) -> None:
    good = QIMING | {"code": "A0574-03", "name": "宁波甬诚", "uscc": "", "type": "", "status": ""}
    good |= {"contract_start": "", "contract_end": ""}
    imported = load("agents", good, QIMING | change)
    assert [(p.row, p.column) for p in imported.problems] == [(3, column)]
    assert text in imported.problems[0].text
    with database.snapshot() as db:
        assert not queries.all_agents(db)


def test_duplicates_in_the_file(load: Load) -> None:
    assert counts(load("agents", QIMING, QIMING)) == (1, 0, 0, 1)
    different = load("agents", QIMING, QIMING | {"tier": "银"})
    assert [(p.row, p.text) for p in different.problems] == [(3, "与第 2 行编号相同，内容不同")]
    load("agents", QIMING)
    assert counts(load("people", LI, LI)) == (1, 0, 0, 1)
    other = load("people", WANG, WANG | {"name": "王雷"})
    assert [(p.row, p.text) for p in other.problems] == [(3, "与第 2 行手机号相同，内容不同")]


def person_of(database: Database, phone: str) -> Person:
    with database.snapshot() as db:
        found = queries.person_by_phone(db, phone)
    assert found is not None
    return found


def test_people_once_twice_and_changed(load: Load, database: Database) -> None:
    load("agents", QIMING)
    wang = WANG | {"manager": LI["phone"]}
    assert counts(load("people", wang, LI, dry_run=True)) == (2, 0, 0, 0)
    assert counts(load("people", wang, LI)) == (2, 0, 0, 0)
    assert counts(load("people", wang, LI)) == (0, 0, 2, 0)
    assert counts(load("people", wang | {"role": "代理商老板"})) == (0, 1, 0, 0)
    found = person_of(database, "13800000001")
    assert (found.role, found.manager) == (Role.OWNER, person_of(database, "13800000005").id)
    assert counts(load("people", wang | {"role": "代理商老板", "manager": ""})) == (0, 1, 0, 0)
    assert person_of(database, "13800000001").manager is None


def test_imported_accounts_are_bound(load: Load, database: Database) -> None:
    load("agents", QIMING)
    more = WANG | {"accounts": "feishu:ou_wanglei; wecom:corp2/wanglei"}
    assert counts(load("people", WANG)) == (1, 0, 0, 0)
    assert counts(load("people", more)) == (0, 1, 0, 0)
    assert counts(load("people", more)) == (0, 0, 1, 0)
    wang = person_of(database, "13800000001")
    with database.unit() as db:
        own, foreign = Account("feishu", "", "ou_wanglei"), Account("wecom", "corp2", "wanglei")
        assert set(db.identity.accounts(wang.id)) == {own, foreign}
        assert db.identity.person_of(own) == db.identity.person_of(foreign) == wang
        assert db.identity.person_of(Account("wecom", "", "wanglei")) is None
        assert db.identity.person_of(Account("feishu", "other", "ou_wanglei")) is None


def test_an_account_may_spell_out_the_channels_own_tenant(load: Load, database: Database) -> None:
    load("agents", QIMING)
    spelled = WANG | {"accounts": "feishu:tkown/ou_wanglei"}
    load("people", spelled)
    assert counts(load("people", WANG)) == (0, 0, 1, 0)
    wang, own = person_of(database, "13800000001"), Account("feishu", "", "ou_wanglei")
    with database.unit() as db:
        assert db.identity.person_of(own) is None
        assert db.identity.person_of(Account("feishu", "tkother", "ou_wanglei"), "tkother") is None
        assert db.identity.person_of(own, "tkown") == wang
        assert db.identity.accounts(wang.id) == (own,)
    assert counts(load("people", spelled)) == (0, 0, 1, 0)
    assert counts(load("people", WANG)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("change", "column", "text"),
    [
        ({"name": ""}, "name", "不能为空"),
        ({"phone": "1380000"}, "phone", "11 位"),
        ({"role": "秘书"}, "role", "代理商业务员、代理商老板、区域经理"),
        ({"agent": ""}, "agent", "要写明代理商编号"),
        ({"agent": "A9999-99"}, "agent", "没有代理商 A9999-99"),
        ({"role": "财务"}, "agent", "财务不属于代理商"),
        ({"role": "区域经理", "agent": ""}, "province", "要写明省份或大区"),
        ({"role": "大区总监", "agent": ""}, "region", "要写明大区"),
        ({"manager": "13800000099"}, "manager", "没有手机号为 13800000099 的人"),
        ({"manager": "13800000001"}, "manager", "不能作为上级"),
        ({"manager": "李静"}, "manager", "应为上级的手机号"),
        ({"language": "fr"}, "language", "zh-CN"),
        ({"accounts": "ou_wanglei"}, "accounts", "渠道:账号"),
        ({"accounts": "feishu:ou_lijing"}, "accounts", "已绑定到其他人"),
    ],
)
@ON_SQLITE
def test_a_wrong_person_stops_the_whole_file(
    load: Load, database: Database, change: dict[str, str], column: str, text: str
) -> None:
    load("agents", QIMING)
    load("people", LI | {"accounts": "feishu:ou_lijing"})
    good = {"name": "陈启明", "phone": "13800000002", "role": "老板", "agent": "A0571-01"}
    good |= {"manager": "13800000005", "language": "", "accounts": ""}
    imported = load("people", good, WANG | change)
    assert [(p.row, p.column) for p in imported.problems] == [(3, column)]
    assert text in imported.problems[0].text
    with database.snapshot() as db:
        assert [p.name for p in queries.everybody(db)] == ["李静"]


def test_the_same_account_twice_in_a_file(load: Load) -> None:
    load("agents", QIMING)
    other = WANG | {"name": "刘洋", "phone": "13800000004"}
    imported = load("people", WANG, other)
    assert [(p.row, p.text) for p in imported.problems] == [(3, "账号 feishu:ou_wanglei 与第 2 行相同")]


def test_who_got_in_by_the_command_line_gets_a_phone(load: Load, database: Database) -> None:
    first = Account("feishu", "", "ou_linlan")
    with database.unit() as db:
        number = db.identity.add_person(Person(0, "总部管理员", Role.HQ))
        db.identity.bind_account(first, number, NOW)
    lin = {"name": "林岚", "phone": "13800000008", "role": "总部管理员", "accounts": "feishu:ou_linlan"}
    assert counts(load("people", lin)) == (0, 1, 0, 0)
    assert counts(load("people", lin)) == (0, 0, 1, 0)
    found = person_of(database, "13800000008")
    assert (found.id, found.name) == (number, "林岚")
