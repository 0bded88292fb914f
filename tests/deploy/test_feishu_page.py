"""What an administrator clicks in Feishu's console, against what the adapter reads, calls and understands."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.feishu import check, receive
from adapters.feishu.errors import TABLE
from bot.app import all_features
from tests.deploy.documents import DEPLOY, codes, tables

PAGE = DEPLOY / "platforms" / "feishu" / "README.md"
IDLE = {"im.message.message_read_v1", "im.chat.member.bot.deleted_v1"}
"""Read, but without an effect yet: nobody need subscribe to them."""
MOST_KEY = 30


def source(module: object) -> str:
    return Path(str(vars(module)["__file__"])).read_text(encoding="utf-8")


def column(heading: str, number: int) -> list[str]:
    return [code for table in tables(PAGE, heading) for row in table for code in codes(row[number])]


def test_events_and_callbacks_are_those_that_have_an_effect() -> None:
    read = set(re.findall(r'^    "([a-z0-9_.]+)": ', source(receive), re.M))
    assert set(column("## 3. 接收推送", 0)) == read - IDLE


def test_what_the_doctor_asks_for_is_among_the_permissions() -> None:
    asked = set(re.findall(r'"(im:[a-z_:.]+)"', source(check)))
    assert asked
    assert asked < set(column("## 2. 开通权限", 0))


def test_menu_keys_are_commands_that_need_nothing_more() -> None:
    words = all_features().words
    keys = [*column("## 4. 菜单", 1), "todo", "help"]
    assert "`todo`、`help`" in PAGE.read_text(encoding="utf-8")
    for key in keys:
        (command,) = words[key]
        assert len(key) <= MOST_KEY
        assert not command.on


def test_error_codes_are_known() -> None:
    named = {int(code) for row in tables(PAGE, "## 8. 常见问题")[0] for code in re.findall(r"\b\d{5,8}\b", row[0])}
    of_the_client = {code for code in named if 200_340 <= code <= 200_673}
    assert named - of_the_client <= TABLE.keys()
    assert of_the_client == {200340, 200341, 200342, 200343, 200671}
