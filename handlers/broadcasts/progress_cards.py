"""How far a broadcast has come: delivered, read and acknowledged are three counters and never one (R3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.cards import AnyBlock, Button, Card, Fields, Note, Progress, Style, Table, Text, Tone
from bot.permit import Scope
from bot.turn import Viewer
from handlers.broadcasts import queries, reach, recipient_queries, roster_queries, rules
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import BEHIND, BEHIND_KIND, KIND, PROGRESS, PROGRESS_KIND
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.recipient_queries import Counts, Recipient
from handlers.broadcasts.states import OUT, State
from handlers.files.actions import listed
from handlers.people.queries import person_name
from storage.unit import Unit

TONES = {
    State.REVIEW: Tone.WARNING,
    State.SCHEDULED: Tone.INFO,
    State.SENDING: Tone.INFO,
    State.PAUSED: Tone.WARNING,
    State.SENT: Tone.SUCCESS,
    State.RECALLED: Tone.DANGER,
}
READ, ACKNOWLEDGED = "已读(平台统计)", "已知悉"
MOST_COMPANIES, MOST_LINES = 10, 40
AT_ONCE, OURS = "即将发送", "总部"


@feature.view(PROGRESS, of=PROGRESS_KIND)
def progress(db: Unit, number: int, viewer: Viewer) -> Card:
    found = queries.broadcast(db, number)
    if found is None:
        return Card("公告", tag="没有找到")
    blocks = _before(db, found, viewer) if found.started_at is None else _after(db, found, viewer)
    title = f"{found.ref} {found.title}"
    at_once = found.state is State.SCHEDULED and _starts(found, viewer) is None
    return Card(
        title, TONES[found.state], AT_ONCE if at_once else found.state.word, tuple(blocks), _buttons(found, viewer)
    )


def _starts(found: Broadcast, viewer: Viewer) -> str | None:
    """None: as soon as it may."""
    at = found.starts_at
    return viewer.house.moment(at) if at is not None and at > viewer.now else None


def _before(db: Unit, found: Broadcast, viewer: Viewer) -> Iterator[AnyBlock]:
    """What whoever confirms has to have read."""
    starts = _starts(found, viewer) or ("确认后立即" if found.state is State.REVIEW else AT_ONCE)
    yield Text(found.body)
    yield from listed(db, KIND, found.number, viewer)
    yield Fields(
        (
            ("发布人", person_name(db, found.author)),
            ("类别", found.category),
            ("受众", found.audience.named),
            ("发送时间", starts),
        )
    )
    if found.state is State.RECALLED:
        yield Text(f"已撤回，原因:{found.reason}", strong=True)
        return
    roster = roster_queries.meant(db, found.audience, viewer.house.channels)
    for line in rules.count_lines(roster, viewer.house.channels):
        yield Note(line)
    if found.state is State.REVIEW:
        yield Note(f"也可以直接发送：确认发布 {found.ref}")


def _after(db: Unit, found: Broadcast, viewer: Viewer) -> Iterator[AnyBlock]:
    scope = reach.seen_by(found, viewer.person)
    counts = recipient_queries.counts(db, found.number, scope)
    yield Progress("送达", counts.delivered, counts.total)
    yield Text(rules.delivered_line(counts.delivered, counts.total, counts.failed), strong=True)
    waiting = (("待发送", f"{rules.spaced(counts.waiting)} 人"),) if counts.waiting else ()
    lost = (("不可达", f"{rules.spaced(counts.unreachable)} 人"),) if counts.unreachable else ()
    read = (READ, f"{rules.spaced(counts.read)} 人")
    yield Fields((("受众", found.audience.named), read, (ACKNOWLEDGED, _share(counts)), *waiting, *lost))
    groups = recipient_queries.group_counts(db, found.number)
    if groups.total and scope.everything:
        yield Note(f"群:已送达 {groups.delivered}/{groups.total}")
    if found.state is State.RECALLED:
        yield Text(f"已作废，原因:{found.reason}", strong=True)
    rows = recipient_queries.counts_by(db, found.number, scope, "region")
    yield Text("\n".join(_of_region(name or OURS, each) for name, each in rows))
    if found.state is State.SENT:
        yield from _companies(recipient_queries.counts_by(db, found.number, scope, "company"))
    if found.chased_at is not None:
        yield Note(f"最近一次催阅：{viewer.house.moment(found.chased_at)}")
    if found.state is not State.RECALLED and counts.acknowledged < counts.total:
        yield Note(f"发送「未确认 {found.ref}」看还没有知悉的人。")


def _buttons(found: Broadcast, viewer: Viewer) -> tuple[Button, ...]:
    about = {"broadcast": str(found.number)}
    mine = viewer.person is not None and viewer.person.id == found.author
    recall = Button("撤回公告", "broadcasts.recall", about, Style.DANGER)
    confirm = Button("确认发布", "broadcasts.confirm", about, Style.PRIMARY)
    pause, go_on = Button("暂停", "broadcasts.pause", about), Button("继续", "broadcasts.go_on", about, Style.PRIMARY)
    behind, chase = Button("未确认", "broadcasts.behind_of", about), Button("催阅", "broadcasts.remind", about)
    match found.state:
        case State.REVIEW:
            return (recall,) if mine else (confirm,)
        case State.SCHEDULED:
            return (recall,) if mine else ()
        case State.SENDING:
            return (pause, recall) if mine else (behind,)
        case State.PAUSED:
            return (go_on, recall) if mine else (behind,)
        case State.SENT:
            return (behind, chase, recall) if mine else (behind, chase)
        case _:
            return ()


@feature.view(BEHIND, of=BEHIND_KIND)
def behind(db: Unit, number: int, viewer: Viewer) -> Card:
    """Who of a manager's people has not acknowledged (R3.4)."""
    found = queries.broadcast(db, number)
    return behind_card(db, found, reach.seen_by(found, viewer.person), "") if found else Card("公告", tag="没有找到")


