"""How much of what a messenger allows a card takes, as used / allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Measure = tuple[str, str]


def of(skin: str, payload: bytes) -> list[Measure]:
    """Empty for what is no card."""
    try:
        body = json.loads(payload)
    except ValueError:
        return []
    match skin:
        case "feishu":
            return _feishu(body, len(payload))
        case "dingtalk":
            return _dingtalk(body)
        case "wecom":
            return _wecom(body, len(payload))
        case _:
            return []


def _feishu(body: Any, size: int) -> list[Measure]:
    """30 KB and 200 elements a card (its own documentation)."""
    try:
        card = json.loads(body["content"])
    except (KeyError, TypeError, ValueError):
        return []
    if "schema" not in card:
        return [("体积", f"{size / 1024:.1f} / 150 KB")]
    elements = sum(1 for one in _dicts(card) if "tag" in one)
    return [("体积", f"{size / 1024:.1f} / 30 KB"), ("元素", f"{elements} / 200"), ("嵌套", f"{_depth(card)} / 5")]


def _dingtalk(body: Any) -> list[Measure]:
    variables = body.get("cardData", {}).get("cardParamMap", {}) if isinstance(body, dict) else {}
    if not variables:
        return []
    name, longest = max(variables.items(), key=lambda one: len(str(one[1]).encode()))
    return [("变量", str(len(variables))), (f"最长的 {name}", f"{len(str(longest).encode())} / 1024 B")]


def _wecom(body: Any, size: int) -> list[Measure]:
    card = body.get("template_card") if isinstance(body, dict) else None
    if not isinstance(card, dict):
        return [("体积", f"{size} / 2048 B")]
    rows, buttons = card.get("horizontal_content_list", []), card.get("button_list", [])
    return [("按钮", f"{len(buttons)} / 6"), ("内容行", f"{len(rows)} / 6")]


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _dicts(each)


def _depth(value: Any) -> int:
    """Elements inside elements."""
    inside = max((_depth(each) for each in _parts(value)), default=0)
    return inside + (1 if isinstance(value, dict) and "tag" in value else 0)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
