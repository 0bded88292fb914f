"""Vectors of the platform page 1.3, and the vendor's SDK as judge of what we accept."""

import hashlib
import importlib
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from adapters.feishu.crypto import decrypt, same, signature
from tests.feishu.stage import KEY, NONCE, TOKEN, encrypted, signed

V1 = (
    "AAECAwQFBgcICQoLDA0OD9aYmLExVZWvuUpUGXv4C8SsFcw23/f1KHrbsRliKn8zbiPYJ5s08xN0Re/+goJIqN2cLddskHyySFGtgvDNXGdKPi"
    "2Ik8j+SSdyxsu3AF+F1wqgaXDyNalQr+EYXVkbtCtnXffZujUlxrSii0qx+ZKciMO8wphDXHit1Y4ygW6E"
)
V1_PLAIN = (
    '{"challenge":"c0ffee00-1111-2222-3333-444455556666","token":"pmbotDemoVerificationToken000001",'
    '"type":"url_verification"}'
)
V2 = (
    "AAECAwQFBgcICQoLDA0ODzfwN3gy7WWDFPpemuV0mT4QFbhqYvEBiVArfQSRglm2XpiA8n9Nz0Ap73Pk2PdNmKvd/uaEbqRLsccjNLyIIyHUHb"
    "3pml86AZDhzvjQr0oiORMdAaSdG4++GuVDHHFRiA3fK0pVwC5TnNtFjCrExprqJf2xKd6MvKCltXixRxDt7Jx5VeZzUERxLISwziSTPzoNLwWY"
    "uMFtQzn3VyRNJrvOqMLDOixH8YKPKohzJnV/kqbRauv1WwkPSvDw9Ok8QIQn8HdreDOgmdnxickCoFQrminF76feV1Sb55Bhp8CfUPzSFinBzO"
    "wZyF4JZWJ9QjZoMVxeqms+y4rWl8bm2fF47evP65uft6S1d0halrrEmxEazQ5xnR/4lTpxwbOfY4Z5sXPeCQpERrIF+HWeDJhwUwMWBIH46+lJ"
    "hs0xAppCg+NtcC2ENh8WWDqCyPC9LtjQuYS7IpJQb7waEkKfPVqFgklUVn45ZGHKViH/SRc5GB0V/5pgHkm/mQA4OpXfFAZvxZZidMrhwVlMss"
    "fiM2jCp7wvI70OKfkPZ02IykVTya+4wXKofw7lU/6ARrszLJVAnmv/64KGEOFGPYF1EDDxEmA79wNslityvVWxhAVHzWCCW2a7TnkOckGvFSqK"
    "s7hjyo9Mhj0EpsooHPwZ6edjr+asssLeCw+7JXUUCfhHlAaj1HPmSQienAkfYb1Gi1+YpOehN3D4mJq8kIi3fJz/3ZMudS45WA1nBgIIebrWyl"
    "nmeJBuUYDzTaUTSFRor1GBSa2Jesk47VJb8ldYNVSK05UW/fkQf0F/Q6UhMHc/NGvwIDyGWbh9IBc9OuOKMg=="
)
V2_BODY = f'{{"encrypt":"{V2}"}}'.encode()
V2_PLAIN_SHA256 = "72e56a469d67f96b9b9f809e875068faeec7eada812cef4edac5e2976ed06bf7"
V2_SIGNATURE = "5b3db83f6e25b9be54c43e3a757cc9079c42e2da8e8815e7367f13c6f3ea1379"
DOC = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="


def test_the_documented_vectors() -> None:
    assert decrypt(DOC, "test key") == b"hello world"
    assert decrypt(V1, KEY).decode() == V1_PLAIN
    assert hashlib.sha256(decrypt(V2, KEY)).hexdigest() == V2_PLAIN_SHA256
    assert signature("1750000001", NONCE, KEY, V2_BODY) == V2_SIGNATURE


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("", id="nothing"),
        pytest.param("AAECAwQFBgcICQoLDA0ODw==", id="only an iv"),
        pytest.param(DOC[:-6], id="cut"),
        pytest.param(DOC[:-1], id="bad base64"),
        pytest.param(DOC + " ", id="not only base64"),
        pytest.param("报备", id="no ascii"),
        pytest.param("AAAA" + DOC[4:24] + DOC, id="bad padding"),
    ],
)
def test_whatever_does_not_open_fails_alike(broken: str) -> None:
    with pytest.raises(ValueError, match=r"^undecryptable$"):
        decrypt(broken, "test key")


def test_comparing_takes_strings_of_any_kind() -> None:
    assert same("报备\ud800", "报备\ud800")
    assert not same("报备", "")


@pytest.fixture(scope="module")
def lark() -> Iterator[ModuleType]:
    """Imported late: it costs two seconds. In a thread of its own: it keeps the event loop it finds, or makes, there."""
    with ThreadPoolExecutor(1) as pool:
        sdk = pool.submit(importlib.import_module, "lark_oapi").result()
    logging.getLogger("Lark").setLevel(logging.CRITICAL)
    yield sdk
    importlib.import_module("lark_oapi.ws.client").loop.close()


def sdk_answers(lark: ModuleType, body: bytes, headers: dict[str, str]) -> tuple[int, list[str]]:
    """What the SDK's own dispatcher makes of a request: its status and the texts its handler saw."""
    seen: list[str] = []
    handler = (
        lark.EventDispatcherHandler.builder(KEY, TOKEN)
        .register_p2_im_message_receive_v1(lambda event: seen.append(event.event.message.content))
        .build()
    )
    request = lark.RawRequest()
    request.uri, request.body, request.headers = "/callback", body, headers
    return handler.do(request).status_code, seen


def test_the_sdk_accepts_the_vector_and_what_the_stage_signs(lark: ModuleType) -> None:
    headers = {
        "X-Lark-Request-Timestamp": "1750000001",
        "X-Lark-Request-Nonce": NONCE,
        "X-Lark-Signature": V2_SIGNATURE,
    }
    expected = (200, ['{"text":"报备 华东某某科技"}'])
    assert sdk_answers(lark, V2_BODY, headers) == expected
    again = encrypted(decrypt(V2, KEY))
    assert sdk_answers(lark, again, signed(again)) == expected
    assert sdk_answers(lark, again, signed(again, key="another key"))[0] == 500


def test_the_sdk_opens_what_we_open(lark: ModuleType) -> None:
    cipher = lark.AESCipher(KEY)
    for plain in ({"客户": "云栖湾"}, "a" * 15, "a" * 16, ""):
        sealed = json.loads(encrypted(plain))["encrypt"]
        assert cipher.decrypt_str(sealed).encode() == decrypt(sealed, KEY)
