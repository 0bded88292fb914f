"""Every rule of a template card as a row: the page's cards pass, one change each is refused."""

from copy import deepcopy
from typing import Any

import pytest

from adapters.wecom.emulation.cards import Rules, check_card
from adapters.wecom.emulation.errors import ApiError
from tests.wecom_emulator.stage import button_card, group_card, notice, select_card, vote_card

NEWS = {
    "card_type": "news_notice",
    "main_title": {"title": "返点政策"},
    "card_image": {"url": "https://example.com/i.png", "aspect_ratio": 2.25},
    "vertical_content_list": [{"title": "一季度", "desc": "3%"}],
    "card_action": {"type": 1, "url": "https://example.com"},
}
PAGE = {
    "card_type": "text_notice",
    "source": {"desc": "渠道管理", "desc_color": 0},
    "main_title": {"title": "任务即将到期", "desc": "剩余 2 天"},
    "emphasis_content": {"title": "2", "desc": "天"},
    "sub_title_text": "云帆科技 ERP 二期",
    "horizontal_content_list": [{"keyname": "负责人", "value": "王小燕", "type": 3, "userid": "wangxiaoyan"}],
    "jump_list": [{"type": 1, "title": "查看任务", "url": "https://example.com/t/12"}],
    "card_action": {"type": 1, "url": "https://example.com/t/12"},
}
MENU: dict[str, Any] = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}
APP, UPDATE, BOT, BOT_UPDATE = Rules(), Rules(update=True), Rules(bot=True), Rules(bot=True, update=True)
MINI = {"type": 2, "appid": "wx1", "pagepath": "p"}
NO_TASK = {key: value for key, value in button_card().items() if key != "task_id"}
GOOD: dict[str, tuple[Any, Rules]] = {
    "button_interaction": (button_card(), APP),
    "text_notice": (PAGE, APP),
    "news_notice": (NEWS, APP),
    "vote_interaction": (vote_card(), APP),
    "multiple_interaction": (select_card(), APP),
    "a notice with a menu": (notice(action_menu=MENU, task_id="t"), APP),
    "a notice with a subtitle alone": ({**notice(), "main_title": {}, "sub_title_text": "到期"}, APP),
    "a mini program": (notice(card_action=MINI), APP),
    "a grey button": ({**NO_TASK, "replace_text": "已同意"}, UPDATE),
    "the smart bot's": (group_card(), BOT),
    "a question of the smart bot's": (notice(jump_list=[{"type": 3, "title": "问", "question": "帮助"}]), BOT),
    "the smart bot's update": (notice(task_id="policy-88_g1"), BOT_UPDATE),
}


@pytest.mark.parametrize(("card", "rules"), GOOD.values(), ids=GOOD)
def test_good_cards(card: Any, rules: Rules) -> None:
    check_card(card, rules)


