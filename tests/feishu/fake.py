"""Just enough of the open platform to answer as a test wants, for what an emulator should not do."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(status: int = 200, body: object = None, **headers: str) -> Answer:
    """A JSON answer, or the text or bytes given; header names with _ for -."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def code(number: int, msg: str = "", status: int = 400, **headers: str) -> Answer:
    return says(status, {"code": number, "msg": msg}, **headers)


def sent(handle: str = "om_demo_0300") -> Answer:
    return says(200, {"code": 0, "msg": "success", "data": {"message_id": handle}})


def granted(token: str, expire: int = 7200) -> Answer:
    return says(200, {"code": 0, "msg": "ok", "tenant_access_token": token, "expire": expire})


@dataclass
class Platform:
    """Gives its answers in turn, the last one for ever. ``calls``: (method, path with query, bearer, body)."""

    tokens: list[Answer] = field(default_factory=lambda: [granted("t-1")])
    answers: list[Answer] = field(default_factory=lambda: [sent()])
    calls: list[tuple[str, str, str, Any]] = field(default_factory=list)
    fetched: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if request.path == TOKEN_PATH:
            self.fetched += 1
            return await _next(self.tokens)(request)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((request.method, request.path_qs, bearer, json.loads(raw) if raw else None))
        return await _next(self.answers)(request)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app


def _next(answers: list[Answer]) -> Answer:
    return answers.pop(0) if len(answers) > 1 else answers[0]
