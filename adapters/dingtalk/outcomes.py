"""What a successful answer says of each receiver: HTTP 200 does not mean that anybody got anything (pages 3.2, 3.6, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.dingtalk.errors import Success, refusal
from bot.ports import Gone, Outcome, Receipt, Rejected, Retry, Unknown

_FLOW_PAUSE = 10.0


def of_users(success: Success, users: Iterable[str]) -> dict[str, Outcome]:
    """``oToMessages/batchSend``: everybody who got it shares one key."""
    invalid, held_up = _listed(success, "invalidStaffIdList"), _listed(success, "flowControlledStaffIdList")
    receipt = Receipt(_query(success))
    outcomes: dict[str, Outcome] = {}
    for user in users:
        if user in invalid:
            outcomes[user] = Gone("不在企业里，或不在应用的可见范围内（invalidStaffIdList）")
        elif user in held_up:
            outcomes[user] = Retry(_FLOW_PAUSE, "向此人发送过于频繁（flowControlledStaffIdList）")
        else:
            outcomes[user] = receipt
    return outcomes


def of_group(success: Success) -> Outcome:
    return Receipt(_query(success))


def of_spaces(success: Success, track: str) -> dict[str, Outcome]:
    """A card's deliveries by space id: ``deliverResults`` of createAndDeliver, ``result`` itself of deliver."""
    result = success.answer.get("result")
    listed = result.get("deliverResults") if isinstance(result, dict) else result
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {str(each.get("spaceId") or ""): _delivered(each, track) for each in found}


def of_space(success: Success, track: str, space: str) -> Outcome:
    """Of a card that was delivered to one place only; ids may come back in another spelling."""
    outcomes = of_spaces(success, track)
    alone = next(iter(outcomes.values())) if len(outcomes) == 1 else None
    return outcomes.get(space) or alone or Unknown("钉钉没有说明卡片是否送达")


def of_recall(success: Success, query: str) -> Outcome:
    failed = success.answer.get("failedResult")
    if isinstance(failed, dict) and query in failed:
        return Gone(f"没有撤回：{str(failed[query])[:200]}")
    return Receipt("")


def _delivered(result: Mapping[str, Any], track: str) -> Outcome:
    """``errorMsg`` is set even in the documentation's example of success: only ``success`` counts."""
    if str(result.get("success")).lower() == "true":
        carrier = result.get("carrierId")
        return Receipt(carrier if isinstance(carrier, str) and carrier else track)
    said = str(result.get("errorMsg") or "没有说明原因")[:200]
    refused = refusal(said, "")
    return refused if isinstance(refused, Retry | Gone | Rejected) else Rejected(f"卡片没有送达（{said}）")


def _listed(success: Success, name: str) -> frozenset[str]:
    """Absent and null are empty."""
    found = success.answer.get(name)
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def _query(success: Success) -> str:
    key = success.answer.get("processQueryKey")
    return key if isinstance(key, str) else ""
