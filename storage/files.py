"""Files people sent, as rows; their bytes lie on a disk under their hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from bot.messages import Account, Place
from bot.ports import Claimed, FileRow, FileState, Media, Page
from storage.file_tables import files, media, pages, wanted
from storage.prepared import Prepared
from storage.tables import insert_or
from storage.types import machine_now

_PLAIN = tuple(name for name in FileRow.__struct_fields__ if name not in ("account", "place"))
_ROW = select(files)
# Every card that lists an object's files asks it.
_OF = Prepared(_ROW.where(files.c.owner == bindparam("whose"), files.c.state != FileState.LOST).order_by(files.c.id))


class Files:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def add(self, file: FileRow, sealed: str = "") -> FileRow:
        row = _row(file) | {"handle": sealed}
        del row["id"]
        number = self._sql.execute(insert(files).values(row).returning(files.c.id)).scalar_one()
        return FileRow(**{name: getattr(file, name) for name in FileRow.__struct_fields__} | {"id": number})

    def get(self, file: int) -> FileRow | None:
        return self._one(_ROW.where(files.c.id == file))

    def lock(self, file: int) -> FileRow | None:
        return self._one(_ROW.where(files.c.id == file).with_for_update())

    def of(self, owner: str) -> Sequence[FileRow]:
        return [_file(row) for row in _OF.named(self._sql, {"whose": owner})]

    def unowned(self, person: int, since: datetime) -> Sequence[FileRow]:
        found = _ROW.where(
            files.c.person == person,
            files.c.received >= since,
            files.c.owner == "",
            files.c.draft == 0,
            files.c.state != FileState.LOST,
        )
        rows = self._sql.execute(found.order_by(files.c.id).with_for_update()).mappings()
        return [_file(row) for row in rows]

    def filed(self, person: int, since: datetime) -> Sequence[FileRow]:
        found = _ROW.where(
            files.c.person == person,
            files.c.received >= since,
            files.c.owner != "",
            files.c.draft == 0,
            files.c.state != FileState.LOST,
        )
        return [_file(row) for row in self._sql.execute(found.order_by(files.c.id)).mappings()]

    def save(self, file: FileRow) -> None:
        row = _row(file)
        if file.state is not FileState.WANTED:
            row["handle"] = ""
        self._sql.execute(update(files).where(files.c.id == file.id).values(row))

    def claim(self, channels: Sequence[str], most: int, seconds: float) -> Sequence[Claimed]:
        due = select(files.c.id).where(wanted, files.c.wait_until <= machine_now(), files.c.channel.in_(channels))
        taken = (
            update(files)
            .where(files.c.id.in_(due.order_by(files.c.id).limit(most).with_for_update(skip_locked=True)))
            .values(wait_until=machine_now() + literal(seconds), attempts=files.c.attempts + 1)
            .returning(files)
        )
        rows = self._sql.execute(taken).mappings().all()
        return [Claimed(_file(row), row["handle"], row["attempts"]) for row in rows]

    def release(self, file: int, wait: float) -> None:
        later = update(files).where(files.c.id == file, wanted).values(wait_until=machine_now() + literal(wait))
        self._sql.execute(later)

    # -- pages -------------------------------------------------------------------------------------------------------

    def open_page(self, page: Page) -> None:
        row = {name: getattr(page, name) for name in ("id", "person", "draft", "slot", "expires", "file")}
        self._sql.execute(insert(pages).values(row | _where(page.account, page.place)))

    def page(self, page: int) -> Page | None:
        row = self._sql.execute(select(pages).where(pages.c.id == page)).mappings().first()
        if row is None:
            return None
        plain = {name: row[name] for name in ("id", "person", "draft", "slot", "expires", "file")}
        return Page(account=_account(row), place=_place(row), **plain)

    def close_page(self, page: int, file: int) -> bool:
        closed = update(pages).where(pages.c.id == page, pages.c.file.is_(None)).values(file=file)
        return self._sql.execute(closed).rowcount == 1

    # -- what messengers hold of ours ----------------------------------------------------------------------------------

    def media(self, channel: str, tenant: str, sha256: str, kind: str, now: datetime) -> Media | None:
        key = (media.c.channel == channel, media.c.tenant == tenant, media.c.sha256 == sha256, media.c.kind == kind)
        row = self._sql.execute(select(media.c.key, media.c.reason).where(*key, media.c.until > now)).first()
        return Media(*row) if row else None

    def keep_media(self, channel: str, tenant: str, sha256: str, kind: str, media_: Media, until: datetime) -> None:
        of = {"channel": channel, "tenant": tenant, "sha256": sha256, "kind": kind}
        held = {"key": media_.key, "reason": media_.reason, "until": until}
        self._sql.execute(insert_or(media).values(of | held).on_conflict_do_update(index_elements=list(of), set_=held))

    def _one(self, found: Any) -> FileRow | None:
        row = self._sql.execute(found).mappings().first()
        return None if row is None else _file(row)


def _row(file: FileRow) -> dict[str, Any]:
    return {name: getattr(file, name) for name in _PLAIN} | _where(file.account, file.place)


def _where(account: Account, place: Place) -> dict[str, Any]:
    known = {"channel": account.channel, "tenant": account.tenant, "user_id": account.user}
    return known | {"place_tenant": place.tenant, "chat": place.chat, "is_group": place.group}


def _file(row: Mapping[Any, Any]) -> FileRow:
    return FileRow(account=_account(row), place=_place(row), **{name: row[name] for name in _PLAIN})


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(row["channel"], row["tenant"], row["user_id"])


def _place(row: Mapping[Any, Any]) -> Place:
    return Place(row["channel"], row["place_tenant"], row["chat"], row["is_group"])
