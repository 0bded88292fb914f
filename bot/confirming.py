"""What a button wants confirmed, where the messenger has no box for it: asked in the chat after the click (planner's rule).

The question is a card of its own with 确认 and 取消. It carries the button that was pressed, and what its form held; whether
that is still allowed and possible is checked when it is confirmed, like any click.
"""

from __future__ import annotations

import msgspec

from bot.cards import Button, Card, Style, Text, Tone
from bot.ports import StoredButton

YES, NO = "core.confirmed", "core.declined"
DECLINED = "已取消，什么都没有做。"


def question(stored: StoredButton, form: dict[str, str]) -> Card:
    title, text = _asked(stored)
    carried = {
        "title": title,
        "text": text,
        "button": msgspec.json.encode(stored).decode(),
        "form": msgspec.json.encode(form).decode(),
    }
    buttons = (Button("确认", YES, carried, Style.PRIMARY), Button("取消", NO, carried))
    return Card(title, Tone.WARNING, "待确认", (Text(text),), buttons)


def is_answer(stored: StoredButton) -> bool:
    return stored.command in (YES, NO)


def answered(stored: StoredButton) -> Card:
    tag = "已确认" if stored.command == YES else "已取消"
    return Card(stored.values["title"], tag=tag, blocks=(Text(stored.values["text"]),))


def meant(stored: StoredButton) -> tuple[StoredButton, dict[str, str]] | None:
    """The button that is confirmed, and its form's values; None if it is not."""
    if stored.command == NO:
        return None
    button = msgspec.json.decode(stored.values["button"], type=StoredButton)
    return button, msgspec.json.decode(stored.values["form"], type=dict[str, str])


def _asked(stored: StoredButton) -> tuple[str, str]:
    title, text = (stored.confirm.title, stored.confirm.text) if stored.confirm else ("", "")
    return title or f"确认{stored.label}？", text or "确定要这样做吗？"
