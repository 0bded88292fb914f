"""What a message may hold, by msgtype (3.2, 90236).

Text over 2048 bytes is cut, as the page says; for all other limits it says no such thing, so they are refused.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.cards import Rules, check_card
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.shapes import refuse, url
from adapters.wecom.emulation.world import World

TEXT_BYTES, MARKDOWN_BYTES, STREAM_BYTES = 2048, 2048, 20480
MEDIA_LIFE = timedelta(days=3)
MEDIA = ("image", "voice", "file", "video")


def app_content(world: World, body: JSON, corp_id: str) -> tuple[str, JSON]:
    """msgtype and content as the member gets it; ApiError otherwise."""
    msg_type = body.get("msgtype")
    check = _CHECKS.get(msg_type) if isinstance(msg_type, str) else None
    if check is None:
        raise ApiError(40008)
    content = body.get(str(msg_type))
    if not isinstance(content, dict):
        raise ApiError(44004 if msg_type == "text" else 40063, str(msg_type))
    return str(msg_type), check(world, content, corp_id)


def cut_bytes(text: str, most: int) -> str:
    return text.encode(errors="replace")[:most].decode(errors="ignore")


def media(world: World, media_id: Any, kind: str, corp_id: str) -> None:
    """Any app of the corp may use a file for three days, as what it was uploaded for."""
    blob = world.blobs.get(media_id) if isinstance(media_id, str) else None
    if blob is None or blob.kind != kind or blob.corp_id != corp_id or world.now() - blob.created > MEDIA_LIFE:
        raise ApiError(40007)


def _text(world: World, content: JSON, corp_id: str) -> JSON:
    _only(content, "text", "content")
    return {"content": cut_bytes(_filled(content, "content"), TEXT_BYTES)}


def _markdown(world: World, content: JSON, corp_id: str) -> JSON:
    _only(content, "markdown", "content")
    _bytes("markdown.content", _filled(content, "content"), MARKDOWN_BYTES)
    return content


def _textcard(world: World, content: JSON, corp_id: str) -> JSON:
    _only(content, "textcard", "title", "description", "url", "btntxt")
    _characters("textcard.title", _filled(content, "title", 41016), 128)
    _characters("textcard.description", _filled(content, "description", 41033), 512)
    url(content.get("url"), "textcard.url")
    _characters("textcard.btntxt", content.get("btntxt", ""), 4)
    return content


def _news(world: World, content: JSON, corp_id: str) -> JSON:
    _only(content, "news", "articles")
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise ApiError(45008)
    for article in articles:
        if not isinstance(article, dict):
            raise refuse("news.articles", "must be objects")
        _only(article, "news.articles", "title", "description", "url", "picurl")
        _bytes("news.title", _filled(article, "title", 41016), 128)
        _bytes("news.description", article.get("description", ""), 512)
        url(article.get("url"), "news.url")
    return content


def _media(kind: str) -> Callable[[World, JSON, str], JSON]:
    def check(world: World, content: JSON, corp_id: str) -> JSON:
        _only(content, kind, "media_id", *(("title", "description") if kind == "video" else ()))
        media(world, content.get("media_id"), kind, corp_id)
        return content

    return check


def _card(world: World, content: JSON, corp_id: str) -> JSON:
    check_card(content, Rules())
    card_files(world, content, corp_id)
    return content


def card_files(world: World, card: JSON, corp_id: str) -> None:
    """Files a card leads to must be there."""
    for fact in card.get("horizontal_content_list", []):
        if fact.get("type") == 2:
            media(world, fact["media_id"], "file", corp_id)


_CHECKS: dict[str, Callable[[World, JSON, str], JSON]] = {
    "text": _text,
    "markdown": _markdown,
    "textcard": _textcard,
    "news": _news,
    "template_card": _card,
    **{kind: _media(kind) for kind in MEDIA},
}


def _only(content: JSON, place: str, *names: str) -> None:
    if unknown := content.keys() - set(names):
        raise refuse(place, f"does not know {', '.join(sorted(unknown))}")


def _filled(content: JSON, name: str, code: int = 44004) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(code, name)
    return value


def _bytes(place: str, text: Any, most: int) -> None:
    if not isinstance(text, str) or len(text.encode()) > most:
        raise ApiError(45002, f"{place}: at most {most} bytes")


def _characters(place: str, text: Any, most: int) -> None:
    if not isinstance(text, str) or len(text) > most:
        raise ApiError(45002, f"{place}: at most {most} characters")
