"""Just enough of the server API to answer as a test wants, for what an emulator should not do."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(body: object = None, status: int = 200) -> Answer:
    """A JSON answer, or the text or bytes given."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw)

    return answer


def ok(**more: Any) -> Answer:
    return says({"errcode": 0, "errmsg": "ok", **more})


def code(number: int, errmsg: str = "hint: [1759912400_demo], from ip: 203.0.113.7") -> Answer:
    return says({"errcode": number, "errmsg": errmsg})


def granted(token: str, expires_in: int = 7200) -> Answer:
    return ok(access_token=token, expires_in=expires_in)


def shares(*corps: dict[str, Any], cursor: str = "") -> Answer:
    return ok(ending=0 if cursor else 1, corp_list=list(corps), next_cursor=cursor)


@dataclass
class Platform:
    """Gives its answers in turn, the last one for ever, by path. ``calls``: (path, token, body)."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        usual = {
            "/gettoken": granted("t-1"),
            "/message/send": ok(msgid="MSGID", response_code="RC", invaliduser=""),
            "/corpgroup/corp/list_app_share_info": shares(),
        }
        for path, answer in usual.items():
            self.answers.setdefault(path, [answer])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        path = request.path.removeprefix("/cgi-bin")
        self.calls.append(
            (path, request.query.get("access_token", ""), json.loads(raw) if raw else dict(request.query))
        )
        answers = self.answers.get(path, [ok()])
        return await (answers.pop(0) if len(answers) > 1 else answers[0])(request)

    def called(self, path: str) -> list[tuple[str, Any]]:
        """(token, body) of every call there."""
        return [(token, body) for called, token, body in self.calls if called == path]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app
