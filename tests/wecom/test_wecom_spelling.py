"""A userid knows no case (page 2): however a sheet writes it, it is the one that pushes name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.opening import spelling
from bot import imports, sheets
from bot.app import importers, open_desk
from bot.config import Wecom
from bot.messages import Account
from storage.tables import accounts
from tests.build import MONDAY, Org, configuration
from tests.chat import World
from tests.wecom.organisation import OnWeCom
from tests.wecom.stage import AES_KEY, CORP, TOKEN

TABLE = {
    "platform": "wecom",
    "corp_id": CORP,
    "agent_id": 1000007,
    "secret": "demo-app-secret",
    "token": TOKEN,
    "encoding_aes_key": AES_KEY,
}


@dataclass(frozen=True)
class Typed(OnWeCom):
    """As somebody types userids from memory: 王磊's with capitals, 李静's with the corp in front."""

    def rows(self, name: str) -> list[dict[str, str]]:
        written = {"wecom:wanglei": "wecom:WangLei;wecom:wanglei", "wecom:lijing": "wecom:ww5f3a9c1e7b2d4861/LiJing"}
        rows = super().rows(name)
        return [
            row | {"accounts": written.get(row["accounts"], row["accounts"])} for row in rows if "accounts" in row
        ] or rows


@pytest.fixture
def org() -> Org:
    return Typed()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("wecom",)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (Account("wecom", "", "WangLei"), Account("wecom", "", "wanglei")),
        (Account("wecom", CORP, "Wang.Lei@HQ"), Account("wecom", CORP, "wang.lei@hq")),
        (Account("wecom", "wwDOWN1", "woAJ2GCAAAXtWyuj"), Account("wecom", "wwDOWN1", "woAJ2GCAAAXtWyuj")),
        (Account("feishu", "", "ou_7D8a"), Account("feishu", "", "ou_7D8a")),
    ],
    ids=["own", "own, with its corp", "downstream", "another messenger's"],
)
def test_as_its_messenger_will_name_it(written: Account, named: Account) -> None:
    assert spelling({"wecom": Wecom.model_validate(TABLE)})(written) == named


async def test_who_was_imported_with_capitals_is_known(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "WangLei"), ("李静", "lijing")))
    await wang.says("我是谁").sees("王磊")
    await li.says("我是谁").sees("李静", "区域经理")
    imported = await world.app.import_sheet("people", "people.csv", Typed().sheet("people"))
    assert (imported.problems, imported.new, imported.changed) == ((), 0, 0)


async def test_one_userid_in_two_spellings_is_one(world: World) -> None:
    rows = "name,phone,role,accounts\n甲,13900000001,财务,wecom:ChenA\n乙,13900000002,财务,wecom:chena\n"
    imported = await world.app.import_sheet("people", "people.csv", rows.encode())
    assert [problem.text for problem in imported.problems] == ["账号 wecom:chena 与第 2 行相同"]


def test_from_the_command_line_too(database_url: str, tmp_path: Path) -> None:
    clock = tmp_path / "now"
    clock.write_text(MONDAY.isoformat(), encoding="utf-8")
    config = configuration(tmp_path, database_url, clock, {"wecom": TABLE})
    with open_desk(config) as desk:
        importer = importers(desk.catalog)["people"]
        rows = "name,phone,role,accounts\n甲,13900000001,财务,wecom:ChenA\n"
        sheet = sheets.parse("people.csv", rows.encode(), importer.headers, importer.required)
        assert imports.run(desk, importer, sheet, dry_run=False) == 0
        with desk.store.snapshot() as unit:
            assert unit.sql.execute(select(accounts.c.user_id)).scalars().all() == ["chena"]