def behind_card(db: Unit, found: Broadcast, scope: Scope, region: str) -> Card:
    left = recipient_queries.behind(db, found.number, scope, region)
    where = f"{region} " if region else ""
    gone = recipient_queries.gone(db, found.number, scope, region)
    left_us = (Note(f"另有 {rules.spaced(gone)} 人的账号已停用，不再提醒。"),) if gone else ()
    if not left or found.state not in OUT:
        return Card(f"{found.ref} {where}未知悉", Tone.SUCCESS, "没有", (Text("都已知悉。"), *left_us))
    lines = _by_company(left)
    too_many = f"还有 {len(lines) - MOST_LINES} 家没有列出，请加上区域再查。"
    more = (*((Note(too_many),) if len(lines) > MOST_LINES else ()), *left_us)
    hint = Note(f"发送「催阅 {found.ref}」提醒他们。")
    table = Table(("代理商", "未知悉"), tuple(lines[:MOST_LINES]))
    return Card(f"{found.ref} {where}未知悉", Tone.WARNING, f"{rules.spaced(len(left))} 人", (table, *more, hint))


def _by_company(left: Sequence[Recipient]) -> list[tuple[str, str]]:
    names: dict[str, list[str]] = {}
    for each in left:
        names.setdefault(each.company or OURS, []).append(_spoken(each))
    return [(company, "、".join(people)) for company, people in names.items()]


def _spoken(each: Recipient) -> str:
    return f"{each.name}（未送达）" if each.fate.lost else each.name


def _of_region(name: str, counts: Counts) -> str:
    """Named numbers: not every messenger has tables with a heading."""
    delivered = f"{rules.spaced(counts.delivered)}/{rules.spaced(counts.total)}"
    return f"{name}：送达 {delivered}，{READ} {rules.spaced(counts.read)}，{ACKNOWLEDGED} {_share(counts)}"


def _companies(counted: Sequence[tuple[str, Counts]]) -> Iterator[Text]:
    """Those who are furthest behind first; whoever has acknowledged everything needs no line."""
    behind = [(name or OURS, each) for name, each in counted if each.acknowledged < each.total]
    behind.sort(key=lambda of: (of[1].acknowledged / of[1].total, -of[1].total))
    lines = [f"{name}：{ACKNOWLEDGED} {_share(each)}" for name, each in behind[:MOST_COMPANIES]]
    more = f"还有 {len(behind) - MOST_COMPANIES} 家未全部知悉。"
    if lines:
        yield Text("\n".join([*lines, *([more] if len(behind) > MOST_COMPANIES else [])]))


def _share(counts: Counts) -> str:
    percent = round(100 * counts.acknowledged / counts.total) if counts.total else 0
    return f"{rules.spaced(counts.acknowledged)}/{rules.spaced(counts.total)}（{percent}%）"
