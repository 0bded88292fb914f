"""Signatures derived per purpose, short or complete, through a rotation; and where the master secret comes from."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Config, Database, Security
from bot.errors import OperatorError
from bot.keys import Keyring, derive, open_keyring

OLD, NEW = "o" * 32, "n" * 32


@given(st.binary(min_size=1), st.text())
def test_derivation_is_hkdf(master: bytes, purpose: str) -> None:
    try:
        info = f"channelops/{purpose}".encode()
    except UnicodeEncodeError:
        return
    assert derive(master, purpose) == HKDF(SHA256(), 32, salt=None, info=info).derive(master)


@given(st.binary())
def test_short_signatures_are_12_url_safe_characters(message: bytes) -> None:
    mac = Keyring([NEW]).sign("buttons", message)
    assert len(mac) == 12
    assert mac.replace("-", "").replace("_", "").isalnum()
    assert Keyring([NEW]).check("buttons", message, mac)


@pytest.mark.parametrize(
    ("masters", "purpose", "message", "valid"),
    [
        pytest.param([OLD], "buttons", b"1", True, id="same"),
        pytest.param([NEW, OLD], "buttons", b"1", True, id="rotated"),
        pytest.param([NEW], "buttons", b"1", False, id="old key dropped"),
        pytest.param([OLD], "links", b"1", False, id="other purpose"),
        pytest.param([OLD], "buttons", b"2", False, id="other message"),
    ],
)
def test_what_a_signature_is_good_for(masters: list[str], purpose: str, message: bytes, valid: bool) -> None:
    signed = Keyring([OLD])
    ring = Keyring(masters)
    assert ring.check(purpose, message, signed.sign("buttons", b"1")) is valid
    assert ring.check_long(purpose, message, signed.sign_long("buttons", b"1")) is valid


@pytest.mark.parametrize("mac", ["", "x", "\udcff" * 12, "é" * 12, "A" * 12, "A" * 12000])
def test_nonsense_is_not_a_signature(mac: str) -> None:
    assert not Keyring([NEW]).check("buttons", b"1", mac)
    assert not Keyring([NEW]).check_long("buttons", b"1", mac)


def test_every_character_of_a_signature_counts() -> None:
    ring = Keyring([NEW])
    for mac, check in ((ring.sign("a", b"1"), ring.check), (ring.sign_long("a", b"1"), ring.check_long)):
        for position, character in enumerate(mac):
            forged = mac[:position] + ("A" if character != "A" else "B") + mac[position + 1 :]
            assert not check("a", b"1", forged)


def test_the_newest_key_signs_and_its_id_leads() -> None:
    assert Keyring([NEW, OLD]).sign("a", b"") == Keyring([NEW]).sign("a", b"")
    assert len(Keyring([NEW]).sign_long("a", b"")) == 52
    assert Keyring([NEW]).sign_long("a", b"")[0] == Keyring([NEW]).sign("a", b"")[0]


def config(folder: Path, signing_key: str = "") -> Config:
    return Config(
        database=Database.model_validate({"url": f"sqlite:///{folder}/var/bot.db"}),
        security=Security.model_validate({"signing_key": signing_key}),
    )


def test_the_first_start_makes_a_key_file_and_the_second_reads_it(tmp_path: Path) -> None:
    first = open_keyring(config(tmp_path)).sign("a", b"1")
    file = tmp_path / "var" / "signing.key"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["signing.key"]
    assert open_keyring(config(tmp_path)).check("a", b"1", first)


def test_a_line_above_rotates_the_key_file(tmp_path: Path) -> None:
    old = open_keyring(config(tmp_path)).sign("a", b"1")
    file = tmp_path / "var" / "signing.key"
    file.write_text(NEW + "\n" + file.read_text())

    assert open_keyring(config(tmp_path)).sign("a", b"1") == Keyring([NEW]).sign("a", b"1")
    assert open_keyring(config(tmp_path)).check("a", b"1", old)


def test_a_configured_key_comes_first_and_makes_no_file(tmp_path: Path) -> None:
    ring = open_keyring(config(tmp_path, f"{NEW}, {OLD}"))
    assert ring.sign("a", b"1") == Keyring([NEW]).sign("a", b"1")
    assert ring.check("a", b"1", Keyring([OLD]).sign("a", b"1"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "sentence"), [(b"", "签名密钥文件是空的"), (b"\xff", "无法读写签名密钥")])
def test_a_broken_key_file_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "signing.key").write_bytes(content)
    with pytest.raises(OperatorError, match=sentence) as refused:
        open_keyring(config(tmp_path))
    assert "\n" not in str(refused.value)
