"""What an answer of the platform means for a row: section 5.2 of the page as a table."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dingtalk.errors import TABLE, CardExists, QuotaSpent, Refusal, Success, TokenRefused, classify
from adapters.dingtalk.outcomes import of_recall, of_space, of_spaces, of_users
from adapters.http import Reply
from bot.ports import Gone, Outcome, Receipt, Rejected, Retry, Unknown


def reply(status: int, body: object) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def code(name: str, status: int = 400, **more: Any) -> Reply:
    return reply(status, {"code": name, "requestid": "1D0C7A5E", "message": "m", **more})


FORBIDDEN = "Forbidden.AccessDenied."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (code(f"{FORBIDDEN}QpsLimitForAppkeyAndApi", 403), Retry(1, "", whole_channel=True)),
        (code(f"{FORBIDDEN}QpsLimitForApi", 403), Retry(1, "", whole_channel=True)),
        (code(f"{FORBIDDEN}QpmLimitForAppkeyAndApi", 403), Retry(60, "", whole_channel=True)),
        (code("send.byToken.tooFast"), Retry(1, "", whole_channel=True)),
        (code("send.too.fast"), Retry(10, "")),
        (code("too.many.people"), Retry(10, "")),
        (code("too.many.group"), Retry(10, "")),
        (code(f"{FORBIDDEN}ApiCountLimitForOrg", 403), QuotaSpent("")),
        (code("InvalidAuthentication"), TokenRefused("")),
        (code("InvalidAuthentication", 401), TokenRefused("")),
        (code("whatever", 401), TokenRefused("")),
        (code("invalidClientIdOrSecret"), Retry(300, "", whole_channel=True)),
        (code(f"{FORBIDDEN}AccessTokenPermissionDenied", 403), Retry(300, "", whole_channel=True)),
        (code(f"{FORBIDDEN}IpNotInWhiteList", 403), Retry(300, "", whole_channel=True)),
        (code("param.templateNotExist"), Retry(300, "", whole_channel=True)),
        (code("param.templateUnpublished"), Retry(300, "", whole_channel=True)),
        (code("param.cardAlreadyExist"), CardExists("")),
        (code("param.cardNotExist"), Gone("")),
        (code("staffId.notExisted"), Gone("")),
        (code("param.userIdNotExist"), Gone("")),
        (code("invalid.openConversationId"), Gone("")),
        (code("group.disbanded"), Gone("")),
        (code("resource.not.found"), Gone("")),
        (code("invalidParameter.robotCode.notExsit"), Gone("")),
        (code("bot.stopped"), Gone("")),
        (code("chatbotId.notAllow.sendOTO"), Gone("")),
        (code("conversation.org.notMatch"), Gone("")),
        (code("robot.processQueryKey.expired"), Gone("")),
        (code("notRevoke.all.messages"), Gone("")),
        (code("bot.forbidden.sendMessage"), Rejected("")),
        (code("contain.notAllowed.word"), Rejected("")),
        (code("contain.unsafe.url"), Rejected("")),
        (code("param.contentUnsafe"), Rejected("")),
        (code("invalidParameter.msgParam.tooLong"), Rejected("")),
        (code("invalidParameter.msgParam.invalid"), Rejected("")),
        (code("something.new"), Rejected("")),
        (reply(400, {}), Rejected("")),
        (code("system.error", 500), Retry(0, "")),
        (code("system.busy", 500), Retry(0, "")),
        (code("unknownError", 500), Retry(0, "")),
        (code("something.new", 500), Unknown("")),
        (code("ServiceUnavailable", 503), Retry(0, "")),
        (reply(503, b"<html>"), Retry(0, "")),
        (reply(502, b"<html><body>Bad Gateway</body></html>"), Unknown("")),
        (reply(504, b""), Unknown("")),
        (reply(403, b"<html>banned</html>"), Retry(300, "", whole_channel=True)),
        (
            reply(200, {"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "u"}),
            Retry(300, "", whole_channel=True),
        ),
        (reply(200, b"<html>login</html>"), Unknown("")),
        (reply(302, b""), Unknown("")),
        (reply(200, b'{"processQueryKey":"'), Unknown("")),
        (reply(200, b"[" * 100_000), Unknown("")),
        (reply(200, []), Unknown("")),
        (reply(200, {"errcode": "300001", "errmsg": "session"}), Gone("")),
        (reply(200, {"errcode": 40035, "errmsg": "bad"}), Rejected("")),
        (reply(200, {"success": False}), Rejected("")),
    ],
)
def test_a_refusal_means(answer: Reply, expected: Refusal) -> None:
    ended = classify(answer)
    assert type(ended) is type(expected)
    assert not isinstance(ended, Success)
    assert ended.reason
    if isinstance(ended, Retry) and isinstance(expected, Retry):
        assert (ended.after, ended.whole_channel) == (expected.after, expected.whole_channel)


@pytest.mark.parametrize("answer", [{}, {"processQueryKey": "k"}, {"errcode": 0}, {"errcode": "0"}, {"success": True}])
def test_success(answer: dict[str, Any]) -> None:
    assert classify(reply(200, answer)) == Success(answer)


def test_a_missing_permission_is_named() -> None:
    denied = code(
        f"{FORBIDDEN}AccessTokenPermissionDenied", 403, accessdenieddetail={"requiredScopes": ["Card.Instance.Write"]}
    )
    ended = classify(denied)
    assert isinstance(ended, Retry)
    assert "Card.Instance.Write" in ended.reason


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=50)
    | st.builds(lambda n: json.dumps({"code": n}).encode(), st.sampled_from([part for part, _, _ in TABLE])),
)
def test_no_answer_raises(status: int, body: bytes) -> None:
    ended = classify(Reply(status, {}, body))
    assert isinstance(ended, Success) or ended.reason


# -- each receiver apart ---------------------------------------------------------------------------------------------


def test_of_several_users_each_has_their_own_outcome() -> None:
    answer = Success({"processQueryKey": "k", "invalidStaffIdList": ["b"], "flowControlledStaffIdList": ["c"]})
    a, b, c = of_users(answer, ["a", "b", "c"]).values()
    assert a == Receipt("k")
    assert isinstance(b, Gone)
    assert isinstance(c, Retry)
    assert not c.whole_channel
    assert c.after > 0


@pytest.mark.parametrize("lists", [{}, {"invalidStaffIdList": None, "flowControlledStaffIdList": None}])
def test_lists_that_are_missing_are_empty(lists: dict[str, Any]) -> None:
    assert of_users(Success({"processQueryKey": "k", **lists}), ["a"]) == {"a": Receipt("k")}


def spaces(*results: dict[str, Any]) -> Success:
    return Success({"success": True, "result": {"outTrackId": "card-1", "deliverResults": list(results)}})


OK = {"spaceType": "IM_ROBOT", "spaceId": "a", "success": True, "carrierId": "c=", "errorMsg": None}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (OK, Receipt("c=")),
        (OK | {"errorMsg": "ok"}, Receipt("c=")),
        (OK | {"success": "true"}, Receipt("c=")),
        (OK | {"spaceId": "A"}, Receipt("c=")),
        (OK | {"carrierId": None}, Receipt("card-1")),
        (OK | {"success": False, "errorMsg": "staffId.notExisted"}, Gone("")),
        (OK | {"success": False, "errorMsg": "send.too.fast"}, Retry(10, "")),
        (OK | {"success": False, "errorMsg": "群里没有机器人"}, Rejected("")),
        (OK | {"success": False, "errorMsg": None}, Rejected("")),
        ({}, Rejected("")),
    ],
)
def test_a_delivery_means(result: dict[str, Any], expected: Outcome) -> None:
    ended = of_space(spaces(result), "card-1", "a")
    assert type(ended) is type(expected)
    if isinstance(expected, Receipt):
        assert ended == expected


def test_of_several_spaces_each_has_its_own_outcome() -> None:
    answer = spaces(OK, OK | {"spaceId": "b", "success": False, "errorMsg": "x"})
    ended = of_spaces(answer, "card-1")
    assert ended["a"] == Receipt("c=")
    assert isinstance(ended["b"], Rejected)
    assert isinstance(of_space(answer, "card-1", "b"), Rejected)
    assert isinstance(of_space(answer, "card-1", "z"), Unknown)


@pytest.mark.parametrize("result", [None, [], {}, {"deliverResults": None}, {"deliverResults": ["x"]}])
def test_a_delivery_nothing_is_said_of_is_unknown(result: object) -> None:
    assert isinstance(of_space(Success({"success": True, "result": result}), "card-1", "a"), Unknown)


def test_a_second_step_has_its_results_on_top() -> None:
    assert of_space(Success({"success": True, "result": [OK]}), "card-1", "a") == Receipt("c=")


def test_what_was_not_recalled() -> None:
    answer = Success({"successResult": ["a"], "failedResult": {"b": "已超过 24 小时"}})
    assert of_recall(answer, "a") == Receipt("")
    assert isinstance(of_recall(answer, "b"), Gone)
