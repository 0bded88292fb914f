"""message/send and message/recall (90236, 94867): receivers, partial success, duplicate check, silent loss."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.cards import is_interactive
from adapters.wecom.emulation.codes import Codes
from adapters.wecom.emulation.content import app_content
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.gateway import Ask, Route
from adapters.wecom.emulation.limits import Limits
from adapters.wecom.emulation.shapes import one_of, refuse
from adapters.wecom.emulation.world import BOT, Corp, Message, User, World

RECALL_WINDOW = timedelta(hours=24)
MOST_USERS, MOST_PARTIES, MOST_TAGS = 1000, 100, 100
_FLAGS = ("safe", "enable_id_trans", "enable_duplicate_check")
_OTHERS = ("touser", "toparty", "totag", "msgtype", "agentid", "duplicate_check_interval")


@dataclass(slots=True)
class Sent:
    """One accepted send: its copies by the receivers' keys."""

    msgid: str
    corp: Corp
    at: datetime
    content: JSON
    copies: dict[str, Message] = field(default_factory=dict)
    recalled: bool = False


@dataclass(slots=True)
class Receivers:
    users: list[User] = field(default_factory=list)
    invalid_users: list[str] = field(default_factory=list)
    invalid_parties: list[str] = field(default_factory=list)
    invalid_tags: list[str] = field(default_factory=list)
    unlicensed: list[str] = field(default_factory=list)


class Sends:
    """What the page leaves open: a suppressed duplicate answers errcode 0 with a msgid of its own that stands for nothing,
    and without response_code; "identical" are the bytes of two requests of one app that both ask for the check."""

    def __init__(self, world: World, limits: Limits, faults: Faults, codes: Codes[Sent]) -> None:
        self._world, self._limits, self._faults, self._codes = world, limits, faults, codes
        self._sent: dict[str, Sent] = {}
        self._last: dict[tuple[str, bytes], datetime] = {}
        self._tasks: set[tuple[str, str]] = set()
        self.has_callback: Callable[[], bool] = lambda: True

    def routes(self) -> list[Route]:
        return [
            Route("POST", "message/send", self.send, write=True),
            Route("POST", "message/recall", self.recall, write=True),
        ]

    def send(self, ask: Ask) -> JSON:
        body = ask.body
        _check_fields(body)
        check_agent(ask)
        receivers = self._receivers(body, ask.corp)
        msg_type, content = app_content(self._world, body, ask.corp.corp_id)
        msgid = self._world.new_id("m")
        answer = _answer(receivers, msgid)
        if self._suppressed(ask):
            self._world.drop("", msgid, "identical within the interval", content)
            return answer
        if msg_type == "template_card":
            self._check_card(ask.corp, content)
        self._limits.person_times(ask.corp.agent_id, len(receivers.users))
        self._remember(ask, content)
        sent = self._sent[msgid] = Sent(msgid, ask.corp, self._world.now(), content)
        for user in receivers.users:
            self._deliver(sent, user, msg_type, body)
        if msg_type == "template_card" and is_interactive(content):
            answer["response_code"] = self._codes.issue(sent)
        return answer

    def recall(self, ask: Ask) -> JSON:
        sent = self._sent.get(str(ask.body.get("msgid")))
        if sent is None or sent.corp is not ask.corp or sent.recalled:
            raise ApiError(40058, "msgid")
        if self._world.now() - sent.at > RECALL_WINDOW:
            raise ApiError(40058, "msgid: over 24 hours")
        sent.recalled = True
        for copy in sent.copies.values():
            copy.recalled, copy.updated = True, self._world.now()
        return {}

    def sent_with(self, message: Message) -> Sent:
        """The send a copy belongs to; KeyError for what was not sent by message/send."""
        return self._sent[message.msgid]

    def _deliver(self, sent: Sent, user: User, msg_type: str, body: JSON) -> None:
        reason = self._limits.member(sent.corp.agent_id, user.key)
        if self._faults.take("drop"):
            reason = "a fault"
        if reason:
            self._world.drop(user.key, sent.msgid, reason, sent.content)
            return
        sent.copies[user.key] = self._world.post(
            self._world.app_chat(user.key).chat_id,
            BOT,
            msg_type,
            sent.content,
            msgid=sent.msgid,
            id_trans=body.get("enable_id_trans") == 1,
            safe=body.get("safe", 0),
            task_id=sent.content.get("task_id", ""),
            file_name=self._world.file_name(sent.content),
        )

    def _check_card(self, corp: Corp, card: JSON) -> None:
        if is_interactive(card) and not self.has_callback():
            raise ApiError(43012)
        task = (corp.corp_id, card.get("task_id", ""))
        if task[1] and task in self._tasks:
            raise ApiError(42014, "task_id was used before")

    def _suppressed(self, ask: Ask) -> bool:
        interval = timedelta(seconds=ask.body.get("duplicate_check_interval", 1800))
        last = self._last.get((ask.corp.corp_id, ask.raw))
        return last is not None and self._world.now() - last < interval

    def _remember(self, ask: Ask, content: JSON) -> None:
        """Nothing of a refused request is remembered."""
        self._tasks.add((ask.corp.corp_id, content.get("task_id", "")))
        if ask.body.get("enable_duplicate_check") == 1:
            self._last[ask.corp.corp_id, ask.raw] = self._world.now()

    def _receivers(self, body: JSON, corp: Corp) -> Receivers:
        everybody = [user for user in self._world.users.values() if user.corp_id == corp.corp_id]
        if body.get("touser") == "@all":
            found = Receivers()
            self._sort_out(found, everybody)
            return found
        users = _ids(body, "touser", MOST_USERS, 40032)
        parties = _ids(body, "toparty", MOST_PARTIES, 82002)
        tags = _ids(body, "totag", MOST_TAGS, 82003)
        if not users and not parties and not tags:
            raise ApiError(82001)
        found = Receivers()
        named: list[User] = []
        for one in users:
            user = self._world.find(corp.corp_id, one)
            if user is None or not user.available or user.key in self._faults.unreachable:
                found.invalid_users.append(one.lower())
            else:
                named.append(user)
        self._group(found.invalid_parties, named, parties, [(user.parties, user) for user in everybody])
        self._group(found.invalid_tags, named, tags, [(user.tags, user) for user in everybody])
        if not named:
            raise ApiError(81013)
        self._sort_out(found, named)
        return found

    def _group(
        self, invalid: list[str], named: list[User], asked: list[str], members: list[tuple[list[int], User]]
    ) -> None:
        for one in asked:
            inside = [user for groups, user in members if one in map(str, groups)]
            if not inside:
                invalid.append(one)
            named.extend(user for user in inside if user.available)

    def _sort_out(self, found: Receivers, users: list[User]) -> None:
        """Everybody once, the unlicensed aside; 701008 if a downstream corp has nobody with a licence."""
        for user in {user.key: user for user in users if user.available}.values():
            if user.licensed:
                found.users.append(user)
            else:
                found.unlicensed.append(user.user_id.lower())
        if found.unlicensed and not found.users and users[0].corp_id != self._world.corp.corp_id:
            raise ApiError(701008)


