"""Would the platform take this card? Card JSON 2.0, strictly: what the pages limit is refused, with their sub-codes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.feishu.emulation import card_parts as parts
from adapters.feishu.emulation.card_checks import TOO_MANY, CardFault, Place
from adapters.feishu.emulation.markdown import mentions_in, tables_in
from adapters.feishu.emulation.reading import components, walk
from adapters.feishu.emulation.wire import JSON

MAX_BYTES = 30 * 1024
MAX_ELEMENTS, MAX_TABLES, MAX_MARKDOWN_TABLES = 200, 5, 4
BAD_USER, BAD_IMAGE, NO_NAME, BAD_CELL, BAD_KEY = 100290, 200570, 200530, 200914, 200915
_DATA = ("value", "chart_spec", "rows")  # what stands below these is data, not card


@dataclass(frozen=True, slots=True)
class Known:
    """What a card may refer to."""

    user: Callable[[str], bool]
    image: Callable[[str], bool]


def check_card(card: Any, known: Known) -> None:
    """Raises CardFault with the sub-code the platform would name."""
    if isinstance(card, dict) and card.get("schema") != "2.0":
        raise Place().fault("schema must be 2.0: older cards are not taken here")
    parts.card(card, Place())
    tagged = list(_tagged(card))
    if len(tagged) > MAX_ELEMENTS:
        raise CardFault(TOO_MANY, f"element exceeds the limit: {len(tagged)} of {MAX_ELEMENTS}")
    _unique("element_id", tagged)
    _unique("name", tagged)
    everything = list(components(card))
    _few_tables([component for component, _form in everything])
    for component, form in everything:
        _references(component, known)
        _by_tag(component, form)


def _tagged(value: Any) -> Iterator[JSON]:
    """Everything that carries a tag. Whether columns and texts count is not documented; here they do."""
    if isinstance(value, dict):
        if "tag" in value:
            yield value
        for key, inner in value.items():
            if key not in _DATA:
                yield from _tagged(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tagged(inner)


def _unique(key: str, tagged: list[JSON]) -> None:
    repeated = [name for name, times in Counter(one[key] for one in tagged if key in one).items() if times > 1]
    if repeated:
        raise Place().fault(f"{key} must be unique in the card: {', '.join(repeated)}")


def _few_tables(everything: list[JSON]) -> None:
    if sum(component["tag"] == "table" for component in everything) > MAX_TABLES:
        raise CardFault(TOO_MANY, "card table number over limit")
    for component in everything:
        if component["tag"] == "markdown" and tables_in(component["content"]) > MAX_MARKDOWN_TABLES:
            raise CardFault(TOO_MANY, "markdown table number over limit")


def _references(component: JSON, known: Known) -> None:
    texts = [component.get("content", ""), *(text["content"] for text in _texts(component))]
    users = [one for text in texts for one in mentions_in(text) if one != "all"]
    users += [component["user_id"]] if component["tag"] == "person" else []
    for user in users:
        if not known.user(user):
            raise CardFault(BAD_USER, f"invalid user id: {user}")
    if component["tag"] == "img" and not known.image(component["img_key"]):
        raise CardFault(BAD_IMAGE, f"image key is invalid: {component['img_key']}")


def _texts(component: JSON) -> list[JSON]:
    holders = [component, *component.get("fields", [])]
    return [text for holder in holders if isinstance(text := holder.get("text"), dict) and text["tag"] == "lark_md"]


def _by_tag(component: JSON, form: JSON | None) -> None:
    tag = component["tag"]
    if tag in parts.INTERACTIVE:
        _interactive(component, form)
    if tag == "form":
        _form(component)
    if tag == "table":
        _table(component)
    values = [option["value"] for option in component.get("options", [])]
    if len(values) != len(set(values)):
        raise Place().fault(f"option values of {tag} must be unique")
    if component.get("initial_index", 0) > len(values):
        raise Place().fault(f"initial_index of {tag} is beyond its options")
    if len(component.get("default_value", "")) > component.get("max_length", 1000):
        raise Place().fault("default_value is longer than max_length")


def _interactive(component: JSON, form: JSON | None) -> None:
    tag = component["tag"]
    if form is not None and not component.get("name"):
        raise CardFault(NO_NAME, f"{tag} in form {form['name']} has no name")
    if form is None and tag.startswith("multi_select"):
        raise Place().fault(f"{tag} must stand in a form")
    if form is None and "form_action_type" in component:
        raise Place().fault("form_action_type must stand in a form")


def _form(form: JSON) -> None:
    if not any(one.get("form_action_type") == "submit" for one, _form in walk(form["elements"])):
        raise Place().fault(f"form {form['name']} has no submit button")


def _table(table: JSON) -> None:
    columns = {column["name"]: column["data_type"] for column in table["columns"]}
    if len(columns) != len(table["columns"]):
        raise CardFault(BAD_KEY, "table column names must be unique")
    for row in table["rows"]:
        for name, cell in row.items():
            if name not in columns:
                raise CardFault(BAD_KEY, f"table row key {name} is no column")
            if not _fits(cell, columns[name]):
                raise CardFault(BAD_CELL, f"table cell {name} is no {columns[name]}")


def _fits(cell: Any, data_type: str) -> bool:
    match data_type:
        case "number" | "date":
            return isinstance(cell, int | float) and not isinstance(cell, bool)
        case "options":
            return isinstance(cell, list) and all(
                isinstance(one, dict) and isinstance(one.get("text"), str) for one in cell
            )
        case "persons":
            return isinstance(cell, str) or (isinstance(cell, list) and all(isinstance(one, str) for one in cell))
        case _:
            return isinstance(cell, str)
