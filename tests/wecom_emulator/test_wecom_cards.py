"""Cards of the app: sent, pressed, changed by their single-use codes."""

from datetime import timedelta

import pytest

from adapters.wecom.emulator import ClientRefused, WeComEmulator
from tests.wecom_emulator.stage import Api, Clock, button_card, notice, select_card, vote_card


async def test_first_of_two_managers_decides(wecom: WeComEmulator, api: Api) -> None:
    sent = await api.card("zhaomin|lijing", button_card())
    hers, his = (wecom.messages(wecom.app_chat(user))[0] for user in ("zhaomin", "LiJing"))
    assert hers.msgid == his.msgid == sent["msgid"]
    assert hers.text == "渠道管理\n客户报备待审批\n云帆科技\n预计金额 30 万\n代理商 华东一部\n优先级 普通"
    assert hers.buttons == ["同意", "驳回", "详情"]
    click = await wecom.press("zhaomin", hers.message_id, "同意", {"优先级": "高"})
    assert click.push is not None
    fields = click.push.body
    assert (fields["Event"], fields["EventKey"], fields["TaskId"]) == (
        "template_card_event",
        "approve",
        "deal-2031_v1",
    )
    assert fields["SelectedItems"] == {"SelectedItem": [{"QuestionKey": "priority", "OptionIds": {"OptionId": ["p1"]}}]}
    answer = await api.update(fields["ResponseCode"], template_card=notice("已同意"))
    assert (answer["errcode"], answer["invaliduser"]) == (0, [])
    assert (hers.text, his.text) == ("已同意", "已同意")
    assert (hers.buttons, len(hers.history)) == ([], 2)
    again = await api.update(fields["ResponseCode"], button={"replace_name": "再来"})
    assert again["errcode"] != 0, "each code works once"
    assert (await api.update(sent["response_code"], template_card=notice("已撤回")))["errcode"] == 0


async def test_a_grey_button_for_one_of_two(wecom: WeComEmulator, api: Api) -> None:
    sent = await api.card("zhaomin|LiJing", button_card())
    answer = await api.update(sent["response_code"], ["ZhaoMin", "wangxiaoyan"], button={"replace_name": "已同意"})
    assert answer == {"errcode": 0, "errmsg": "ok", "invaliduser": ["wangxiaoyan"]}
    hers, his = (wecom.messages(wecom.app_chat(user))[0] for user in ("zhaomin", "LiJing"))
    assert (hers.buttons, hers.text.splitlines()[-1], his.buttons[0]) == ([], "已同意", "同意")
    with pytest.raises(ClientRefused):
        await wecom.press("zhaomin", hers.message_id, "同意")


async def test_codes_live_for_72_hours_of_business_time(wecom: WeComEmulator, api: Api, clock: Clock) -> None:
    first, second = await api.card("zhaomin", button_card("a")), await api.card("zhaomin", button_card("b"))
    clock.pass_(hours=72)
    assert (await api.update(first["response_code"], button={"replace_name": "好"}))["errcode"] == 0
    clock.business += timedelta(seconds=1)
    assert (await api.update(second["response_code"], button={"replace_name": "好"}))["errcode"] != 0
    [_first, card] = wecom.messages(wecom.app_chat("zhaomin"))
    click = await wecom.press("zhaomin", card.message_id, "同意")
    assert click.push is not None
    assert (await api.update(click.push.body["ResponseCode"], button={"replace_name": "好"}))["errcode"] == 0


async def test_a_vote_and_a_selection_are_submitted(wecom: WeComEmulator, api: Api) -> None:
    await api.card("zhaomin", vote_card(mode=1))
    await api.card("zhaomin", select_card())
    vote, select = wecom.messages(wecom.app_chat("zhaomin"))
    click = await wecom.press("zhaomin", vote.message_id, "提交", {"read": ["已阅读并同意", "q"]})
    assert click.push is not None
    assert click.push.body["SelectedItems"]["SelectedItem"][0]["OptionIds"] == {"OptionId": ["ok", "q"]}
    click = await wecom.press("zhaomin", select.message_id, "保存")
    assert click.push is not None
    assert click.push.body["SelectedItems"]["SelectedItem"][0]["OptionIds"] == {"OptionId": ["s2"]}
    for form in ({"阶段": "验收"}, {"备注": "好"}, {"阶段": ["立项", "投标"]}):
        with pytest.raises(ClientRefused):
            await wecom.press("zhaomin", select.message_id, "保存", form)
