"""The front of the API: a call is logged, may be struck by a fault, shows its token, keeps to its API's rate (3, 5.1)."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote

from aiohttp import web

from adapters.emulation.wire import JSON, parse
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.limits import Limits, Tokens
from adapters.wecom.emulation.world import Blob, Corp, World

HTML = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u")
_HIDDEN = ("access_token", "corpsecret", "response_code", "key")


@dataclass(slots=True)
class Call:
    """One call, or one frame of the smart bot (then `method` is WS and `path` its cmd). Secrets are masked.

    `status` None: not answered, yet or for ever; `code` None: the platform did not get to it.
    """

    method: str
    path: str
    query: dict[str, str]
    at: datetime
    body: JSON = field(default_factory=dict)
    status: int | None = None
    code: int | None = None
    answer: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a route's handler sees of a call: `corp` is whom its token speaks for, `files` the parts of an upload."""

    query: Mapping[str, str]
    body: JSON
    raw: bytes
    files: Mapping[str, tuple[str, bytes]]
    corp: Corp


Answer: TypeAlias = "JSON | Blob"


@dataclass(frozen=True, slots=True)
class Route:
    """`write`: sends or changes a message; counted faults strike these. `public`: needs no token."""

    method: str
    path: str
    handle: Callable[[Ask], Answer]
    write: bool = False
    public: bool = False


class Cut(Exception):
    """The connection breaks instead of an answer."""


class Gateway:
    def __init__(self, world: World, tokens: Tokens, limits: Limits, faults: Faults) -> None:
        self._world, self._tokens, self._limits, self._faults = world, tokens, limits, faults
        self.calls: list[Call] = []

    def mount(self, app: web.Application, routes: Iterable[Route]) -> None:
        for route in routes:
            app.router.add_route(route.method, "/cgi-bin/" + route.path, self._handler(route))

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = Call(request.method, request.path, _masked(request.query), self._world.now())
            self.calls.append(call)
            try:
                response = await self._serve(route, request, call)
                call.status = response.status
            except Cut:
                response = web.Response()
                if request.transport is not None:
                    request.transport.abort()
            self._world.changed()
            return response

        return handle

    async def _serve(self, route: Route, request: web.Request, call: Call) -> web.StreamResponse:
        try:
            raw, files = await _read(request)
            if await self._faults.held():
                raise Cut
            if route.write and (page := self._struck()):
                return page
            answer = await self._answer(route, request, call, raw, files)
        except ApiError as error:
            call.code, call.answer = (
                error.code,
                error.body(self._world.new_id(""), self._faults.untrusted_ip or "127.0.0.1"),
            )
            return web.json_response(call.answer)
        if isinstance(answer, Blob):
            name = f"attachment; filename=\"{answer.name}\"; filename*=utf-8''{quote(answer.name)}"
            return web.Response(body=answer.data, headers={"Content-Disposition": name})
        call.answer = {"errcode": 0, "errmsg": "ok", **answer}
        return web.json_response(call.answer)

    async def _answer(
        self, route: Route, request: web.Request, call: Call, raw: bytes, files: dict[str, tuple[str, bytes]]
    ) -> Answer:
        corp = self._world.corp
        if not route.public:
            if self._faults.untrusted_ip:
                self._faults.strike("untrusted_ip")
                raise ApiError(60020)
            corp = self._tokens.corp_of(request.query.get("access_token"))
            self._limits.api(corp.corp_id, route.path)
        body = _object(raw) if request.method == "POST" and not files else {}
        call.body = {name: "***" if name in _HIDDEN else value for name, value in body.items()}
        if route.write:
            self._refuse_on_demand()
        await self._faults.slowed()
        answer = route.handle(Ask(request.query, body, raw, files, corp))
        call.code = 0
        if route.write and self._faults.take("lose_receipts"):
            raise Cut
        return answer

    def _struck(self) -> web.Response | None:
        """Faults before the platform took anything."""
        if self._faults.take("reset_before"):
            raise Cut
        if self._faults.take("html"):
            return web.Response(text=HTML, content_type="text/html")
        if self._faults.take("server_error"):
            return web.Response(status=502, text=HTML, content_type="text/html")
        return None

    def _refuse_on_demand(self) -> None:
        for name, code in (("rate_limit", 45009), ("busy", -1), ("concurrent", 45033)):
            if self._faults.take(name):
                raise ApiError(code)


def _masked(query: Mapping[str, str]) -> dict[str, str]:
    return {name: "***" if name in _HIDDEN else value for name, value in query.items()}


async def _read(request: web.Request) -> tuple[bytes, dict[str, tuple[str, bytes]]]:
    """The body, or the parts of an upload, each with its file name ("" without one)."""
    if not request.content_type.startswith("multipart/"):
        return await request.read(), {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, part in (await request.post()).items():
        if isinstance(part, web.FileField):
            files[name] = (part.filename, part.file.read())
        else:
            files[name] = ("", part.encode() if isinstance(part, str) else bytes(part))
    return b"", files


def _object(raw: bytes) -> JSON:
    if _ESCAPE.search(raw):
        raise ApiError(40033)
    try:
        body = parse(raw)
    except ValueError as problem:
        raise ApiError(47001, "the body is not json") from problem
    if not isinstance(body, dict):
        raise ApiError(47001, "the body is not an object")
    return body
