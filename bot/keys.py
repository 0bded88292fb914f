"""Keys derived from one master secret, one per purpose, each with an id so that rotation keeps old signatures valid.

HKDF-SHA256 (RFC 5869). A short signature is 12 characters (66 bits of MAC behind 1 character of key id), for ids that
have to fit into a messenger's button; a long one is complete and is for what an auditor keeps.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from bot.buttons import Signer
from bot.config import Config, split_keys
from bot.errors import OperatorError

log = logging.getLogger(__name__)

KEY_FILE = "signing.key"
SHORT = 12
ID = 8  # characters of a key's id in a long signature; a short one carries the first of them


def derive(master: bytes, purpose: str) -> bytes:
    """32 bytes: HKDF with an empty salt, and a single block of output."""
    extracted = hmac.digest(bytes(sha256().digest_size), master, "sha256")
    return hmac.digest(extracted, f"channelops/{purpose}".encode() + b"\x01", "sha256")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Keyring:
    """Master secrets, newest first: the first one signs, all of them check."""

    def __init__(self, masters: Sequence[str]) -> None:
        self._masters = [master.encode() for master in masters]
        self._derived: dict[str, list[tuple[str, bytes]]] = {}

    def key(self, purpose: str) -> bytes:
        """The newest key of a purpose, for those who encrypt or sign in a format of their own."""
        return self._keys(purpose)[0][1]

    def keys(self, purpose: str) -> list[bytes]:
        """All keys of a purpose, newest first: what an older one encrypted can still be read."""
        return [key for _, key in self._keys(purpose)]

    def sign(self, purpose: str, message: bytes) -> str:
        """12 characters, URL-safe."""
        name, key = self._keys(purpose)[0]
        return _short(name, key, message)

    def check(self, purpose: str, message: bytes, mac: str) -> bool:
        return self._any(mac, [_short(name, key, message) for name, key in self._keys(purpose)])

    def sign_long(self, purpose: str, message: bytes) -> str:
        """``key id.MAC``, 52 characters."""
        name, key = self._keys(purpose)[0]
        return _long(name, key, message)

    def check_long(self, purpose: str, message: bytes, mac: str) -> bool:
        return self._any(mac, [_long(name, key, message) for name, key in self._keys(purpose)])

    def _keys(self, purpose: str) -> list[tuple[str, bytes]]:
        """(id, key), newest first. Ids are public: they come from a derivation of their own."""
        if purpose not in self._derived:
            ids = [_text(derive(master, "key id"))[:ID] for master in self._masters]
            keys = [derive(master, purpose) for master in self._masters]
            self._derived[purpose] = list(zip(ids, keys, strict=True))
        return self._derived[purpose]

    @staticmethod
    def _any(mac: str, valid: Sequence[str]) -> bool:
        """Compares with every key's signature, in constant time each: two keys may share a short id."""
        given = mac.encode(errors="replace")
        return sum(hmac.compare_digest(given, candidate.encode()) for candidate in valid) > 0


HEADS = "audit heads"


def head_signer(keys: Signer) -> Callable[[bytes], tuple[str, str]]:
    """Signs heads of the audit chain: (signature, key id)."""

    def sign(message: bytes) -> tuple[str, str]:
        signature = keys.sign_long(HEADS, message)
        return signature, signature.partition(".")[0]

    return sign


def head_checker(keys: Signer) -> Callable[[bytes, str, str], bool]:
    """Whether (message, signature, key id) belong together."""
    return lambda message, signature, key_id: (
        signature.partition(".")[0] == key_id and keys.check_long(HEADS, message, signature)
    )


def _short(name: str, key: bytes, message: bytes) -> str:
    return (name[0] + _text(hmac.digest(key, message, "sha256")))[:SHORT]


def _long(name: str, key: bytes, message: bytes) -> str:
    return f"{name}.{_text(hmac.digest(key, message, 'sha256'))}"


def open_keyring(config: Config) -> Keyring:
    """The configured master secrets, or those in ``signing.key`` beside the SQLite file, which is made if missing.

    (With PostgreSQL the configuration itself insists on one.)
    """
    masters = split_keys(config.security.signing_key.get_secret_value())
    database = config.database.file
    if not masters and database:
        masters = _read_or_make(database.parent / KEY_FILE)
    return Keyring(masters)


def _read_or_make(path: Path) -> list[str]:
    try:
        if not path.exists():
            _make(path)
        masters = split_keys(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path}：无法读写签名密钥（{error}），请检查权限，或设置 security.signing_key") from None
    if not masters:
        raise OperatorError(f"{path}：签名密钥文件是空的，请从备份恢复；确认没有备份时删除它，旧按钮与链接将失效")
    return masters


def _make(path: Path) -> None:
    """Written aside and linked, so that of two processes that start at once both read the same complete key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
        log.info("made %s; back it up together with the database", path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
