"""The playground's address: the page at ``/``, its files and its WebSocket below ``/playground/``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from aiohttp import WSMsgType, web

from adapters.playground import refusals
from adapters.playground.asks import Asks, Suggesting
from adapters.playground.live import Live
from adapters.playground.messengers.messenger import Messenger, Refused
from adapters.playground.outcome import Wording
from adapters.playground.trace import Steps
from adapters.playground.values import AnyAsk, decode
from bot.ports import Rehearsal

STATIC = Path(__file__).parent / "static"
MOST_ASKED = 1024 * 1024
MOST_SENT = 30 * 1024 * 1024
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Playground:
    """The page over the messengers by channel name. Whoever stops the server calls ``close`` first.

    ``suggest``: (channel, user id, what is typed so far) → lines above the composer; for "" three ways to begin.
    ``words``: (table, state or action) → what users call it.
    """

    def __init__(
        self,
        messengers: Mapping[str, Messenger],
        rehearsal: Rehearsal,
        suggest: Suggesting,
        words: Wording = lambda _table, _key: "",
    ) -> None:
        self.trace = Steps()
        """To be given to the core as its Trace."""
        self._live = Live(messengers, rehearsal, self.trace, words)
        self._asks = Asks(self._live, suggest)
        self._messengers = messengers
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/playground/live", self._connect),
            web.get("/playground/media/{channel}/{key:.+}", self._media),
            web.post("/playground/send/{seat}/{chat}/{kind:image|file}", self._upload),
            web.get("/playground/{path:.+}", self._file),
        ]

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(self.routes())
        app.on_shutdown.append(lambda _app: self.close())
        return app

    async def close(self) -> None:
        await self._live.close()

    # -- files -------------------------------------------------------------------------------------------------------

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html", headers=HEADERS)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = (STATIC / request.match_info["path"]).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=HEADERS)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        """A picture of a message or card. Its type is left to the browser's image decoder: it is only ever an <img>."""
        messenger = self._messengers.get(request.match_info["channel"])
        data = messenger.media(request.match_info["key"]) if messenger else None
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="application/octet-stream", headers=HEADERS)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """A picture or file that somebody sends; the body is the file, ``name`` its name."""
        _only_from_here(request)
        data = bytearray()
        async for part in request.content.iter_chunked(64 * 1024):
            data += part
            if len(data) > MOST_SENT:
                return web.json_response({"refused": refusals.too_large("", MOST_SENT)})
        if not data:
            return web.json_response({"refused": refusals.EMPTY})
        try:
            seat, chat, kind = (request.match_info[name] for name in ("seat", "chat", "kind"))
            note = await self._asks.attach(seat, chat, kind, request.query.get("name", "")[:120], bytes(data))
        except Refused as refused:
            return web.json_response({"refused": str(refused)})
        return web.json_response({"note": note} if note else {})

    # -- the WebSocket -----------------------------------------------------------------------------------------------

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        _only_from_here(request)
        browser = web.WebSocketResponse(heartbeat=20.0, max_msg_size=MOST_ASKED)
        await browser.prepare(request)
        try:
            await self._live.join(browser)
            async for message in browser:
                if message.type is WSMsgType.TEXT:
                    self._take(browser, message.data)
        finally:
            self._live.leave(browser)
        return browser

    def _take(self, browser: web.WebSocketResponse, data: str) -> None:
        """Each ask is a task of its own: a click that waits holds up nobody and outlives its browser."""
        try:
            ask = decode(data)
        except msgspec.DecodeError:
            return
        task = asyncio.create_task(self._answer(browser, ask))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, browser: web.WebSocketResponse, ask: AnyAsk) -> None:
        done = await self._asks.answer(ask)
        if not browser.closed:
            await browser.send_str(msgspec.json.encode(done).decode())


def _only_from_here(request: web.Request) -> None:
    """A browser lets any site open a socket or post to any address."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden
