"""What a person sees of a message: its lines, its buttons, whom it mentions, where it links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.feishu.emulation.markdown import Link, Names, Seen, read_markdown
from adapters.feishu.emulation.wire import JSON

_SHOWN_AS = {"image": "图片", "file": "文件", "audio": "语音", "media": "视频", "sticker": "表情"}
_KEY = re.compile(r"@_(?:user_\d+|all)")
PRESETS = {
    "input": "default_value",
    "select_static": "initial_option",
    "select_person": "initial_option",
    "multi_select_static": "selected_values",
    "multi_select_person": "selected_values",
    "date_picker": "initial_date",
    "picker_time": "initial_time",
    "picker_datetime": "initial_datetime",
    "checker": "checked",
}


@dataclass(frozen=True, slots=True)
class Reading:
    lines: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def walk(elements: object, form: JSON | None = None) -> Iterator[tuple[JSON, JSON | None]]:
    """Every component below `elements` in reading order, each with the form it stands in."""
    for element in elements if isinstance(elements, list) else []:
        yield element, form
        inner = element if element.get("tag") == "form" else form
        yield from walk(element.get("elements"), inner)
        yield from walk(element.get("columns") if element.get("tag") == "column_set" else None, inner)


def components(card: JSON) -> Iterator[tuple[JSON, JSON | None]]:
    return walk(card.get("body", {}).get("elements"))


def label(component: JSON, key: str = "text") -> str:
    """The visible words of a text object, "" if there is none."""
    value = component.get(key)
    return str(value.get("content", "")) if isinstance(value, dict) else ""


def preset(component: JSON) -> Any:
    """What stands in a field before anybody types, None if nothing does. `initial_index` counts from 1, 0 is nothing."""
    if index := component.get("initial_index"):
        return component["options"][index - 1]["value"]
    return component.get(PRESETS.get(component["tag"], ""))


def read(msg_type: str, content: JSON, names: Names, keys: dict[str, str]) -> Reading:
    """`keys` are the placeholders of a received message (`@_user_1`) and the ids behind them."""
    seen = Seen()
    if msg_type == "interactive":
        _read_card(content, names, seen)
    elif msg_type == "post":
        _read_post(content, names, seen)
    elif msg_type == "text":
        seen.line(read_markdown(str(content["text"]), names, seen, styles=False))
    else:
        seen.line(f"[{_SHOWN_AS.get(msg_type, msg_type)}] {content.get('file_name', '')}")
    seen.mentions.extend(keys.values())
    lines = (_KEY.sub(lambda match: "@" + names(keys.get(match[0], "")), line) for line in seen.lines)
    return Reading(tuple(lines), tuple(seen.buttons), tuple(seen.mentions), tuple(seen.links))


def _read_post(content: JSON, names: Names, seen: Seen) -> None:
    post = content if "content" in content else next(iter(content.values()), {})
    seen.line(str(post.get("title", "")))
    for paragraph in post.get("content", []):
        seen.line("".join(_post_part(part, names, seen) for part in paragraph))


def _post_part(part: JSON, names: Names, seen: Seen) -> str:
    match part.get("tag"):
        case "at":
            user = str(part.get("user_id", ""))
            if user.startswith("@_"):
                return user
            seen.mentions.append(user)
            return "@" + (names(user) or user)
        case "a":
            seen.links.append(Link(str(part.get("text", "")), str(part.get("href", ""))))
            return str(part.get("text", ""))
        case "md":
            return read_markdown(str(part.get("text", "")), names, seen)
        case _:
            return str(part.get("text", ""))


def _read_card(card: JSON, names: Names, seen: Seen) -> None:
    header = card.get("header", {})
    for text in (
        header.get("title"),
        header.get("subtitle"),
        *(tag["text"] for tag in header.get("text_tag_list", [])),
    ):
        _line(text, names, seen)
    if url := card.get("card_link", {}).get("url"):
        seen.links.append(Link("", url))
    for component, _form in components(card):
        _read_component(component, names, seen)


def _read_component(component: JSON, names: Names, seen: Seen) -> None:
    tag = component["tag"]
    match tag:
        case "markdown":
            seen.line(read_markdown(component["content"], names, seen))
        case "div":
            for holder in (component, *component.get("fields", [])):
                _line(holder.get("text"), names, seen)
        case "table":
            _read_table(component, names, seen)
        case "person":
            seen.line(names(component.get("user_id", "")))
        case "collapsible_panel":
            _line(component.get("header", {}).get("title"), names, seen)
        case "button" | "checker":
            _line(component.get("text"), names, seen)
        case _:
            _line(component.get("label"), names, seen)
            if shown := preset(component):
                seen.line(_shown(component, shown, names))
            else:
                _line(component.get("placeholder"), names, seen)
    if tag == "button":
        seen.buttons.append(label(component))
    for behavior in component.get("behaviors", []):
        if behavior["type"] == "open_url":
            seen.links.append(Link(label(component), behavior.get("default_url", "")))


def _shown(component: JSON, value: Any, names: Names) -> str:
    """A field's preset as the client draws it: options by their words, people by their names."""
    words = {option["value"]: label(option) or names(option["value"]) for option in component.get("options", [])}
    return "、".join(words.get(one) or str(one) for one in (value if isinstance(value, list) else [value]))


def _line(text: Any, names: Names, seen: Seen) -> None:
    """A text object: plain_text is shown as it is, lark_md and markdown are parsed."""
    if not isinstance(text, dict):
        return
    content = str(text.get("content", ""))
    seen.line(content if text.get("tag") == "plain_text" else read_markdown(content, names, seen))


def _read_table(table: JSON, names: Names, seen: Seen) -> None:
    columns = table["columns"]
    seen.line(" | ".join(str(column.get("display_name", column["name"])) for column in columns))
    for row in table["rows"]:
        cells = (_cell(row.get(column["name"], ""), column["data_type"], names, seen) for column in columns)
        seen.line(" | ".join(cells))


def _cell(value: Any, data_type: str, names: Names, seen: Seen) -> str:
    if data_type in ("lark_md", "markdown"):
        return read_markdown(str(value), names, seen)
    if isinstance(value, list):
        return " ".join(str(one.get("text", "")) if isinstance(one, dict) else names(one) or str(one) for one in value)
    return str(value)
