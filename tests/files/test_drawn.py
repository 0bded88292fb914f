"""Links, pictures and files on cards, as each messenger draws them; what it cannot hold is a link, without an address words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from adapters.dingtalk.render import render as dingtalk
from adapters.feishu.render import render as feishu
from adapters.wecom.render import render as wecom
from bot.cards import Attachment, Button, Card, Link, Picture, Text
from bot.messages import Place
from bot.ports import OutboxRow, OutState, Sending
from tests.dingtalk.stage import config

URL = "https://bot.example.com/files/1-2-3.key.mac"
BLOCKS = (Text("说明"), Link("上传附件", URL), Picture(1, "现场[1]<b>.jpg", URL), Attachment(2, "合同*.pdf", url=URL))
CARD = Card("报备 BB1001", blocks=BLOCKS)
ASKING = Card("报备 BB1001", blocks=BLOCKS, buttons=(Button("取消", "", id="b1"),))
IN_GROUP = Card("报备 BB1001", blocks=(Attachment(2, "合同.pdf"), Picture(1, "现场.jpg")))
FILE = Card("合同.pdf", blocks=(Attachment(2, "合同.pdf", url=URL),))
PICTURE = Card("现场.png", blocks=(Attachment(1, "现场.png", picture=True, url=URL),))


def row(content: Card, media: dict[int, str] | None = None, *, group: bool = False) -> OutboxRow:
    return OutboxRow(
        id=7,
        key="k" * 32,
        what=Sending.SEND,
        state=OutState.PENDING,
        place=Place("x", "", "cid" if group else "li", group),
        content=content,
        payload=None,
        target=None,
        target_state=None,
        handle="",
        copy=None,
        attempts=0,
        first_sent=None,
        expires=None,
        trace="",
        media=media or {},
    )


def on_feishu(content: Card, media: dict[int, str] | None = None) -> tuple[str, Any]:
    body = msgspec.json.decode(feishu(row(content, media)))
    return body["msg_type"], msgspec.json.decode(body["content"])


def test_feishu_shows_what_was_uploaded_and_links_the_rest() -> None:
    kind, card = on_feishu(CARD, {1: "img_v3_x"})
    drawn = card["body"]["elements"]
    assert kind == "interactive"
    assert [each["tag"] for each in drawn] == ["div", "button", "img", "button"]
    assert (drawn[2]["img_key"], drawn[2]["alt"]["content"]) == ("img_v3_x", "现场[1]<b>.jpg")
    assert drawn[3]["behaviors"] == [{"type": "open_url", "default_url": URL}]
    _, card = on_feishu(CARD)
    assert card["body"]["elements"][2]["text"]["content"] == "查看图片：现场[1]<b>.jpg"


@pytest.mark.parametrize(
    ("content", "media", "sent"),
    [
        (FILE, {2: "file_v3_x"}, ("file", {"file_key": "file_v3_x"})),
        (PICTURE, {1: "img_v3_x"}, ("image", {"image_key": "img_v3_x"})),
    ],
)
def test_feishu_sends_a_file(content: Card, media: dict[int, str], sent: tuple[str, object]) -> None:
    assert on_feishu(content, media) == sent
    assert on_feishu(content)[0] == "interactive"


def test_dingtalk() -> None:
    cards = config(card_template_id="tpl.schema")
    body = msgspec.json.decode(dingtalk(row(CARD), cards))["cardData"]["cardParamMap"]["body"]
    assert f"[上传附件]({URL})" in body
    assert f"[查看图片：现场［1］＜b＞.jpg]({URL})" in body  # nobody's words end the link
    assert f"[合同＊.pdf]({URL})" in body
    file = msgspec.json.decode(dingtalk(row(FILE, {2: "@lAz"}), cards))
    param = {"mediaId": "@lAz", "fileName": "合同.pdf", "fileType": "pdf"}
    assert (file["msgKey"], msgspec.json.decode(file["msgParam"])) == ("sampleFile", param)
    picture = msgspec.json.decode(dingtalk(row(PICTURE, {1: "@lAz"}), cards))
    assert (picture["msgKey"], msgspec.json.decode(picture["msgParam"])) == ("sampleImageMsg", {"photoURL": "@lAz"})


def on_wecom(content: Card, media: dict[int, str] | None = None, *, group: bool = False) -> Any:
    return msgspec.json.decode(wecom(row(content, media, group=group), "https://bot.example.com/"))


def test_wecom_opens_links_from_notices_and_beside_buttons() -> None:
    card = on_wecom(CARD)["template_card"]
    assert [(jump["title"], jump["url"]) for jump in card["jump_list"]] == [
        ("上传附件", URL),
        ("查看图片：现场[1]<b…", URL),
        ("合同*.pdf", URL),
    ]
    card = on_wecom(ASKING)["template_card"]
    assert [(button["text"], button.get("url")) for button in card["button_list"]] == [
        ("取消", None),
        ("上传附件", URL),
        ("查看图片：现场[1…", URL),
        ("合同*.pdf", URL),
    ]


def test_wecom_writes_many_links_as_text() -> None:
    many = Card("报备", blocks=tuple(Link(f"文件<{n}>", URL) for n in range(5)))
    said = on_wecom(many)["text"]["content"]
    assert said.count(f'<a href="{URL}">文件<\u200b') == 5


def test_wecom_sends_a_file() -> None:
    assert on_wecom(FILE, {2: "3a8"})["file"] == {"media_id": "3a8"}
    assert on_wecom(PICTURE, {1: "3a8"})["image"] == {"media_id": "3a8"}
    assert on_wecom(FILE)["template_card"]["jump_list"][0]["url"] == URL


def test_a_group_reads_names_without_links() -> None:
    """A link is one person's."""
    drawn = on_feishu(IN_GROUP)[1]["body"]["elements"]
    assert [each["text"]["content"] for each in drawn] == ["合同.pdf", "查看图片：现场.jpg"]
    assert "http" not in on_wecom(IN_GROUP, group=True)["template_card"]["sub_title_text"]
