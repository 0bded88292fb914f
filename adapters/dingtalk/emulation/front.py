"""The front of both API families: a call is logged, may be struck by a fault, shows its token, keeps to the limits."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from aiohttp import web

from adapters.dingtalk.emulation.errors import ApiError, OldError, old
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.limits import Limits, Quota, Tokens
from adapters.dingtalk.emulation.world import Blob, World
from adapters.emulation.wire import JSON, parse

_SECRETS = ("appSecret", "clientSecret", "apiSecret", "access_token", "appsecret")


@dataclass(slots=True)
class Call:
    """One call. `status` None: not answered, yet or for ever. `code`: "ok", the platform's code, or None: never got there."""

    method: str
    path: str
    query: dict[str, str]
    at: datetime
    body: JSON = field(default_factory=dict)
    status: int | None = None
    code: str | None = None
    answer: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a route's handler sees of a call; `files` are the parts of an upload."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: JSON
    files: Mapping[str, Blob]


Answer: TypeAlias = "JSON | Blob"


@dataclass(frozen=True, slots=True)
class Route:
    """`write`: sends or changes something; counted faults strike these. `counted`: in the month's quota (5.1).

    `old`: answers as oapi.dingtalk.com does. `scope`: the permission the app needs.
    """

    method: str
    path: str
    handle: Callable[[Ask], Answer]
    write: bool = False
    counted: bool = True
    public: bool = False
    old: bool = False
    scope: str = ""
    gateway: bool = False


class Cut(Exception):
    """The connection breaks here."""


class Front:
    """`scopes`: what the app was granted; take one away to see the platform refuse."""

    def __init__(self, world: World, tokens: Tokens, limits: Limits, quota: Quota, faults: Faults) -> None:
        self._world, self._tokens, self._limits, self._quota, self._faults = world, tokens, limits, quota, faults
        self._turns: Counter[str] = Counter()
        self.scopes = {"qyapi_robot_sendmsg", "Card.Instance.Write", "Card.Streaming.Write"}
        self.calls: list[Call] = []

    def mount(self, app: web.Application, routes: list[Route]) -> None:
        for route in routes:
            app.router.add_route(route.method, route.path, self._handler(route))

    def mount_rest(self, app: web.Application) -> None:
        """Everything the platform offers and this emulator does not: 404, and seen in `calls`."""

        async def unknown(request: web.Request) -> web.StreamResponse:
            self.calls.append(Call(request.method, request.path, dict(request.query), self._world.now(), status=404))
            body = {
                "code": "InvalidAction.NotFound",
                "requestid": self._world.new_id(),
                "message": "Specified api is not found",
            }
            return web.json_response(body, status=404)

        app.router.add_route("*", "/{path:.*}", unknown)

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            query = {key: "***" if key in _SECRETS else value for key, value in request.query.items()}
            call = Call(request.method, request.path, query, self._world.now())
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
        too_late = route.write and self._faults.take("gateway_timeout")
        try:
            ask = await _read(request, call)
            if page := await self._struck(route):
                return page
            if too_late and self._second("gateway_timeout"):
                return _page(504)
            answer = await self._answer(route, request, ask)
        except (ApiError, OldError) as error:
            return self._refused(route, error, call)
        if route.write and self._faults.take("lose_receipts"):
            raise Cut
        if too_late:
            return _page(504)
        call.code = "ok"
        if isinstance(answer, Blob):
            return web.Response(body=answer.data, content_type="application/octet-stream")
        call.answer = {"errcode": 0, "errmsg": "ok", **answer} if route.old else answer
        return web.json_response(call.answer)

    def _refused(self, route: Route, error: ApiError | OldError, call: Call) -> web.Response:
        if route.old and isinstance(error, ApiError):
            error = old(error)
        call.answer = error.body(self._world.new_id())
        if isinstance(error, OldError):
            call.code = str(error.errcode)
            return web.json_response(call.answer)
        call.code = error.code
        return web.json_response(call.answer, status=error.status)

    async def _answer(self, route: Route, request: web.Request, ask: Ask) -> Answer:
        if await self._faults.held():
            raise Cut
        if not route.public:
            self._authorize(route, request)
        self._limits.api(f"{route.method} {route.path}")
        if route.counted:
            self._quota.call()
        if route.write:
            self._limited()
        await self._faults.slowed()
        return route.handle(ask)

    def _authorize(self, route: Route, request: web.Request) -> None:
        token = request.query.get("access_token") if route.old else request.headers.get("x-acs-dingtalk-access-token")
        if not self._tokens.valid(token):
            raise ApiError("InvalidAuthentication", status=self._faults.unauthorized_status)
        if route.scope and route.scope not in self.scopes:
            code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
            raise ApiError(code, status=403, scopes=(route.scope,))

    def _limited(self) -> None:
        if self._faults.take("rate_limit"):
            raise ApiError("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", status=403)
        if self._faults.take("minute_limit"):
            raise ApiError("Forbidden.AccessDenied.QpmLimitForAppkeyAndApi", status=403)
        if self._faults.take("too_fast"):
            raise ApiError("send.too.fast")

    async def _struck(self, route: Route) -> web.Response | None:
        """Faults before the platform took anything."""
        if route.gateway:
            return await self._gateway_struck()
        if not route.write:
            return None
        if self._faults.take("reset_before"):
            raise Cut
        if self._faults.take("html"):
            return _page(200)
        if self._faults.take("ban"):
            if self._second("ban"):
                body = {"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": self._world.new_id()}
                return web.json_response(body)
            return _page(403)
        if self._faults.take("server_error"):
            if self._second("server_error"):
                raise ApiError("system.error", status=500)
            return _page(502)
        return None

    async def _gateway_struck(self) -> web.Response | None:
        if await self._faults.gateway_held():
            raise Cut
        if self._faults.gateway_slow_seconds:
            self._faults.strike("gateway_slow_seconds")
            await asyncio.sleep(self._faults.gateway_slow_seconds)
        if self._faults.take("gateway_refuse"):
            return _page(503)
        return None

    def _second(self, name: str) -> bool:
        """False and True by turns."""
        self._turns[name] += 1
        return not self._turns[name] % 2


def _page(status: int) -> web.Response:
    text = f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
    return web.Response(status=status, text=text, content_type="text/html")


async def _read(request: web.Request, call: Call) -> Ask:
    """The call's body into the log (without secrets) and into an Ask."""
    body: JSON = {}
    files: dict[str, Blob] = {}
    if request.content_type.startswith("multipart/"):
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                files[name] = Blob("", "", part.filename, part.file.read(), True)
            else:
                body[name] = part if isinstance(part, str) else part.decode()
    elif request.can_read_body:
        if request.content_type != "application/json":
            raise ApiError("param.invalid", "Content-Type")
        body = _object(await request.read())
    call.body = {name: "***" if name in _SECRETS else value for name, value in body.items()}
    return Ask(request.match_info, request.query, body, files)


def _object(raw: bytes) -> JSON:
    try:
        body = parse(raw)
    except ValueError as problem:
        raise ApiError("param.invalid", "the body is no JSON") from problem
    if not isinstance(body, dict):
        raise ApiError("param.invalid", "the body is no object")
    return body


def only(body: JSON, *allowed: str, code: str = "param.invalid") -> None:
    """Refuses fields the API does not document. The platform may ignore them: a misspelt one must be seen here."""
    if unknown := sorted(body.keys() - set(allowed)):
        raise ApiError(code, f"unknown {', '.join(unknown)}")
