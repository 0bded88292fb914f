"""What a person sees of markdown, and that an injection shows."""

from typing import Any

import pytest

from adapters.feishu.emulation.markdown import Link, Seen, read_markdown
from adapters.feishu.emulation.reading import read
from tests.feishu_emulator.stage import button, card

NAMES = {"ou_li": "李静", "all": "所有人"}


def name(open_id: str) -> str:
    return NAMES.get(open_id, "")


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("**客户:** 云栖湾 *x* ~~旧~~ `码`", "客户: 云栖湾 x 旧 码"),
        ("# 标题\n> 引用", "标题\n引用"),
        ("<font color='red'>逾期 3 天</font> <text_tag color='blue'>P1</text_tag>", "逾期 3 天 P1"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("&#42;&#42;a&#42;&#42; &lt;b&gt; &amp;", "**a** <b> &"),
        (r"\*\*a\*\* \[x\]\(y\)", "**a** [x](y)"),
        ("<local_datetime millisecond='1772413200000' format_type='date_num'></local_datetime>", "2026-03-02 09:00"),
        ("<person id='ou_li'></person>", "李静"),
        ("![图](img_v3_demo)", "图"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "| a | b |\n| 1 | 2 |"),
    ],
)
def test_seen(source: str, seen: str) -> None:
    assert read_markdown(source, name, Seen()) == seen


@pytest.mark.parametrize(
    ("source", "mentions", "links"),
    [
        ("<at id=ou_li></at> <at id='ou_li'></at>", ["ou_li", "ou_li"], []),
        ("<at ids=ou_li,ou_x></at>", ["ou_li", "ou_x"], []),
        ('<at user_id="all">所有人</at>', ["all"], []),
        ("<at id=all>", ["all"], []),
        ("<AT id=all></AT>", ["all"], []),
        ("`<at id=all></at>`", ["all"], []),
        ("&lt;at id=all&gt;&lt;/at&gt;", [], []),
        (r"\<at id=all></at>", [], []),
        ("[详情](https://a.b/c?d=1)", [], [Link("详情", "https://a.b/c?d=1")]),
        ("[**看**]( javascript:alert(1))", [], [Link("看", "javascript:alert")]),
        ("<https://a.b>", [], [Link("https://a.b", "https://a.b")]),
        ("<a href='https://a.b'>看</a>", [], [Link("看", "https://a.b")]),
        ("<link url='https://a.b'>看</link>", [], [Link("看", "https://a.b")]),
        ("&#91;x&#93;(https://a.b)", [], []),
        (r"\[x](https://a.b)", [], []),
    ],
)
def test_what_it_does(source: str, mentions: list[str], links: list[Link]) -> None:
    seen = Seen()
    read_markdown(source, name, seen)
    assert (seen.mentions, seen.links) == (mentions, links)


CARD = card(
    {"tag": "div", "text": {"tag": "plain_text", "content": "<at id=all></at> **a**"}},
    {"tag": "div", "text": {"tag": "lark_md", "content": "**状态**\n<at id=ou_li></at>"}},
    {
        "tag": "table",
        "columns": [
            {"name": "a", "display_name": "报备", "data_type": "text"},
            {"name": "b", "display_name": "状态", "data_type": "options"},
            {"name": "c", "display_name": "人", "data_type": "persons"},
            {"name": "d", "display_name": "链接", "data_type": "lark_md"},
        ],
        "rows": [{"a": "**BB1001**", "b": [{"text": "待审"}], "c": ["ou_li"], "d": "[开](https://a.b)"}],
    },
    button("同意", behaviors=[{"type": "open_url", "default_url": "https://c.d"}]),
)


@pytest.mark.parametrize(
    ("msg_type", "content", "keys", "text", "mentions"),
    [
        ("text", {"text": '**a** <at user_id="ou_li">x</at> &lt;'}, {}, "**a** @李静 <", ("ou_li",)),
        ("text", {"text": "@_user_1 你好"}, {"@_user_1": "ou_li"}, "@李静 你好", ("ou_li",)),
        (
            "post",
            {"zh_cn": {"title": "题", "content": [[{"tag": "at", "user_id": "ou_li"}]]}},
            {},
            "题\n@李静",
            ("ou_li",),
        ),
        (
            "post",
            {"title": "", "content": [[{"tag": "md", "text": "**粗**<at id=all></at>"}]]},
            {},
            "粗@所有人",
            ("all",),
        ),
    ],
)
def test_messages(msg_type: str, content: Any, keys: dict[str, str], text: str, mentions: tuple[str, ...]) -> None:
    reading = read(msg_type, content, name, keys)
    assert (reading.text, reading.mentions) == (text, mentions)


def test_a_card() -> None:
    reading = read("interactive", CARD, name, {})
    assert reading.lines == (
        "报备审批", "<at id=all></at> **a**", "状态", "@李静", "报备 | 状态 | 人 | 链接", "**BB1001** | 待审 | 李静 | 开", "同意",
    )  # fmt: skip
    assert (reading.buttons, reading.mentions) == (("同意",), ("ou_li",))
    assert reading.links == (Link("开", "https://a.b"), Link("同意", "https://c.d"))
