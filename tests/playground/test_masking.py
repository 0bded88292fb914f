"""What the inspector never shows, in any of its pages."""

import json

import pytest

from adapters.playground import masking

PHONE, MASKED = "13800138000", "138****8000"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"token": "c-8f2a"}, {"token": "•••"}),
        ({"header": {"event_id": "e1", "verification_token": "abc"}}, {"header": {"event_id": "e1", "verification_token": "•••"}}),
        ({"sessionWebhook": "https://example.com/x"}, {"sessionWebhook": "•••"}),
        ({"ResponseCode": "RC59c0f8b84dfad55e4b9ccdb0c52f"}, {"ResponseCode": "•••"}),
        ({"msg_signature": "9f"}, {"msg_signature": "•••"}),
        ({"text": f"联系人 {PHONE}"}, {"text": f"联系人 {MASKED}"}),
        ({"mobile": int(PHONE)}, {"mobile": MASKED}),
        ({"key": "lswp9r93w8.1._SaIFHzqUkyy"}, {"key": "lswp9r93w8.1.•••"}),
        ({"content": json.dumps({"text": PHONE})}, {"content": {"text": MASKED}}),
        ({"text": "报备 120万 2026-06-30"}, {"text": "报备 120万 2026-06-30"}),
    ],
)  # fmt: skip
def test_what_nobody_needs_to_see(told: object, shown: object) -> None:
    assert masking.value("", told) == shown
    assert json.loads(masking.payload(json.dumps(told).encode())) == shown
