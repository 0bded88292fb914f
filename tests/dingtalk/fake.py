"""Just enough of the open platform to answer as a test wants, for what an emulator should not do."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN_PATH = "/v1.0/oauth2/accessToken"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(status: int = 200, body: object = None) -> Answer:
    """A JSON answer, or the text or bytes given."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw)

    return answer


def code(name: str, message: str = "", status: int = 400) -> Answer:
    return says(status, {"code": name, "requestid": "1D0C7A5E", "message": message})


def sent(key: str = "Yt9vF3kq0hM1=", **lists: Any) -> Answer:
    return says(200, {"processQueryKey": key, **lists})


def placed(space: str = "agent0071", success: bool = True, **more: Any) -> Answer:
    """Of createAndDeliver."""
    results = [{"spaceType": "IM_ROBOT", "spaceId": space, "success": success, "carrierId": "4vKx0Pq=", **more}]
    return says(200, {"success": True, "result": {"outTrackId": "x", "deliverResults": results}})


def granted(token: str, expire: float = 7200) -> Answer:
    return says(200, {"accessToken": token, "expireIn": expire})


@dataclass
class Platform:
    """Gives its answers in turn, the last one for ever. ``calls``: (method, path, token, body)."""

    tokens: list[Answer] = field(default_factory=lambda: [granted("t-1")])
    answers: list[Answer] = field(default_factory=lambda: [sent()])
    calls: list[tuple[str, str, str, Any]] = field(default_factory=list)
    fetched: int = 0

    @property
    def paths(self) -> list[str]:
        return [f"{method} {path}" for method, path, _, _ in self.calls]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if request.path == TOKEN_PATH:
            self.fetched += 1
            return await _next(self.tokens)(request)
        token = request.headers.get("x-acs-dingtalk-access-token", "")
        self.calls.append((request.method, request.path, token, json.loads(raw) if raw else None))
        return await _next(self.answers)(request)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app


def _next(answers: list[Answer]) -> Answer:
    return answers.pop(0) if len(answers) > 1 else answers[0]