OPTION = {"id": "a", "text": "甲"}
SELECT = select_card()["select_list"][0]
BUTTON = {"text": "同意", "key": "a"}
BAD: dict[str, tuple[Any, Rules, int]] = {
    "no object": ([], APP, 40058),
    "an unknown type": ({"card_type": "poll"}, APP, 40058),
    "an unknown field": (notice(colour="red"), APP, 40058),
    "no title": ({**notice(), "main_title": {"desc": "b"}}, APP, 40063),
    "no card_action": ({key: value for key, value in PAGE.items() if key != "card_action"}, APP, 40063),
    "card_action 0 of a notice": (notice(card_action={"type": 0}), APP, 40058),
    "card_action without url": (notice(card_action={"type": 1}), APP, 40063),
    "a url without scheme": (notice(card_action={"type": 1, "url": "example.com"}), APP, 40058),
    "seven facts": (notice(horizontal_content_list=[{"keyname": "a"}] * 7), APP, 40058),
    "a fact without key": (notice(horizontal_content_list=[{"value": "a"}]), APP, 40063),
    "a fact's link without url": (notice(horizontal_content_list=[{"keyname": "a", "type": 1}]), APP, 40063),
    "four jumps": (notice(jump_list=[{"title": "a"}] * 4), APP, 40058),
    "a question for the app": (notice(jump_list=[{"type": 3, "title": "a", "question": "b"}]), APP, 40058),
    "a fifth colour": (notice(source={"desc_color": 4}), APP, 40058),
    "a menu without task": (notice(action_menu=MENU), APP, 42014),
    "a menu of four": (notice(task_id="t", action_menu={"action_list": MENU["action_list"] * 4}), APP, 40058),
    "a menu of nothing": (notice(task_id="t", action_menu={"action_list": []}), APP, 40058),
    "news without picture": ({key: value for key, value in NEWS.items() if key != "card_image"}, APP, 40063),
    "a flat picture": ({**NEWS, "card_image": {"url": "https://a.b", "aspect_ratio": 3}}, APP, 40058),
    "five vertical texts": ({**NEWS, "vertical_content_list": [{"title": "a"}] * 5}, APP, 40058),
    "emphasis in news": ({**NEWS, "emphasis_content": {"title": "2"}}, APP, 40058),
    "buttons without task": (NO_TASK, APP, 42014),
    "no button": (button_card(button_list=[]), APP, 40058),
    "seven buttons": (button_card(button_list=[{"text": "a", "key": str(n)} for n in range(7)]), APP, 40058),
    "two buttons with one key": (button_card(button_list=[BUTTON, BUTTON]), APP, 40058),
    "a button without key": (button_card(button_list=[{"text": "同意"}]), APP, 40063),
    "a link without url": (button_card(button_list=[{"type": 1, "text": "看", "key": "a"}]), APP, 40063),
    "a fifth style": (button_card(button_list=[{**BUTTON, "style": 5}]), APP, 40058),
    "a key over 1024 bytes": (button_card(button_list=[{"text": "a", "key": "k" * 1025}]), APP, 40058),
    "jumps below buttons": (button_card(jump_list=[]), APP, 40058),
    "a grey button at once": (button_card(replace_text="已同意"), APP, 40058),
    "eleven options": (
        {**select_card(), "select_list": [{**SELECT, "option_list": [{"id": str(n), "text": "a"} for n in range(11)]}]},
        APP,
        40058,
    ),
    "four selections": (
        {**select_card(), "select_list": [{**SELECT, "question_key": str(n)} for n in range(4)]},
        APP,
        40058,
    ),
    "one question twice": ({**select_card(), "select_list": [SELECT, SELECT]}, APP, 40058),
    "a preselected option that is none": (
        {**select_card(), "select_list": [{**SELECT, "selected_id": "s9"}]},
        APP,
        40058,
    ),
    "an option id over 128 bytes": (
        {**select_card(), "select_list": [{"question_key": "q", "option_list": [{"id": "k" * 129, "text": "a"}]}]},
        APP,
        40058,
    ),
    "facts in a vote": ({**vote_card(), "horizontal_content_list": []}, APP, 40058),
    "21 options to vote": (
        {
            **vote_card(),
            "checkbox": {"question_key": "q", "option_list": [{"id": f"{n}", "text": "a"} for n in range(21)]},
        },
        APP,
        40058,
    ),
    "two options with one id": (
        {**vote_card(), "checkbox": {"question_key": "q", "option_list": [OPTION, OPTION]}},
        APP,
        40058,
    ),
    "two checked in a single choice": (
        {
            **vote_card(),
            "checkbox": {
                "question_key": "q",
                "mode": 0,
                "option_list": [{**OPTION, "is_checked": True}, {"id": "b", "text": "乙", "is_checked": True}],
            },
        },
        APP,
        40058,
    ),
    "a third mode": ({**vote_card(), "checkbox": {**vote_card()["checkbox"], "mode": 2}}, APP, 40058),
    "a disabled vote at once": ({**vote_card(), "checkbox": {**vote_card()["checkbox"], "disable": True}}, APP, 40058),
    "no submit button": ({key: value for key, value in vote_card().items() if key != "submit_button"}, APP, 40063),
    "a task in an update": (button_card(), UPDATE, 40058),
    "the smart bot's link button": (
        {**group_card(), "button_list": [{"type": 1, "text": "a", "url": "https://a.b"}]},
        BOT,
        40058,
    ),
    "the smart bot's file": (
        notice(horizontal_content_list=[{"keyname": "a", "type": 2, "media_id": "m"}]),
        BOT,
        40058,
    ),
    "a question over 200 bytes": (
        notice(jump_list=[{"type": 3, "title": "问", "question": "好" * 67}]),
        BOT,
        40058,
    ),
}


@pytest.mark.parametrize(("card", "rules", "code"), BAD.values(), ids=BAD)
def test_bad_cards(card: Any, rules: Rules, code: int) -> None:
    with pytest.raises(ApiError) as refused:
        check_card(deepcopy(card), rules)
    assert refused.value.code == code, refused.value