def check_agent(ask: Ask) -> None:
    """agentid must be that of the token's app, in the token's corp."""
    agent = ask.body.get("agentid")
    if type(agent) is not int:
        raise ApiError(40056)
    if agent != ask.corp.agent_id:
        raise ApiError(301002)


def _check_fields(body: JSON) -> None:
    if unknown := body.keys() - {*_OTHERS, *_FLAGS, str(body.get("msgtype"))}:
        raise refuse("message", f"does not know {', '.join(sorted(unknown))}")
    for name in _FLAGS:
        if name in body:
            one_of(0, 1)(body[name], name)
    interval: Any = body.get("duplicate_check_interval", 1800)
    if type(interval) is not int or not 1 <= interval <= 4 * 3600:
        raise refuse("duplicate_check_interval", "must be 1 to 14400")


def _ids(body: JSON, name: str, most: int, code: int) -> list[str]:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise refuse(name, "must be a string of ids joined by |")
    found = list(filter(None, re.split(r"\|", value)))
    if len(found) > most:
        raise ApiError(code, f"{name}: at most {most}")
    return found


def _answer(receivers: Receivers, msgid: str) -> JSON:
    return {
        "invaliduser": "|".join(receivers.invalid_users),
        "invalidparty": "|".join(receivers.invalid_parties),
        "invalidtag": "|".join(receivers.invalid_tags),
        "unlicenseduser": "|".join(receivers.unlicensed),
        "msgid": msgid,
    }
