"""The page's vectors, and everything that is not one of them."""

import base64
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import PrpCrypto

from adapters.wecom.crypto import Codec, same, signature
from tests.wecom.stage import AES_KEY, CORP, TOKEN, ciphered, sealed

V1 = "V3jBrB6TQCwdHPLg7zbeJyJtRbXgOnLfBgUqVzvp4scJ3AVKFP4T8pckJ6/c8ugMRbu1pWLZ22naBQS52ivxkw=="
V1_PLAIN = "4218760935521837462"
V2 = (
    "9tmrF3j4DTTgYz7ZfyDEv2GYfHTN7hkpP7wimEWrpkkFd5yBNJBhZRendj4yZYAaCdbw5lByYOJMrjz+LDPP1rxaPdSFxkv5pKjn6ci3yAK/"
    "uAKatu44nn2oZmCI6QhNE5arWmp6FCWCHoWhKMkAGydHrwWPnT/sthPM7QtdU8RVCpT4rSi8j/ANDZtalZjdgfDYEQMUAXjuZYKsgNIIk+8C"
    "liZlC26K3uftYZwcEHxF+HIwAVzCgu2pdWR5qPpVRuj+xuG/dTSF6gWKuJlVkTHn+8D+pKAOk/yvT3FgN6AUigDZWXe9RA0BZ+WfVrqOTGov"
    "+7ZJrYgsLGvA9vWj96wrllB+eufFbzBaoQzsFFza4ebfAJdNnrbsDt+E7KvJ6K5yuCDoS2GswyHaatjTLo/SUHAjii2leva+9XktEMtRHoJv"
    "gH3mGQslx+t17Fm6uAFndSH3SGcdd72aryvtbw=="
)
V2_PLAIN = (
    "<xml><ToUserName><![CDATA[ww5f3a9c1e7b2d4860]]></ToUserName><FromUserName><![CDATA[WangXiaoYan]]></FromUserName>"
    "<CreateTime>1759912400</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[/报备 云帆科技 ERP 30万]]></Content><MsgId>7301122334455667788</MsgId><AgentID>1000007</AgentID></xml>"
)
V2_QUERY = {
    "msg_signature": "4b7bac77b3ff92717a365304573dc71684071cec",
    "timestamp": "1759912401",
    "nonce": "880031452",
}
V5 = (
    "1uKQoakKix8S8JA/pgwJTPZG9NgipiJCdsR+OKifijSLezf6L8KlzjtHu2GAcPtbup7TMlemS35g9hvOyT4pTp5ZjlEArap2vt1zxnDpbPxY9E81"
    "qGOufmnNxxp2Mjs/"
)
CODEC = Codec(AES_KEY)


@pytest.mark.parametrize(
    ("encrypt", "plain"), [(V1, V1_PLAIN), (V2, V2_PLAIN), (V5, "x" * 26)], ids=["echo", "text", "padding of 32"]
)
def test_the_vectors_are_read(encrypt: str, plain: str) -> None:
    assert CODEC.decrypt(encrypt, [CORP]) == plain


@pytest.mark.parametrize(
    ("stamp", "nonce", "encrypt", "expected"),
    [
        ("1759912345", "1372623149", V1, "63bb84860b516fa73832693c74ab199fe7c5df5a"),
        ("1759912401", "880031452", V2, "4b7bac77b3ff92717a365304573dc71684071cec"),
    ],
)
def test_the_vectors_are_signed(stamp: str, nonce: str, encrypt: str, expected: str) -> None:
    assert signature(TOKEN, stamp, nonce, encrypt) == expected


def test_one_of_several_receivers_will_do() -> None:
    assert CODEC.decrypt(sealed("一", "wwDOWN1"), {CORP, "wwDOWN1"}) == "一"
    assert CODEC.decrypt(sealed("一", ""), [""]) == "一"


HEAD = b"r" * 16
WRONG = {
    "empty": "",
    "no base64": "***",
    "not padded base64": V1.rstrip("="),
    "half a block": base64.b64encode(b"x" * 40).decode(),
    "half of the blocks": base64.b64encode(base64.b64decode(V2)[:64]).decode(),
    "other bytes": base64.b64encode(bytes(64)).decode(),
    "another corp": sealed("一", "wwANOTHER"),
    "no corp": sealed("一", ""),
    "a corp and more": sealed("一", CORP + "x"),
    "no utf-8": sealed(b"\xff\xfe"),
    "padding 0": sealed("xxxxxxxxxxxxxxxxxxxxxxxxxx", padding=bytes(32)),
    "padding 33": sealed("xxxxxxxxxxxxxxxxxxxxxxxxxx", padding=bytes([33]) * 32),
    "padding of two minds": sealed("xxxxxxxxxxxxxxxxxxxxxxxxxx", padding=bytes([9]) * 31 + bytes([32])),
    "a length too long": base64.b64encode(ciphered(HEAD + struct.pack(">I", 9999) + CORP.encode())).decode(),
    "a length of 4 GB": base64.b64encode(ciphered(HEAD + b"\xff" * 4 + b"hello" + CORP.encode())).decode(),
    "nothing but padding": base64.b64encode(ciphered(b"")).decode(),
}


@pytest.mark.parametrize("encrypt", WRONG.values(), ids=WRONG)
def test_everything_else_is_one_error(encrypt: str) -> None:
    with pytest.raises(ValueError):
        CODEC.decrypt(encrypt, [CORP])


@given(raw=st.binary(max_size=200) | st.integers(0, 6).map(lambda n: os.urandom(32 * n)))
def test_noise_is_one_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        CODEC.decrypt(base64.b64encode(raw).decode(), [CORP])


@given(text=st.text())
def test_what_wechatpy_writes_is_read(text: str) -> None:
    written = PrpCrypto(base64.b64decode(AES_KEY + "=")).encrypt(text, CORP).decode()
    assert CODEC.decrypt(written, [CORP]) == text


@pytest.mark.parametrize(("one", "other", "equal"), [("a", "a", True), ("a", "b", False), ("签", "a", False)])
def test_same(one: str, other: str, equal: bool) -> None:
    assert same(one, other) is equal
