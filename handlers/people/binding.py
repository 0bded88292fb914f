"""绑定: a stranger shows a code, is shown whose it is, confirms, and is somebody (C01, R12.1)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Button, Card, Decided, Fields, Note, Style, Text, Tone
from bot.entry import ask
from bot.errors import Refusal
from bot.messages import single_chat
from bot.permit import Person
from bot.turn import Reply, Turn, Viewer
from bot.values import mask_phone
from handlers.people import code_queries, linking, queries, rules, texts
from handlers.people.accounts import account_of
from handlers.people.attempts import must_not_be_blocked, wrong_code
from handlers.people.code_queries import Invitation
from handlers.people.feature import feature
from handlers.people.tables import InvitationState
from storage.unit import Unit

VIEW = "people.invitation"
KIND = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class BindEntry:
    what: str | None = ask("邀请码", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEntry:
    invitation: int | None = ask("邀请编号", optional=True)
    """Not a secret: it only works from an account that has shown the code."""


@feature.command("绑定", help="加入，或添加自己的新账号", example="绑定 QM7F-29KD", public=True)
def bind(turn: Turn, db: Unit, entry: BindEntry) -> Reply:
    words = entry.what or ""
    messenger = rules.messenger_in(words, turn.house.channels)
    if messenger:
        return linking.offer(turn, db, messenger)
    code = rules.code_in(words)
    if not code:
        raise Refusal("no_code", texts.HOW_TO_BIND)
    must_not_be_blocked(turn, db)
    invitation = code_queries.invitation_by_code(db, rules.hashed(code))
    if invitation is None:
        raise wrong_code(turn, db, texts.WRONG_INVITATION)
    _must_be_open(turn, db, invitation)
    code_queries.show_invitation(db, invitation.id, account_of(turn), turn.now)
    return Reply(view=VIEW, number=invitation.id)


@feature.command("确认绑定", public=True)
def confirm(turn: Turn, db: Unit, entry: ConfirmEntry) -> Reply:
    """The press on the card, or the same typed. Only for the account the code was shown from."""
    account = account_of(turn)
    must_not_be_blocked(turn, db)
    invitation = code_queries.shown_invitation(db, account, entry.invitation)
    if invitation is None:
        raise Refusal("nothing_to_bind", texts.NOTHING_TO_BIND)
    _must_be_open(turn, db, invitation)
    turn.person = _join(turn, db, invitation)
    turn.changed(KIND, invitation.id)
    _tell(turn, db, turn.me, invitation)
    # Said in the chat, where it stays, also after a click: these are the first words of somebody new.
    turn.tell(single_chat(account), f"绑定成功，{turn.me.name}您好。\n试试:{' / '.join(_first_words(turn))}")
    return Reply()


def _must_be_open(turn: Turn, db: Unit, invitation: Invitation) -> None:
    if invitation.state is InvitationState.USED:
        raise Refusal("code_used", texts.USED_INVITATION)
    if turn.person is not None:
        raise Refusal("already_bound", f"您已绑定为{turn.person.name}（{turn.person.role.short}），不需要再次绑定。")
    if invitation.state is InvitationState.REPLACED:
        raise Refusal("code_replaced", texts.REPLACED_INVITATION)
    if turn.now >= invitation.expires:
        raise Refusal("code_expired", texts.EXPIRED_INVITATION)
    agent = queries.agent_of(db, invitation.agent) if invitation.agent else None
    if invitation.agent and (agent is None or not agent.active):
        raise Refusal("agent_stopped", texts.AGENT_STOPPED)


def _join(turn: Turn, db: Unit, invitation: Invitation) -> Person:
    """The person this account is from now on. Refusal if somebody else used the code at the same moment."""
    account = account_of(turn)
    person = _person(db, invitation)
    if not code_queries.use_invitation(db, invitation.id, person.id, turn.now):
        raise Refusal("code_used", texts.USED_INVITATION)
    if not db.identity.bind_account(account, person.id, turn.now):
        raise Refusal("already_bound", "这个账号刚刚绑定过，请发送「帮助」看看您可以做什么。")
    code_queries.forget_failures(db, account)
    turn.person = person
    about = person.agent or f"person/{person.id}"
    turn.record("person.bound", about, after={"person": person.id, "account": str(account), "role": person.role})
    return person


def _person(db: Unit, invitation: Invitation) -> Person:
    """Whom the organisation knew already, or a new one."""
    known = queries.person(db, invitation.person) if invitation.person is not None else None
    if known is None:
        known = queries.person_by_phone(db, invitation.phone)
    if known is not None:
        if not known.active:
            raise Refusal("inactive", "您的资料已停用。如需恢复，请联系总部管理员。")
        return known
    person = Person(
        id=0,
        name=invitation.name,
        role=invitation.role,
        phone=invitation.phone,
        agent=invitation.agent,
        region=invitation.region,
        province=invitation.province,
    )
    number = db.identity.add_person(person)
    return queries.person(db, number) or person


def _tell(turn: Turn, db: Unit, joined: Person, invitation: Invitation) -> None:
    """The owners of the agent company, the responsible manager and who invited hear of it."""
    agent = queries.agent_of(db, joined.agent) if joined.agent else None
    where = agent.short if agent else "公司"
    inviter = queries.person(db, invitation.created_by) if invitation.created_by is not None else None
    hearers = [*queries.owners_of(db, joined.agent), queries.superior_of(db, joined), inviter]
    told = {p.id: p for p in hearers if p is not None and p.active and p.id != joined.id}
    phone = f"，手机 {mask_phone(joined.phone)}" if joined.phone else ""
    for person in told.values():
        turn.tell(person, f"{joined.name}已加入{where}，角色:{joined.role.short}{phone}。")


def _first_words(turn: Turn) -> list[str]:
    """Three words worth trying first: the first thing only this role does, what waits, help."""
    allowed = turn.catalog.commands_for(turn.person)
    own = [c.title for c in allowed if c.roles][:1]
    known = {word for c in allowed for word in c.words}
    waiting = [word for word in ("我的任务", "待办") if word in known][:1]
    return own + waiting + [word for word in ("帮助",) if word in known]


@feature.view(VIEW, of=KIND)
def card(db: Unit, number: int, viewer: Viewer) -> Card:
    invitation = code_queries.invitation(db, number)
    if invitation is None:
        return Card("绑定", tag="已失效", blocks=(Text(texts.NOTHING_TO_BIND),))
    agent = queries.agent_of(db, invitation.agent) if invitation.agent else None
    company = agent.name if agent else viewer.house.name
    facts = Fields((("公司", company), ("角色", invitation.role.short), ("姓名", invitation.name or "未填写")))
    if invitation.state is InvitationState.USED:
        return _used_card(db, invitation, facts, viewer)
    if invitation.state is InvitationState.REPLACED or viewer.now >= invitation.expires:
        return Card("绑定", tag="已失效", blocks=(Text(texts.EXPIRED_INVITATION),))
    return Card(
        "请确认：这是您吗？",
        Tone.INFO,
        "待确认",
        (facts, Note("不是您本人，请不要确认。也可以回复「确认绑定」。")),
        (Button("确认绑定", "people.confirm", {"invitation": str(number)}, Style.PRIMARY),),
    )


def _used_card(db: Unit, invitation: Invitation, facts: Fields, viewer: Viewer) -> Card:
    """Whoever else showed the code does not learn who was quicker."""
    if invitation.used is None or not _is_owner(db, invitation, viewer):
        return Card("绑定", tag="已失效", blocks=(Text(texts.USED_INVITATION),))
    done = Decided("绑定成功", invitation.name, viewer.house.clock(invitation.used))
    return Card("绑定", Tone.SUCCESS, "绑定成功", (facts,), decided=done)


def _is_owner(db: Unit, invitation: Invitation, viewer: Viewer) -> bool:
    """Whether the copy stands with the account that used the code."""
    bound = db.identity.accounts(invitation.used_by) if invitation.used_by is not None else ()
    return any(
        (a.channel, a.tenant, a.user) == (viewer.place.channel, viewer.place.tenant, viewer.place.chat) for a in bound
    )
