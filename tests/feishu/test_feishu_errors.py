"""What an answer of the platform means for a row: section 5 of the page as a table."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.errors import TABLE, Success, TokenRefused, classify, receipt
from adapters.http import Reply
from bot.ports import Gone, Receipt, Rejected, Retry, Unknown


def reply(status: int, body: object, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def code(number: int, msg: str = "", status: int = 400, **headers: str) -> Reply:
    return reply(status, {"code": number, "msg": msg}, **headers)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (code(99991400, status=429, x_ogw_ratelimit_reset="17"), Retry(17, "", whole_channel=True)),
        (code(99991400, status=400), Retry(1, "", whole_channel=True)),
        (code(99991400, status=429, x_ogw_ratelimit_reset="0"), Retry(1, "", whole_channel=True)),
        (code(99991400, status=429, x_ogw_ratelimit_reset="99999"), Retry(300, "", whole_channel=True)),
        (code(99991400, status=429, x_ogw_ratelimit_reset="bald"), Retry(1, "", whole_channel=True)),
        (code(123456, status=429), Retry(1, "", whole_channel=True)),
        (reply(429, b"<html>slow down</html>", retry_after="3"), Retry(3, "", whole_channel=True)),
        (code(11232), Retry(1, "", whole_channel=True)),
        (code(230020), Retry(1, "")),
        (code(230049), Retry(1, "")),
        (code(230099, "ErrCode: 11310; ErrMsg: card action is lock"), Retry(1, "")),
        (code(230099, "ErrCode: 11310; ErrMsg: element exceeds the limit"), Rejected("")),
        (code(99991663), TokenRefused("")),
        (code(99991661, status=200), TokenRefused("")),
        (code(99991401), Retry(300, "", whole_channel=True)),
        (code(99991403), Retry(300, "", whole_channel=True)),
        (code(99991672, "Access denied. im:message"), Rejected("")),
        (code(230001), Rejected("")),
        (code(230027), Rejected("")),
        (code(230028), Rejected("")),
        (code(230002), Gone("")),
        (code(230013), Gone("")),
        (code(230011), Gone("")),
        (code(230031), Gone("")),
        (code(230035), Gone("")),
        (code(232009), Gone("")),
        (code(2200), Unknown("")),
        (code(2200, status=500), Unknown("")),
        (code(777, "something new"), Rejected("")),
        (code(777, status=200), Rejected("")),
        (code(0, status=500), Unknown("")),
        (reply(502, b"<html><body>Bad Gateway</body></html>"), Unknown("")),
        (reply(200, b"<html>login</html>"), Unknown("")),
        (reply(302, b""), Unknown("")),
        (reply(200, b'{"code":0,"data":{"mess'), Unknown("")),
        (reply(200, b"[" * 100_000), Unknown("")),
        (reply(200, []), Unknown("")),
        (reply(200, {"msg": "ok"}), Unknown("")),
        (reply(200, {"code": "0"}), Unknown("")),
        (reply(200, {"code": True}), Unknown("")),
    ],
)
def test_a_refusal_means(answer: Reply, expected: Retry | TokenRefused | Gone | Rejected | Unknown) -> None:
    ended = classify(answer)
    assert type(ended) is type(expected)
    assert not isinstance(ended, Success)
    assert ended.reason
    if isinstance(ended, Retry) and isinstance(expected, Retry):
        assert (ended.after, ended.whole_channel) == (expected.after, expected.whole_channel)


def test_a_reason_names_the_code_and_the_platforms_words() -> None:
    ended = classify(code(99991672, "Access denied. One of the following scopes is required: [im:message]"))
    assert ended == Rejected(
        "应用缺少权限，请在飞书开发者后台开通"
        "（99991672：Access denied. One of the following scopes is required: [im:message]）"
    )


@pytest.mark.parametrize(
    ("data", "handle"),
    [({"message_id": "om_1"}, "om_1"), ({}, ""), (None, ""), ({"message_id": 5}, ""), ([], "")],
)
def test_a_receipt_holds_the_handle_if_there_is_one(data: object, handle: str) -> None:
    ended = classify(reply(200, {"code": 0, "msg": "success", "data": data}))
    assert isinstance(ended, Success)
    assert receipt(ended) == Receipt(handle)


def test_every_code_of_the_pages_table_is_known() -> None:
    page = (
        "99991400 1000004 1000005 11232 11247 230020 230049 99991661 99991663 99991664 99991665 99991671 99991672 230027 "
        "99991679 99991401 99991403 230001 99992402 10003 230002 10002 232009 230006 11205 230013 230029 230034 99992351 "
        "99992361 99992364 230035 230018 230053 230038 230022 230028 11312 230025 200860 230054 230099 230011 230110 "
        "230031 230033 230009 230012 230017 230071 2200 300120 1000003"
    )
    assert {int(number) for number in page.split()} - set(TABLE) == set()


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=50) | st.builds(lambda n: json.dumps({"code": n}).encode(), st.sampled_from(list(TABLE))),
    reset=st.text(max_size=5),
)
def test_no_answer_raises(status: int, body: bytes, reset: str) -> None:
    ended = classify(Reply(status, {"x-ogw-ratelimit-reset": reset}, body))
    assert isinstance(ended, Success | TokenRefused | Retry | Gone | Rejected | Unknown)
