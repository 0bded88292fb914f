"""One attempt for an outbox row whose place is a member: a new message, an edit by its code of one use, or a recall."""

from __future__ import annotations

from typing import assert_never

from adapters.wecom.api import Api, Ended
from adapters.wecom.errors import Success, TaskKnown, Unlisted
from adapters.wecom.handle import Sent, spelled
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending

SEND, UPDATE, RECALL = "/message/send", "/message/update_template_card", "/message/recall"
_NOBODY = ("invaliduser", "unlicenseduser")


async def deliver(api: Api, row: OutboxRow, payload: bytes) -> Outcome:
    if not payload:
        return Gone("企业微信只能更新带按钮、发出或点击不到 72 小时的卡片，且每次点击只能更新一次")
    corp = await api.corp(row.place.tenant)
    if isinstance(corp, Retry | Rejected):
        return corp
    # In front, so that the same row is the same bytes for the duplicate check.
    body = payload if row.what is Sending.RECALL else b'{"agentid":%d,' % corp.agent_id + payload[1:]
    ended = await api.call(_path(row), body, corp)
    return _sent(ended, row) if row.what is Sending.SEND else _changed(ended, row)


def _path(row: OutboxRow) -> str:
    match row.what:
        case Sending.SEND:
            return SEND
        case Sending.CLOSING | Sending.REFRESH:
            return UPDATE
        case Sending.RECALL:
            return RECALL
        case _:
            assert_never(row.what)


def _sent(ended: Ended, row: OutboxRow) -> Outcome:
    """With one receiver, a partial failure is a whole one."""
    match ended:
        case Success(answer):
            if nobody := next((name for name in _NOBODY if answer.get(name)), ""):
                return Gone(f"成员不存在，或不在应用的可见范围内，或没有许可（{nobody}）")
            return Receipt(spelled(Sent(*(_word(answer.get(name)) for name in ("msgid", "response_code")))))
        case TaskKnown(reason):
            return Receipt("") if row.first_sent else Rejected(reason)
        case _:
            return ended


def _changed(ended: Ended, row: OutboxRow) -> Outcome:
    """Which number a used or expired code is refused with is not documented: whatever is refused is over.

    An earlier attempt of this edit whose answer was lost has used the code up, if it came through and the code was not
    too old by then; who has an old card still hears what was decided when it is pressed.
    """
    match ended:
        case Success(answer):
            return Gone("收到这张卡片的成员已不可见") if answer.get("invaliduser") else Receipt("")
        case Unlisted() if row.first_sent and row.what is not Sending.RECALL:
            return Receipt("")
        case TaskKnown(reason) | Rejected(reason):
            return Gone(reason)
        case _:
            return ended


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
