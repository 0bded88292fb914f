"""发公告: written, previewed with exact counts, confirmed by a second person where the rule wants one, then sent."""

from __future__ import annotations

from bot.entry import Preview
from bot.errors import Refusal
from bot.permit import Person, Role
from bot.ports import FileState
from bot.turn import Reply, Turn
from handlers.alerts.gate import audible
from handlers.broadcasts import queries, reach, roster_queries, rules, sending
from handlers.broadcasts.entries import NoticeEntry, OneToRun, TimeEntry
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import KIND, PROGRESS, PROGRESS_KIND
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.rules import Audience, Roster
from handlers.broadcasts.states import State
from handlers.files.actions import attach
from handlers.people.queries import people_with_role
from storage.unit import Unit

CONFIRMERS = (Role.HQ, Role.DIRECTOR, Role.EXECUTIVE)


def _meant(turn: Turn, db: Unit, entry: NoticeEntry) -> tuple[Audience, Roster]:
    meant = rules.audience(entry.regions, entry.tiers, entry.roles)
    if strange := rules.beyond(turn.me, meant):
        raise Refusal(
            "not_your_region", f"您可以向{turn.me.region}发公告，不能发到{'、'.join(strange)}。请修改受众区域。"
        )
    roster = roster_queries.meant(db, meant, turn.house.channels)
    if not roster.reachable and not roster.groups:
        raise Refusal("nobody", f"没有可以送达的人：{meant.named}。请修改受众。")
    return meant, roster


@feature.command(
    "发公告",
    "发布公告",
    help="向指定区域、等级和角色的人发公告",
    example="发公告 Q2渠道返利政策",
    roles=reach.PUBLISHERS,
)
def publish(turn: Turn, db: Unit, entry: NoticeEntry) -> Reply:
    meant, roster = _meant(turn, db, entry)
    found = Broadcast(
        number=db.numbers.next(KIND),
        state=State.REVIEW,
        title=entry.title,
        body=entry.body,
        category=entry.category or rules.CATEGORIES[0],
        regions=meant.regions,
        tiers=meant.tiers,
        roles=meant.roles,
        author=turn.me.id,
        created_at=turn.now,
        basis=roster.basis,
        starts_at=entry.at,
    )
    queries.add(db, found)
    if entry.attachment is not None:
        _attach(turn, db, entry, found)
    after = {"audience": meant.named, "people_count": len(roster.people), "groups_count": len(roster.groups)}
    turn.record("broadcast.written", found.ref, after={"title": found.title, **after})
    if rules.needs_second(found.category, len(roster.people)):
        return _ask_second(turn, db, found)
    return _release(turn, db, found)


@publish.check
def counted(turn: Turn, db: Unit, entry: NoticeEntry) -> Preview:
    """Exact counts, and by name who cannot be reached; with other people another preview."""
    meant, roster = _meant(turn, db, entry)
    lines = [f"受众:{meant.named}", *rules.count_lines(roster, turn.house.channels)]
    if tierless := rules.without_tier(meant):
        lines.append(f"{'、'.join(tierless)}没有代理商等级，选了等级就不在其中")
    at = entry.at or turn.now
    rings = audible(db, None, turn.house, at)
    if entry.at is not None or rings > at:
        quiet = "（免打扰时段和非工作日不发送）" if rings > at else ""
        lines.append(f"{turn.house.moment(rings)} 起发送{quiet}")
    if rules.needs_second(entry.category or "", len(roster.people)):
        lines.append("需第二人确认后才会发送")
    return Preview(tuple(lines), basis=roster.basis)


@feature.command(
    "确认发布",
    help="确认别人拟定的公告",
    example="确认发布 GG301",
    roles=CONFIRMERS,
    on=KIND,
)
def confirm(turn: Turn, db: Unit, entry: OneToRun) -> Reply:
    """Somebody else than its author; and only for the audience that stands on the card."""
    found = queries.for_update(db, entry.broadcast)
    if found is None or not reach.may_look(db, found, turn.me):
        raise reach.missing(entry.broadcast)
    reach.must_be(found, State.REVIEW, what="再确认")
    if found.author == turn.me.id:
        raise Refusal("second_person", f"{found.ref} 需要另一个人确认。")
    roster = roster_queries.meant(db, found.audience, turn.house.channels)
    if roster.basis != found.basis:
        queries.note(db, found.number, basis=roster.basis)
        turn.changed(PROGRESS_KIND, found.number)
        return Reply(text="受众有变，请看新的人数后再确认。", view=PROGRESS, number=found.number, focus=found.ref)
    turn.record("broadcast.confirmed", found.ref)
    queries.note(db, found.number, confirmed_by=turn.me.id)
    reply = _release(turn, db, found)
    if author := db.identity.person(found.author):
        turn.tell(author, f"{turn.me.name}已确认。{reply.text}")
    return Reply(text=reply.text, focus=found.ref)


@feature.command(
    "定时", "改期", help="改公告的发送时间", example="定时 GG301 明天上午9点", roles=reach.PUBLISHERS, on=KIND
)
def move(turn: Turn, db: Unit, entry: TimeEntry) -> Reply:
    found = reach.may_be_moved(turn, db, entry.broadcast)
    moment = turn.house.moment(entry.at)
    turn.record("broadcast.moved", found.ref, after={"starts": entry.at.isoformat()})
    turn.cancel(found.ref)
    queries.change(db, found, starts_at=entry.at)
    if found.state is State.SCHEDULED:
        sending.promise_start(turn, db, found.number)
    turn.changed(PROGRESS_KIND, found.number)
    return Reply(
        text=f"{found.ref} {'已定时' if found.state is State.SCHEDULED else '确认后发送:'} {moment}", focus=found.ref
    )


def _attach(turn: Turn, db: Unit, entry: NoticeEntry, found: Broadcast) -> None:
    """Nothing is sent that cannot be opened."""
    file = db.files.get(entry.attachment.id) if entry.attachment else None
    if file is not None and file.state is FileState.WANTED:
        raise Refusal("file_pending", f"附件「{file.name}」还在保存，请稍后再提交。")
    if entry.attachment is not None:
        attach(turn, db, entry.attachment, KIND, found.number)


def _ask_second(turn: Turn, db: Unit, found: Broadcast) -> Reply:
    second = confirmers(db, found.author)
    if not second:
        raise Refusal("no_second", "这份公告需要第二人确认，但没有其他总部管理员或总监。请联系系统管理员。")
    for person in second:
        turn.send(person, PROGRESS, found.number)
    names = "、".join(person.name for person in second)
    said = f"{found.ref} 需第二人确认，已请 {names} 确认。确认前不会发送。"
    return Reply(text=said, view=PROGRESS, number=found.number, focus=found.ref)


def confirmers(db: Unit, author: int) -> list[Person]:
    """Of HQ somebody else; without one, the directors and the executive."""
    hq = [person for person in people_with_role(db, Role.HQ) if person.id != author]
    others = [p for role in CONFIRMERS[1:] for p in people_with_role(db, role) if p.id != author]
    return hq or others


def _release(turn: Turn, db: Unit, found: Broadcast) -> Reply:
    """At once, or when its time comes."""
    at = found.starts_at
    queries.change(db, found, state=State.SCHEDULED)
    turn.changed(PROGRESS_KIND, found.number)
    sending.promise_start(turn, db, found.number)
    if at is not None and at > turn.now:
        said = f"{found.ref} 已定时 {turn.house.moment(at)}"
    else:
        said = f"{found.ref} 已提交，开始发送。"
    return Reply(text=said, view=PROGRESS, number=found.number, focus=found.ref)
