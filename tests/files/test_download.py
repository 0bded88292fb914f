"""Where files may be fetched from, and how much of them: addresses that a messenger names lead nowhere inside."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from adapters.download import NOT_PUBLIC, NOT_THERE, download_from, is_public, origin
from adapters.wecom.files import Opened
from bot.filekinds import MOST_NAME, file_name, judged
from bot.ports import Got, Retry, TooLarge

BODY = b"%PDF-" + bytes(range(256)) * 4000


@dataclass
class Basket:
    """A sink."""

    most: int = 10_000_000
    data: bytearray = field(default_factory=bytearray)

    async def write(self, piece: bytes) -> None:
        if len(self.data) + len(piece) > self.most:
            raise TooLarge
        self.data += piece


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def shelf() -> AsyncIterator[str]:
    """A server of the test's own: its origin."""

    async def file(request: web.Request) -> web.Response:
        return web.Response(body=BODY, headers={"Content-Disposition": 'attachment; filename="a.pdf"'})

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("/file")

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"code": 1})

    async def down(request: web.Request) -> web.Response:
        return web.Response(status=503)

    app = web.Application()
    app.add_routes([web.get(f"/{handler.__name__}", handler) for handler in (file, away, answer, down)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_from_an_origin_an_operator_configured(shelf: str, session: aiohttp.ClientSession) -> None:
    into = Basket()
    assert await download_from(f"{shelf}/file", into, (shelf,), lambda: session) == Got("a.pdf")
    assert bytes(into.data) == BODY


@pytest.mark.parametrize(
    ("path", "end"), [("away", NOT_THERE), ("answer", NOT_THERE), ("down", Retry(0.0, "HTTP 503"))]
)
async def test_what_is_no_file(shelf: str, session: aiohttp.ClientSession, path: str, end: object) -> None:
    """A redirection leads anywhere: none is followed."""
    into = Basket()
    assert await download_from(f"{shelf}/{path}", into, (shelf,), lambda: session) == end
    assert not into.data


async def test_too_much_ends_the_download(shelf: str, session: aiohttp.ClientSession) -> None:
    with pytest.raises(TooLarge):
        await download_from(f"{shelf}/file", Basket(most=1000), (shelf,), lambda: session)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8080/metrics",
        "http://[::1]/",
        "http://10.0.0.7/a",
        "http://192.168.1.1/a",
        "http://0.0.0.0/a",
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/a",
        "//example.com/a",
        "http://",
        "http://[broken/",
        "http://example.com:99999/",
    ],
)
async def test_addresses_that_lead_inside(url: str, session: aiohttp.ClientSession) -> None:
    into = Basket()
    assert await download_from(url, into, ("https://oapi.dingtalk.com:443",), lambda: session) == NOT_PUBLIC
    assert not into.data


@pytest.mark.parametrize("host", ["localhost", "localhost.localdomain", "0x7f000001", "2130706433", "127.1"])
async def test_names_that_lead_inside(host: str, shelf: str, session: aiohttp.ClientSession) -> None:
    """However loopback is spelled."""
    into = Basket()
    port = shelf.rpartition(":")[2]
    end = await download_from(f"http://{host}:{port}/file", into, (), lambda: session)
    assert not isinstance(end, Got)
    assert not into.data


def test_the_origin_of_an_address() -> None:
    assert origin("https://oapi.dingtalk.com/media?x=1") == "https://oapi.dingtalk.com:443"
    assert origin("http://u:p@127.0.0.1:8080/") == "http://127.0.0.1:8080"
    assert [is_public(each) for each in ("8.8.8.8", "127.0.0.1", "::1", "fe80::1", "100.64.0.1", "x")] == [True] + [
        False
    ] * 5


# -- the smart bot's encryption --------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.integers(1, 97))
async def test_what_was_encrypted_comes_out(data: bytes, step: int) -> None:
    key = bytes(range(32))
    padding = 32 - len(data) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sent = cipher.update(data + bytes([padding]) * padding) + cipher.finalize()
    into = Basket()
    opened = Opened(key, into)
    for start in range(0, len(sent), step):
        await opened.write(sent[start : start + step])
    assert await opened.close()
    assert bytes(into.data) == data


async def test_what_was_not_encrypted_with_this_key_does_not() -> None:
    opened = Opened(os.urandom(32), Basket())
    await opened.write(b"x" * 33)
    assert not await opened.close()
    with pytest.raises(ValueError, match="AES"):
        Opened(b"short", Basket())


# -- names and kinds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\合同.pdf", "合同.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ('合同"; filename="x.pdf', "合同; filename=x.pdf"),
        ("...", "文件"),
        ("", "文件"),
        ("长" * 200 + ".pdf", "长" * (MOST_NAME - 4) + ".pdf"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert file_name(name, "文件") == kept


@given(st.text(max_size=150))
def test_no_name_leads_anywhere(name: str) -> None:
    kept = file_name(name, "文件")
    assert kept
    assert not set(kept) & set('/\\<>"\n\r\0')
    assert len(kept) <= MOST_NAME


@pytest.mark.parametrize(
    ("name", "head", "media"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("报价.xlsx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.bin", b"PK\x03\x04", "application/zip"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("a.csv", "名称,电话".encode(), "text/csv"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "video/mp4"),
        ("合同.pdf", b"<script>", None),
        ("a.exe", b"\x89PNG\r\n\x1a\n", None),
        ("a.xlsm", b"PK\x03\x04", None),
        ("a.svg", b"<svg", None),
        ("a.txt", b"\x00\x01", None),
        ("a.png", b"MZ", None),
    ],
)
def test_kinds(name: str, head: bytes, media: str | None) -> None:
    kind = judged(name, head)
    assert (None if isinstance(kind, str) else kind.media) == media
