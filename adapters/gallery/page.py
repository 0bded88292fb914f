"""The page: scene by scene, line by line, three messengers side by side. Self-contained, no script, everything escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from adapters.gallery.house import PLATFORMS
from adapters.gallery.play import Drawn, Played

NAMES = {"feishu": "飞书", "dingtalk": "钉钉", "wecom": "企业微信"}
_STYLE = """
:root{--ink:#1f2329;--quiet:#646a73;--line:#dee0e3;--paper:#fff;--back:#f5f6f7}
*{box-sizing:border-box}
body{margin:0;font:14px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--back)}
header,main{max-width:1320px;margin:0 auto;padding:16px 20px}
h1{font-size:22px;margin:8px 0}h2{font-size:18px;margin:40px 0 4px}nav a{margin-right:14px;color:inherit}
.line{margin:18px 0 6px;font-weight:600}
.row{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:14px;align-items:start}
.heads{position:sticky;top:0;background:var(--back);padding:6px 0;color:var(--quiet);z-index:1}
.card{background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--side)}
.card{border-radius:8px;padding:10px 12px;margin-bottom:10px}
.feishu{--side:#3370ff}.dingtalk{--side:#0089ff}.wecom{--side:#07a35a}
.who{color:var(--quiet);font-size:12px}
.text{white-space:pre-wrap;overflow-wrap:anywhere}.text b{font-size:15px}
.buttons{display:flex;flex-wrap:wrap;gap:6px;margin-top:8px}
.buttons span{border:1px solid var(--line);border-radius:6px;padding:2px 10px}
details{margin-top:8px;color:var(--quiet)}
pre{font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0 0}
@media(max-width:900px){.row{grid-template-columns:1fr}.heads{display:none}}
"""


def page(plays: Sequence[Sequence[Played]]) -> str:
    """``plays``: for each scene its play on every platform, in the order of ``PLATFORMS``."""
    scenes = [each[0].scene for each in plays]
    index = " ".join(f'<a href="#{escape(scene.name)}">{escape(scene.title)}</a>' for scene in scenes)
    body = "\n".join("\n".join(_scene(each)) for each in plays)
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>渠道通 卡片一览</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header><h1>渠道通 卡片一览</h1>\n"
        f"<p>示例组织里的人说了什么、按了什么，三个平台上各看到什么；卡片下面是平台收到的内容。</p>\n<nav>{index}</nav></header>\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _scene(plays: Sequence[Played]) -> Iterator[str]:
    scene = plays[0].scene
    yield f'<section id="{escape(scene.name)}"><h2>{escape(scene.title)}</h2>'
    yield f'<div class="row heads">{"".join(f"<div>{NAMES[name]}</div>" for name in PLATFORMS)}</div>'
    for number, line in enumerate(scene.lines):
        yield f'<p class="line">{escape(line)}</p>\n<div class="row">'
        for play in plays:
            cards = "\n".join(_card(drawn) for drawn in play.steps[number].drawn)
            yield f'<div class="{escape(play.platform)}">{cards}</div>'
        yield "</div>"
    yield "</section>"


def _card(drawn: Drawn) -> str:
    first, _, rest = drawn.text.partition("\n")
    for label in drawn.buttons:  # they are drawn as buttons below
        rest = _without(rest, label)
    text = f"<b>{escape(first)}</b>\n{escape(rest)}" if rest else escape(first)
    buttons = "".join(f"<span>{escape(label)}</span>" for label in drawn.buttons)
    changed = "（已更新）" if drawn.changes > 1 else ""
    payload = escape(json.dumps(_opened(drawn.content), ensure_ascii=False, indent=1))
    return (
        f'<div class="card"><div class="who">{escape(drawn.who)}{changed}</div><div class="text">{text}</div>'
        + (f'<div class="buttons">{buttons}</div>' if buttons else "")
        + f"<details><summary>{escape(drawn.kind)}</summary><pre>{payload}</pre></details></div>"
    )


def _without(text: str, label: str) -> str:
    lines = text.split("\n")
    if label in lines:
        lines.remove(label)
    return "\n".join(lines)


def _opened(content: object) -> object:
    """JSON within JSON, as DingTalk's variables are, is shown as what it says."""
    if isinstance(content, dict):
        return {key: _opened(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_opened(value) for value in content]
    if isinstance(content, str) and content[:1] in ("{", "["):
        try:
            return json.loads(content)
        except ValueError:
            return content
    return content
