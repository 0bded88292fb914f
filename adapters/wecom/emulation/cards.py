"""Would the platform take this template card? (3.3, 4.4, documents 90236, 101032)

Sizes of lists, required fields, keys and ids are hard; "≤ n 字" is a recommendation, and what is longer is cut on screen
(`reading`). Where the page is silent, the stricter reading: fields a card type does not list are refused (WeCom may as
well ignore them, and what they say would be lost), `emphasis_content` and `sub_title_text` do not belong to news_notice,
menus, quotes and facts not to vote_interaction and multiple_interaction, a preselected option must exist.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.shapes import (
    ID_BYTES,
    KEY_BYTES,
    Check,
    Shape,
    at_most,
    between,
    by_type,
    filled,
    flag,
    listing,
    one_of,
    refuse,
    text,
    unique,
    url,
)

INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
NOTICES = ("text_notice", "news_notice")
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
QUESTION_BYTES, FEEDBACK_BYTES = 200, 256


@dataclass(frozen=True, slots=True)
class Rules:
    """`bot`: the smart bot's edition of the cards; `update`: for a card that replaces another one."""

    bot: bool = False
    update: bool = False


def check_card(card: Any, rules: Rules) -> None:
    """ApiError with what is wrong and where; a task_id's uniqueness is the sender's business."""
    place = "template_card"
    if not isinstance(card, dict):
        raise refuse(place, "must be an object")
    kind = card.get("card_type")
    if kind not in INTERACTIVE + NOTICES:
        raise refuse(f"{place}.card_type", "is unknown")
    _shape(kind, rules)(card, place)
    _titles(card, kind, place)
    _task(card, kind, rules)
    unique(keys_of(card), f"{place} keys")
    unique((one["question_key"] for one in questions_of(card)), f"{place} question keys")
    if "feedback" in card:
        at_most(FEEDBACK_BYTES)(card["feedback"].get("id", ""), f"{place}.feedback.id")


def keys_of(card: JSON) -> Iterator[str]:
    """Everything a click can name."""
    yield from (one["key"] for one in card.get("action_menu", {}).get("action_list", []))
    yield from (one["key"] for one in card.get("button_list", []) if "key" in one)
    if "submit_button" in card:
        yield card["submit_button"]["key"]


def questions_of(card: JSON) -> list[JSON]:
    single = [card[name] for name in ("button_selection", "checkbox") if name in card]
    return single + list(card.get("select_list", []))


def is_interactive(card: JSON) -> bool:
    """Clicks on it call the app back: it needs a callback URL, and a response_code is given."""
    return card["card_type"] in INTERACTIVE or "action_menu" in card


def _titles(card: JSON, kind: str, place: str) -> None:
    titled = bool(card.get("main_title", {}).get("title"))
    if kind == "text_notice":
        titled = titled or bool(card.get("sub_title_text"))
    if not titled:
        raise refuse(f"{place}.main_title.title", "is empty", 40063)
    if kind == "news_notice" and not ("card_image" in card or "image_text_area" in card):
        raise refuse(place, "needs card_image or image_text_area", 40063)


def _task(card: JSON, kind: str, rules: Rules) -> None:
    task_id = card.get("task_id")
    if task_id is None:
        if is_interactive(card) and (rules.bot or not rules.update):
            raise ApiError(42014, "task_id is missing")
        return
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        raise ApiError(42014, "task_id: 1 to 128 of 0-9 A-Z a-z _ - @")


def _shape(kind: str, rules: Rules) -> Shape:
    source = Shape(may={"icon_url": text, "desc": text, "desc_color": one_of(0, 1, 2, 3)})
    must: dict[str, Check] = {"card_type": filled}
    may: dict[str, Check] = {"source": source, "main_title": Shape(may={"title": text, "desc": text})}
    if rules.bot or not rules.update:
        may["task_id"] = text
    if rules.bot:
        may["feedback"] = Shape(must={"id": filled})
    if kind in ("text_notice", "news_notice", "button_interaction"):
        may |= _facts(rules)
    if kind in NOTICES:
        must["card_action"] = _card_action(1, 2)
        may["jump_list"] = listing(_jump(rules), 0, 3)
    if kind in INTERACTIVE and rules.update:
        may["replace_text"] = filled
    must |= _required(kind, rules)
    may |= _optional(kind, rules)
    return Shape(must, may)


def _required(kind: str, rules: Rules) -> dict[str, Check]:
    submit = Shape(must={"text": filled, "key": at_most(KEY_BYTES)})
    match kind:
        case "button_interaction":
            return {"button_list": listing(_button(rules), 1, 6)}
        case "vote_interaction":
            return {"checkbox": _checkbox(rules), "submit_button": submit}
        case "multiple_interaction":
            select = _selector(10, disable=rules.update)
            return {"select_list": listing(select, 1, 3), "submit_button": submit}
        case _:
            return {}


