"""The front of the OpenAPI: a call is logged, may be struck by a fault, shows its token, keeps to its API's tier."""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from aiohttp import web

from adapters.feishu.emulation.errors import ApiError, card_error
from adapters.feishu.emulation.faults import Faults
from adapters.feishu.emulation.limits import Limits, Tokens, too_many
from adapters.feishu.emulation.wire import JSON, parse
from adapters.feishu.emulation.world import Blob, World

UUID_WINDOW = timedelta(hours=1)
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


@dataclass(slots=True)
class Call:
    """One call. `status` None: not answered, yet or for ever; `code` None: the platform did not get to it."""

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
    """What a route's handler sees of a call; `files` are the parts of an upload."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: JSON
    size: int
    files: Mapping[str, Blob]


Answer: TypeAlias = "JSON | Blob"


@dataclass(frozen=True, slots=True)
class Route:
    """`write`: sends or changes a message; counted faults strike these. `public`: needs no token."""

    method: str
    path: str
    handle: Callable[[Ask], Answer]
    write: bool = False
    public: bool = False
    ok: str = "success"


class Cut(Exception):
    """The connection breaks here."""


class Gateway:
    def __init__(self, world: World, tokens: Tokens, limits: Limits, faults: Faults) -> None:
        self._world, self._tokens, self._limits, self._faults = world, tokens, limits, faults
        self._uuids: dict[str, tuple[datetime, Answer]] = {}
        self._in_flight: set[str] = set()
        self._turns = itertools.count()
        self.calls: list[Call] = []

    def mount(self, app: web.Application, routes: list[Route]) -> None:
        for route in routes:
            app.router.add_route(route.method, route.path, self._handler(route))

    def mount_rest(self, app: web.Application) -> None:
        """Everything the platform offers and this emulator does not: 404 in plain text, and seen in `calls`."""

        async def unknown(request: web.Request) -> web.StreamResponse:
            self.calls.append(Call(request.method, request.path, dict(request.query), self._world.now(), status=404))
            return web.Response(status=404, text="404 page not found")

        app.router.add_route("*", "/{path:.*}", unknown)

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = Call(request.method, request.path, dict(request.query), self._world.now())
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
        log_id = self._world.new_id("")
        headers = {"X-Tt-Logid": log_id}
        try:
            ask = await _read(request, call)
            if route.write and (page := self._struck()):
                return page
            answer = await self._answer(route, request, ask, call)
        except ApiError as error:
            call.code, call.answer = error.code, error.body(log_id)
            return web.json_response(call.answer, status=error.status, headers={**headers, **error.headers})
        if isinstance(answer, Blob):
            disposition = f'attachment; filename="{answer.name}"'
            return web.Response(body=answer.data, headers={**headers, "Content-Disposition": disposition})
        call.answer = {"code": 0, "msg": route.ok, **answer}
        return web.json_response(call.answer, headers=headers)

    async def _answer(self, route: Route, request: web.Request, ask: Ask, call: Call) -> Answer:
        if await self._faults.held():
            raise Cut
        if not route.public:
            self._tokens.check(request.headers.get("Authorization"))
            self._limits.api(f"{route.method} {route.path}")
        if route.write and self._faults.take("rate_limit"):
            raise too_many(self._limits.api_per_minute, 1)
        uuid = ask.body.get("uuid") if route.write else None
        with self._only_one(uuid):
            await self._faults.slowed()
            answer = self._once(uuid, route, ask)
        call.code = 0
        if route.write and self._faults.take("lose_receipts"):
            raise Cut
        return answer

    def _once(self, uuid: str | None, route: Route, ask: Ask) -> Answer:
        """At most one message per uuid within an hour of business time; the second call gets the first one's data."""
        first = self._uuids.get(uuid) if uuid else None
        if first is not None and self._world.now() - first[0] < UUID_WINDOW:
            return first[1]
        self._refuse_on_demand(route)
        answer = route.handle(ask)
        if uuid:
            self._uuids[uuid] = (self._world.now(), answer)
        return answer

    @contextmanager
    def _only_one(self, uuid: object) -> Iterator[None]:
        if not uuid:
            yield
            return
        if not isinstance(uuid, str) or len(uuid) > 50:
            raise ApiError(99992402, "uuid: the max length is 50")
        if uuid in self._in_flight:
            raise ApiError(230049)
        self._in_flight.add(uuid)
        try:
            yield
        finally:
            self._in_flight.discard(uuid)

    def _struck(self) -> web.Response | None:
        """Faults before the platform took anything."""
        if self._faults.take("reset_before"):
            raise Cut
        if self._faults.take("html"):
            return web.Response(text=_HTML, content_type="text/html")
        if self._faults.take("server_error"):
            if next(self._turns) % 2:
                raise ApiError(2200, status=500)
            return web.Response(status=502, text=_HTML, content_type="text/html")
        return None

    def _refuse_on_demand(self, route: Route) -> None:
        if not route.write:
            return
        if self._faults.take("chat_limit"):
            raise ApiError(230020)
        if route.method == "PATCH" and self._faults.cards_immutable:
            raise ApiError(230031)
        if route.method == "PATCH" and self._faults.take("lock_cards"):
            raise card_error((11310, 200810)[next(self._turns) % 2], "card action is lock")


async def _read(request: web.Request, call: Call) -> Ask:
    """The call's body into the log (without the app's secret) and into an Ask."""
    body: JSON = {}
    files: dict[str, Blob] = {}
    size = 0
    if request.content_type.startswith("multipart/"):
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                files[name] = Blob("", "", part.filename, part.file.read(), True)
            else:
                body[name] = part if isinstance(part, str) else part.decode()
    elif request.can_read_body:
        raw = await request.read()
        size = len(raw)
        body = _object(raw)
    call.body = {name: "***" if name == "app_secret" else value for name, value in body.items()}
    return Ask(request.match_info, request.query, body, size, files)


def _object(raw: bytes) -> JSON:
    try:
        body = parse(raw)
    except ValueError as problem:
        raise ApiError(99992402, "the body is not json") from problem
    if not isinstance(body, dict):
        raise ApiError(99992402, "the body is not an object")
    return body
