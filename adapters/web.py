"""The HTTP side of the process (contract 3): callbacks, health and metrics, with the server's limits.

What a page or a channel adds comes as routes; this file knows no messenger.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from aiohttp import web

from adapters.http import MOST_BODY, Refused
from adapters.silence import Silence
from bot.errors import Unavailable
from bot.health import Health
from bot.metrics import CONTENT_TYPE, Metrics

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEEPALIVE = 75.0
SHUTDOWN_PATIENCE = 10.0
BACKLOG = 1024
"""Connections that wait to be accepted; of more than that the system lets even honest ones try again a second later."""

BACK = "/back"
"""Where a card leads that has to lead somewhere (WeCom's notices): back to the chat."""
BACK_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>渠道通</title>
<style>body{font:16px/1.7 system-ui,sans-serif;margin:20vh auto;max-width:20em;padding:0 1.5em;color:#1f2329}</style>
<p>内容都在聊天里。</p><p>请返回对话继续；不知道怎么说时，发送「帮助」。</p>
"""

HEALTH = web.AppKey("health", Health)
METRICS = web.AppKey("metrics", Metrics)


class Page(Protocol):
    """A page at ``/``. ``close`` sends away whoever stays connected, once nobody new can come."""

    def routes(self) -> Sequence[web.AbstractRouteDef]: ...

    async def close(self) -> None: ...


def build(
    health: Health,
    metrics: Metrics,
    callbacks: Mapping[str, Handler],
    page: Page | None = None,
    routes: Sequence[web.AbstractRouteDef] = (),
    silence: Silence | None = None,
) -> web.Application:
    """``callbacks``: each channel's handler, by the channel's name; ``routes``: what else is served."""
    middlewares = [silence.hear, _boundary] if silence else [_boundary]
    app = web.Application(client_max_size=MOST_BODY, middlewares=middlewares)
    app[HEALTH] = health
    app[METRICS] = metrics
    app.on_response_prepare.append(_say_little)
    app.add_routes(
        [
            web.get("/health/live", _live),
            web.get("/health/ready", _ready),
            web.get("/metrics", _metrics),
            web.get(BACK, _back),
            *(web.route("*", f"/channels/{name}/callback", handler) for name, handler in callbacks.items()),
        ]
    )
    app.add_routes(routes)
    if page:
        app.add_routes(page.routes())
        app.on_shutdown.append(lambda _: page.close())
    return app


def runner(app: web.Application) -> web.AppRunner:
    """Without an access log: callback addresses carry signatures."""
    return web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        keepalive_timeout=KEEPALIVE,
        shutdown_timeout=SHUTDOWN_PATIENCE,
    )


@web.middleware
async def _boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What nobody caught ends here: a 503, so that a messenger repeats the push, and never a traceback on the wire."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Refused as refused:
        return web.Response(status=refused.status)
    except Unavailable:
        return web.json_response({"error": "unavailable"}, status=503)
    except Exception:
        log.exception("a request failed: %s", request.match_info.route.name or request.path)
        return web.json_response({"error": "unavailable"}, status=503)


async def _say_little(request: web.Request, response: web.StreamResponse) -> None:
    """Versions of the server and the language are nobody's business."""
    response.headers["Server"] = "channelops"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


async def _back(_: web.Request) -> web.Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return web.Response(text=BACK_PAGE, content_type="text/html", headers={"Content-Security-Policy": policy})


async def _live(request: web.Request) -> web.Response:
    return _json(request.app[HEALTH].live(), 200)


async def _ready(request: web.Request) -> web.Response:
    ready = await request.app[HEALTH].ready()
    return _json(ready, 200 if ready.ready else 503)


async def _metrics(request: web.Request) -> web.Response:
    await request.app[HEALTH].scrape(request.app[METRICS])
    return web.Response(body=request.app[METRICS].text(), headers={"Content-Type": CONTENT_TYPE})


def _json(body: msgspec.Struct, status: int) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