def _optional(kind: str, rules: Rules) -> dict[str, Check]:
    match kind:
        case "text_notice":
            return {"emphasis_content": Shape(may={"title": text, "desc": text}), "sub_title_text": text}
        case "news_notice":
            image = Shape(must={"url": url}, may={"aspect_ratio": between(1.3, 2.25)})
            vertical = Shape(must={"title": filled}, may={"desc": text})
            return {
                "card_image": image,
                "image_text_area": _linked({"image_url": url}, {"title": text, "desc": text}),
                "vertical_content_list": listing(vertical, 0, 4),
            }
        case "button_interaction":
            return {
                "sub_title_text": text,
                "card_action": _card_action(0, 1, 2),
                "button_selection": _selector(10, disable=rules.bot and rules.update),
            }
        case _:
            return {}


def _facts(rules: Rules) -> dict[str, Check]:
    action = Shape(must={"text": filled, "key": at_most(KEY_BYTES)})
    kinds, needs = (
        ((0, 1, 3), {1: "url", 3: "userid"}) if rules.bot else ((0, 1, 2, 3), {1: "url", 2: "media_id", 3: "userid"})
    )
    more = {"value": text, "type": one_of(*kinds), "url": url, "userid": text}
    if not rules.bot:
        more["media_id"] = text
    fact = Shape(must={"keyname": filled}, may=more, also=(by_type(needs),))
    return {
        "action_menu": Shape(must={"action_list": listing(action, 1, 3)}, may={"desc": text}),
        "quote_area": _linked({}, {"title": text, "quote_text": text}),
        "horizontal_content_list": listing(fact, 0, 6),
    }


def _linked(must: dict[str, Check], may: dict[str, Check]) -> Shape:
    """A block that may lead to a page (type 1) or a mini program (type 2)."""
    link: dict[str, Check] = {"type": one_of(0, 1, 2), "url": url, "appid": text, "pagepath": text}
    return Shape(must, {**may, **link}, (by_type({1: "url", 2: "appid"}),))


def _card_action(*kinds: int) -> Shape:
    link: dict[str, Check] = {"url": url, "appid": text, "pagepath": text}
    return Shape({"type": one_of(*kinds)}, link, (by_type({1: "url", 2: "appid"}),))


def _jump(rules: Rules) -> Shape:
    may: dict[str, Check] = {"type": one_of(0, 1, 2), "url": url, "appid": text, "pagepath": text}
    needs = {1: "url", 2: "appid"}
    if rules.bot:
        may |= {"type": one_of(0, 1, 2, 3), "question": at_most(QUESTION_BYTES)}
        needs[3] = "question"
    return Shape({"title": filled}, may, (by_type(needs),))


def _button(rules: Rules) -> Shape:
    may: dict[str, Check] = {"style": one_of(1, 2, 3, 4), "key": at_most(KEY_BYTES)}
    if rules.bot:
        return Shape({"text": filled, "key": at_most(KEY_BYTES)}, {"style": may["style"]})
    return Shape({"text": filled}, {**may, "type": one_of(0, 1), "url": url}, (by_type({0: "key", 1: "url"}),))


def _selector(most: int, disable: bool) -> Shape:
    option = Shape({"id": at_most(ID_BYTES), "text": filled})
    must = {"question_key": at_most(KEY_BYTES), "option_list": listing(option, 1, most)}
    may: dict[str, Check] = {"title": text, "selected_id": text, **({"disable": flag} if disable else {})}
    return Shape(must, may, (_options,))


def _checkbox(rules: Rules) -> Shape:
    option = Shape({"id": at_most(ID_BYTES), "text": filled}, {"is_checked": flag})
    must = {"question_key": at_most(KEY_BYTES), "option_list": listing(option, 1, 20)}
    may: dict[str, Check] = {"mode": one_of(0, 1), **({"disable": flag} if rules.update else {})}
    return Shape(must, may, (_options,))


def _options(selector: JSON, place: str) -> None:
    ids = [option["id"] for option in selector["option_list"]]
    unique(ids, f"{place}.option_list")
    if selector.get("selected_id") and selector["selected_id"] not in ids:
        raise refuse(f"{place}.selected_id", "is no option")
    checked = [option for option in selector["option_list"] if option.get("is_checked")]
    if len(checked) > 1 and selector.get("mode", 0) == 0:
        raise refuse(place, "one option can be checked in a single choice")
