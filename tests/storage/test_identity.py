"""Who is behind an account, and where a person is to be found."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.messages import Account
from bot.permit import Role
from storage.store import Database
from tests.storage.samples import ACCOUNT, HOUR, NOW, WANG


def test_a_person_is_known_by_channel_tenant_and_id_only(database: Database) -> None:
    with database.unit() as unit:
        wang = unit.identity.add_person(WANG)
        unit.identity.bind_account(ACCOUNT, wang, NOW)
        assert unit.identity.person_of(ACCOUNT) == unit.identity.person(wang) == replace(WANG, id=wang)
        for stranger in (
            replace(ACCOUNT, channel="wecom"),
            replace(ACCOUNT, tenant="t2"),
            replace(ACCOUNT, user="ou_wan"),
        ):
            assert unit.identity.person_of(stranger) is None


def test_an_account_belongs_to_one_person_until_it_is_unbound(database: Database) -> None:
    with database.unit() as unit:
        wang, zhao = unit.identity.add_person(WANG), unit.identity.add_person(replace(WANG, name="赵敏"))
        outcomes = [
            unit.identity.bind_account(ACCOUNT, wang, NOW),
            unit.identity.bind_account(ACCOUNT, wang, NOW),
            unit.identity.bind_account(ACCOUNT, zhao, NOW),
            unit.identity.unbind(ACCOUNT),
            unit.identity.unbind(ACCOUNT),
            unit.identity.bind_account(ACCOUNT, zhao, NOW),
        ]
        assert outcomes == [True, False, False, True, False, True]
        found = unit.identity.person_of(ACCOUNT)
        assert found is not None
        assert found.name == "赵敏"


def test_the_account_used_last_comes_first(database: Database) -> None:
    feishu, wecom, dingtalk = (Account(channel, "t", "u") for channel in ("feishu", "wecom", "dingtalk"))
    with database.unit() as unit:
        wang = unit.identity.add_person(WANG)
        for number, account in enumerate((feishu, wecom, dingtalk)):
            unit.identity.bind_account(account, wang, NOW + number * HOUR)
        assert unit.identity.accounts(wang) == (dingtalk, wecom, feishu)
        unit.identity.touch(wecom, NOW + 5 * HOUR)
        assert unit.identity.accounts(wang) == (wecom, dingtalk, feishu)
        assert unit.identity.accounts(wang + 1) == ()


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.MANAGER, "province": "浙江", "agent": ""}])
def test_a_changed_person_is_seen_as_changed(database: Database, change: dict[str, object]) -> None:
    with database.unit() as unit:
        wang = unit.identity.add_person(WANG)
        unit.identity.bind_account(ACCOUNT, wang, NOW)
        changed = replace(WANG, id=wang, manager=wang, **change)
        unit.identity.update_person(changed)
        assert unit.identity.person_of(ACCOUNT) == changed
