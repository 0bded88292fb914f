"""Cards that the messenger refused at its door: nobody's client shows them, so the page says what would have come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.feishu.emulator import Call, FeishuEmulator
from adapters.playground.values import Fault

LAST = 100
"""Calls that are looked at again: a refusal is answered well within so many others."""
_SUB_CODE = re.compile(r"ErrCode: (\d+); ErrMsg: (.*?);? *$")
_CARD, _TOO_LONG = 230099, 230025


def rejected(emulator: FeishuEmulator) -> Iterator[tuple[Call, str, Fault]]:
    """The last refused calls, each with the open_id of who should have got it and the reason."""
    for call in emulator.calls[-LAST:]:
        if call.code in (_CARD, _TOO_LONG) and (fault := _fault(call)) and (person := _receiver(emulator, call)):
            yield call, person, fault


def _fault(call: Call) -> Fault | None:
    words = str(call.answer.get("msg", ""))
    found = _SUB_CODE.search(words)
    if found and "lock" in found[2]:
        return None  # not the card's fault: somebody is pressing it, the call will be repeated
    return Fault(int(found[1]), found[2]) if found else Fault(call.code or 0, words)


def _receiver(emulator: FeishuEmulator, call: Call) -> str:
    """ "" for groups and for whom there is not."""
    receiver = str(call.body.get("receive_id", ""))
    message = emulator.world.messages.get(call.path.rpartition("/")[2])
    chat = emulator.world.chats.get(message.chat_id if message else receiver)
    if chat is None:
        return receiver if receiver in emulator.world.users else ""
    return chat.members[0] if chat.chat_type == "p2p" else ""
