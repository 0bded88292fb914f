"""The upload page and the downloads (contract 3): plain pages without scripts, for phones; nothing of what was sent is shown.

The token in the address is all there is: no cookie, so that another page can make a browser send nothing in somebody's name.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from adapters.text import clean
from bot.cabinet import Draft
from bot.errors import Unavailable
from bot.handover import Errand, Handover
from bot.ports import TooLarge

log = logging.getLogger(__name__)

AT_ONCE = 8
WHOLE_SECONDS = 300.0
IDLE_SECONDS = 20.0
AROUND = 64 * 1024
"""What a form may have around its file."""
BUSY = "现在上传的人较多，请稍后再试一次。"
_STYLE = """
:root{color-scheme:light dark;--ink:#1f2329;--soft:#646a73;--line:#dee0e3;--ground:#f5f6f7;--card:#fff;--act:#1456f0}
@media(prefers-color-scheme:dark){:root{--ink:#ebebeb;--soft:#a6a6a6;--line:#434343;--ground:#1a1a1a;--card:#262626}}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem}
h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:.25rem 0;overflow-wrap:anywhere}.soft{color:var(--soft);font-size:.875rem}
input{display:block;box-sizing:border-box;width:100%;margin:1rem 0;padding:.75rem;border:1px dashed var(--line);border-radius:8px}
button{width:100%;padding:.75rem;border:0;border-radius:8px;background:var(--act);color:#fff;font:inherit}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_GUARDED = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class HandingPages:
    def __init__(self, handover: Handover) -> None:
        self._handover = handover
        self._room = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.get("/upload/{token}", self._show, allow_head=False),
            web.post("/upload/{token}", self._take),
            web.get("/files/{token}", self._give, allow_head=False),
        ]

    # -- handing in --------------------------------------------------------------------------------------------------

    async def _show(self, request: web.Request) -> web.Response:
        errand = await self._handover.errand(request.match_info["token"])
        if errand is None:
            return _message("没有这个页面。", 404)
        return _form(errand, self._handover.most) if errand.open else _message(errand.title, 410)

    async def _take(self, request: web.Request) -> web.Response:
        if not _same_origin(request):
            return _message("请直接在上传页面里操作。", 403)
        errand = await self._handover.errand(request.match_info["token"])
        if errand is None:
            return _message("没有这个页面。", 404)
        if not errand.open:
            return _message(errand.title, 410)
        if (request.content_length or 0) > self._handover.most + AROUND:
            return self._too_large(errand)
        if self._room.locked():
            return _form(errand, self._handover.most, BUSY, 503)
        async with self._room:
            return await self._received(request, errand)

    async def _received(self, request: web.Request, errand: Errand) -> web.Response:
        most = self._handover.most
        try:
            async with asyncio.timeout(WHOLE_SECONDS), self._handover.draft() as draft:
                name = await _streamed(request, draft)
                said = await self._handover.take(errand, draft, name) if name is not None else "请先选择文件。"
        except TooLarge:
            return self._too_large(errand)
        except TimeoutError:
            return _form(errand, most, "上传太慢，已中断，请换个网络再试。", 408)
        except Unavailable:
            return _form(errand, most, "系统暂时无法保存，请稍后再试一次。", 503)
        except (ValueError, OSError, web.RequestPayloadError) as error:
            log.warning("an upload broke off: %s", type(error).__name__)
            return _form(errand, most, "文件没有传完，请再试一次。", 400)
        return _form(errand, most, said, 422) if said else _message("已收到。请回到聊天继续。", 200)

    def _too_large(self, errand: Errand) -> web.Response:
        most = self._handover.most
        return _form(errand, most, f"文件超过 {most // 1024 // 1024} MB，请压缩后再传。", 413)

    # -- giving out --------------------------------------------------------------------------------------------------

    async def _give(self, request: web.Request) -> web.StreamResponse:
        served = await self._handover.download(request.match_info["token"])
        if served is None:
            return _message("没有这个文件，或链接已过期。请回到聊天重新打开。", 404)
        name = quote(served.name, safe="")
        headers = {
            **_GUARDED,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Type": served.media,
            "Content-Disposition": f"attachment; filename=\"file\"; filename*=UTF-8''{name}",
        }
        return web.FileResponse(served.path, headers=headers)


async def _streamed(request: web.Request, draft: Draft) -> str | None:
    """The file's name; None if no file was chosen. ValueError for what is no form."""
    if request.content_type != "multipart/form-data":
        raise ValueError("no form")
    async with asyncio.timeout(IDLE_SECONDS):
        part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise ValueError("no file")
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            piece = await part.read_chunk(AROUND)
        if not piece:
            break
        await draft.write(piece)
    name = clean(part.filename or "")
    return name if name or draft.size else None


def _same_origin(request: web.Request) -> bool:
    """Browsers say where a form was sent from; what says nothing is no browser, and has the token all the same."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


# -- pages -----------------------------------------------------------------------------------------------------------


def _form(errand: Errand, most: int, said: str = "", status: int = 200) -> web.Response:
    facts = "".join(f"<p>{escape(line)}</p>" for line in errand.about)
    problem = f'<p role="alert"><strong>{escape(said)}</strong></p>' if said else ""
    limit = f"最大 {most // 1024 // 1024} MB；图片、PDF、Office 文档或压缩包。"
    return _page(
        errand.title,
        f"<h1>{escape(errand.title)}</h1><p>{escape(errand.who)}，您好。</p>{facts}{problem}"
        '<form method="post" enctype="multipart/form-data">'
        '<input type="file" name="file" aria-label="选择文件" required><button>上传</button></form>'
        f'<p class="soft">{limit}链接只能用一次，{escape(errand.until)} 前有效。</p>',
        status,
    )


def _message(said: str, status: int) -> web.Response:
    return _page(said, f"<h1>{escape(said)}</h1>", status)


def _page(title: str, body: str, status: int) -> web.Response:
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><section>{body}</section></main></body></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=_GUARDED)
