"""Files both ways.

What people sent comes to the app by media id (page 3.5), to the smart bot by an address whose content is encrypted (page 4.1).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never
from urllib.parse import urlencode

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.download import NOT_THERE, Streamed, download_from, ended, origin
from adapters.upload import IMAGE, lone
from adapters.wecom.api import Api
from adapters.wecom.config import WecomConfig
from adapters.wecom.errors import Refusal, Success, TaskKnown, TokenRefused
from adapters.wecom.pieces import Ask, hand_over
from bot.ports import Asked, Fetch, FileRow, Gone, Got, Lost, Media, Need, OutboxRow, Rejected, Retry, Sink, Unknown

GET, UPLOAD = "/media/get", "/media/upload"
MOST_IMAGE, MOST_FILE, LEAST = 10 * 1024 * 1024, 20 * 1024 * 1024, 5
IN_GROUPS = "bot-"
"""Before the kind of what was uploaded for the smart bot: a name of its own."""
_BLOCK = 32
"""PKCS#7 over 32 bytes, as of callbacks."""
_UNREADABLE = Lost("文件无法解密")


async def fetch(
    api: Api, config: WecomConfig, session: Callable[[], aiohttp.ClientSession], asked: Asked, into: Sink
) -> Fetch:
    if "://" in asked.handle:
        return await _from_bot(config, session, asked.handle, into)
    corp = await api.corp(asked.account.tenant)
    if isinstance(corp, Retry):
        return corp
    if isinstance(corp, Rejected):
        return NOT_THERE
    came = await api.download(f"{GET}?{urlencode({'media_id': asked.handle})}", into, corp)
    match came:
        case Streamed():
            return ended(came)
        case Retry(after, reason):
            return Retry(after, reason)
        case Unknown(reason):
            return Retry(0.0, reason)
        case Success() | TaskKnown() | Gone() | Rejected():
            return NOT_THERE
        case _:
            assert_never(came)


async def _from_bot(
    config: WecomConfig, session: Callable[[], aiohttp.ClientSession], handle: str, into: Sink
) -> Fetch:
    url, _, written = handle.partition(" ")
    try:
        opened = Opened(base64.b64decode(written + "=" * (-len(written) % 4)), into)
    except ValueError:
        return _UNREADABLE
    own = (origin(config.base_url), origin(config.smart_bot_url.replace("ws", "http", 1)))
    came = await download_from(url, opened, own, session)
    if isinstance(came, Got) and not await opened.close():
        return _UNREADABLE
    return came


class Opened:
    """Decrypts on the way into another sink: AES-256-CBC, the key's beginning is the IV. Implements Sink."""

    def __init__(self, key: bytes, into: Sink) -> None:
        """ValueError for what is no key."""
        if len(key) != _BLOCK:
            raise ValueError("no AES-256 key")
        self._into = into
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        self._held = b""
        """The end holds the padding, which nobody may see."""

    async def write(self, piece: bytes) -> None:
        plain = self._held + self._cipher.update(piece)
        self._held = plain[-_BLOCK:]
        if len(plain) > _BLOCK:
            await self._into.write(plain[:-_BLOCK])

    async def close(self) -> bool:
        """False if it was not encrypted with this key."""
        try:
            last = self._held + self._cipher.finalize()
        except ValueError:
            return False
        padding = last[-1] if last else 0
        if not 1 <= padding <= _BLOCK or last[-padding:] != bytes([padding]) * padding:
            return False
        if last[:-padding]:
            await self._into.write(last[:-padding])
        return True


def needs(row: OutboxRow) -> Sequence[Need]:
    """Files only: a template card takes no picture but by a public address. The smart bot does not know the app's."""
    found = lone(row)
    return [Need(each.file, IN_GROUPS + each.kind) for each in found] if row.place.group else found


def unfit(need: Need, file: FileRow) -> Media | None:
    """Of the smart bot's files the page says nothing but 50 MB: the app's limits hold."""
    most = MOST_IMAGE if need.kind.removeprefix(IN_GROUPS) == IMAGE else MOST_FILE
    if LEAST < file.size <= most:
        return None
    return Media("", f"企业微信只收 6 字节到 {most // 1024 // 1024} MB 的文件")


async def hand(api: Api, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry:
    corp = await api.corp(row.place.tenant)
    if isinstance(corp, Retry):
        return corp
    if isinstance(corp, Rejected):
        return Media("", corp.reason)
    return handed(await api.upload(f"{UPLOAD}?type={need.kind}", file, path, corp))


async def hand_to_groups(ask: Ask, need: Need, file: FileRow, path: Path) -> Media | Retry:
    return handed(await hand_over(ask, need.kind.removeprefix(IN_GROUPS), file, path))


def handed(ended: Success | Refusal) -> Media | Retry:
    match ended:
        case Success(answer):
            key = answer.get("media_id")
            return Media(key) if isinstance(key, str) and key else Media("", "企业微信没有给出文件的编号")
        case Retry():
            return ended
        case Unknown(reason):
            return Retry(0.0, reason)
        case TaskKnown(reason) | Gone(reason) | Rejected(reason) | TokenRefused(reason):
            return Media("", reason)
        case _:
            assert_never(ended)
