"""People write, press and read; the bot hears of it, and its answers change what they see."""

import json
from typing import Any

import pytest

from adapters.feishu.emulator import ClientRefused, FeishuEmulator, Toast
from tests.feishu_emulator.stage import Api, Bot, button, card, says, text

DONE = card({"tag": "markdown", "content": "由 <at id=ou_zhao></at> **同意**"})


async def test_a_click_brings_toast_and_card(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(button("同意")))
    bot.answer = says({"toast": {"type": "success", "content": "已同意"}, "card": {"type": "raw", "data": DONE}})
    click = await feishu.press("ou_zhao", message_id, "同意")
    assert (click.toast, click.card_changed, click.error_code) == (Toast("success", "已同意"), True, None)
    assert feishu.message(message_id).text == "报备审批\n由 @赵敏 同意"
    assert feishu.message(message_id).mentions == ["ou_zhao"]
