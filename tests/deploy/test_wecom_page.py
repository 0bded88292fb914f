"""What an administrator clicks in WeCom's console, against what the adapter reads, calls and understands."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.wecom import check
from adapters.wecom.adapter import LIMITS
from adapters.wecom.errors import TABLE
from adapters.wecom.groups import KICKED_PAUSE
from bot.app import all_features
from bot.config import Wecom
from tests.deploy.documents import DEPLOY, codes, tables

PAGE = DEPLOY / "platforms" / "wecom" / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_key_of_the_configuration_is_explained_or_has_a_default() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", TEXT))
    assert {name for name in Wecom.model_fields if not name.endswith(("url", "platform"))} <= explained


def test_menu_keys_are_commands_that_need_nothing_more() -> None:
    words = all_features().words
    keys = [*(code for table in tables(PAGE, "## 4. 菜单") for row in table for code in codes(row[1])), "todo", "help"]
    assert "`todo`、`help`" in TEXT
    for key in keys:
        (command,) = words[key]
        assert not command.on


def test_error_codes_are_known() -> None:
    assert {int(code) for code in re.findall(r"(?<![\d#])\d{5,6}(?!\d)", TEXT)} <= TABLE.keys()


def test_the_doctors_lines_are_counted_as_they_are() -> None:
    source = Path(str(vars(check)["__file__"])).read_text(encoding="utf-8")
    assert "四行 `ok`" in TEXT
    assert source.count("Line:\n") == 3, "one for each, and one for the credentials"


def test_the_figures_are_the_adapters() -> None:
    minute = next(rate.count for rate in LIMITS.chat if rate.seconds == 60.0)
    assert f"一分钟里只收到 {minute} 条" in TEXT
    assert f"{KICKED_PAUSE / 60:.0f} 分钟后再试" in TEXT
