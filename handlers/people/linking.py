"""关联: a person who is known in one messenger adds an account of another, proven by a code shown there (C01)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Button, Card, Decided, Fields, Note, Style, Text, Tone
from bot.entry import ask
from bot.errors import Refusal
from bot.messages import single_chat
from bot.turn import Reply, Turn, Viewer
from handlers.people import accounts, code_queries, queries, rules, texts
from handlers.people.accounts import account_of
from handlers.people.attempts import must_not_be_blocked, wrong_code
from handlers.people.code_queries import Link
from handlers.people.feature import feature
from storage.unit import Unit

VIEW = "people.link"
KIND = "link"
TRIES = 5
"""Codes of four characters may meet one that is still valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEntry:
    code: str | None = ask("关联码", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLinkEntry:
    link: int | None = ask("关联编号", optional=True)
    """Known to nobody else: it only works for the person who showed the code."""


def offer(turn: Turn, db: Unit, messenger: str) -> Reply:
    """A code for the account that asks, to be typed where its owner is known."""
    if turn.person is not None:
        raise Refusal("already_bound", f"您在这里已绑定为{turn.person.name}，不需要再关联。")
    must_not_be_blocked(turn, db)
    code = _free_code(turn, db)
    code_queries.add_link(db, rules.hashed(code), account_of(turn), turn.now, turn.now + rules.LINK_LIFE)
    return Reply(text=f"请在{messenger}确认。\n在{messenger}给机器人发:关联 {code}\n10 分钟内有效，只能用一次。")


@feature.command("关联", help="把另一个账号关联到自己", example="关联 K7Q2")
def link(turn: Turn, db: Unit, entry: LinkEntry) -> Reply:
    code = rules.code_in(entry.code or "")
    if not code:
        raise Refusal("no_code", "请发送「关联 + 关联码」。关联码在新账号里发送「绑定 飞书账号」这样的话获取。")
    must_not_be_blocked(turn, db)
    found = code_queries.link_by_code(db, rules.hashed(code), turn.now)
    if found is None or not code_queries.claim_link(db, found.id, turn.me.id):
        raise wrong_code(turn, db, texts.WRONG_LINK)
    _must_be_free(db, found)
    _must_have_room(turn, db)
    return Reply(view=VIEW, number=found.id)


@feature.command("确认关联")
def confirm_link(turn: Turn, db: Unit, entry: ConfirmLinkEntry) -> Reply:
    found = code_queries.latest_link(db, turn.me.id) if entry.link is None else code_queries.link(db, entry.link)
    if found is None or found.claimed_by != turn.me.id:
        raise Refusal("nothing_to_link", texts.NOTHING_TO_LINK)
    if found.used is not None:
        raise Refusal("code_used", texts.USED_LINK)
    if turn.now >= found.expires:
        raise Refusal("code_expired", texts.WRONG_LINK)
    _must_have_room(turn, db)
    if not code_queries.use_link(db, found.id, turn.me.id, turn.now):
        raise Refusal("code_used", texts.USED_LINK)
    if not db.identity.bind_account(found.account, turn.me.id, turn.now):
        raise Refusal("account_taken", texts.ACCOUNT_TAKEN)
    _linked(turn, found)
    return Reply(text=f"已关联 {len(db.identity.accounts(turn.me.id))} 个账号。")


def _linked(turn: Turn, found: Link) -> None:
    turn.record("account.linked", f"person/{turn.me.id}", after={"account": str(found.account)})
    turn.changed(KIND, found.id)
    turn.tell(
        single_chat(found.account), f"已关联到{turn.me.name}，现在可以在这里办理了。发送「帮助」看看您可以做什么。"
    )


def _free_code(turn: Turn, db: Unit) -> str:
    for _ in range(TRIES):
        code = rules.new_code(4)
        if code_queries.link_by_code(db, rules.hashed(code), turn.now) is None:
            return code
    raise Refusal("no_code_free", "现在申请的人太多，请过几分钟再试。")


def _must_be_free(db: Unit, found: Link) -> None:
    if db.identity.person_of(found.account) is not None:
        raise Refusal("account_taken", texts.ACCOUNT_TAKEN)


def _must_have_room(turn: Turn, db: Unit) -> None:
    if len(db.identity.accounts(turn.me.id)) >= rules.MOST_ACCOUNTS:
        raise Refusal("accounts_full", f"每人最多关联 {rules.MOST_ACCOUNTS} 个账号。如需更换，请联系总部管理员。")


@feature.view(VIEW, of=KIND)
def card(db: Unit, number: int, viewer: Viewer) -> Card:
    found = code_queries.link(db, number)
    if found is None or (found.used is None and viewer.now >= found.expires):
        return Card("关联账号", tag="已失效", blocks=(Text(texts.WRONG_LINK),))
    named = accounts.title(found.account, viewer.house.channels)
    facts = Fields((("新账号", named), ("申请时间", viewer.house.moment(found.created))))
    if found.used is not None:
        by = queries.person_name(db, found.claimed_by) if found.claimed_by is not None else ""
        return Card(
            "关联账号", Tone.SUCCESS, "已关联", (facts,), decided=Decided("已关联", by, viewer.house.clock(found.used))
        )
    return Card(
        "把这个账号关联到您？",
        Tone.INFO,
        "待确认",
        (facts, Note("不是您自己的账号，请不要确认。也可以回复「确认关联」。")),
        (Button("确认关联", "people.confirm_link", {"link": str(number)}, Style.PRIMARY),),
    )
