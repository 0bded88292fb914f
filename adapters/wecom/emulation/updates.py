"""message/update_template_card (3.4, 94888): a grey button or a whole new card, for some receivers or for all.

Where the page is silent: a refused update leaves its code unused; nobody named (no ids, no atall) is 82001; a card whose
message was recalled is as if the code were used; a member who did not get this send is in `invaliduser`.
"""

from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.cards import INTERACTIVE, Rules, check_card
from adapters.wecom.emulation.codes import Codes
from adapters.wecom.emulation.content import card_files
from adapters.wecom.emulation.errors import CODE_USED_UP, ApiError
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.gateway import Ask, Route
from adapters.wecom.emulation.sends import MOST_PARTIES, MOST_TAGS, MOST_USERS, Sent, check_agent
from adapters.wecom.emulation.shapes import Shape, filled, one_of, refuse
from adapters.wecom.emulation.world import Face, Message, User, World

_FIELDS = {
    "userids", "partyids", "tagids", "atall", "agentid", "response_code", "enable_id_trans", "button", "template_card",
}  # fmt: skip


class Updates:
    def __init__(self, world: World, faults: Faults, codes: Codes[Sent]) -> None:
        self._world, self._faults, self._codes = world, faults, codes

    def routes(self) -> list[Route]:
        return [Route("POST", "message/update_template_card", self.update, write=True)]

    def update(self, ask: Ask) -> JSON:
        body = ask.body
        if unknown := body.keys() - _FIELDS:
            raise refuse("update_template_card", f"does not know {', '.join(sorted(unknown))}")
        for name in ("atall", "enable_id_trans"):
            one_of(0, 1)(body.get(name, 0), name)
        check_agent(ask)
        if self._faults.cards_immutable:
            self._faults.strike("cards_immutable")
            raise ApiError(CODE_USED_UP, "expired")
        sent = self._codes.look(body.get("response_code"))
        if sent.corp is not ask.corp or sent.recalled:
            raise ApiError(CODE_USED_UP)
        self._check(body, sent)
        copies, invalid = self._copies(body, sent)
        self._codes.use(body["response_code"])
        for copy in copies:
            self._change(copy, body)
        return {"invaliduser": invalid}

    def _check(self, body: JSON, sent: Sent) -> None:
        if ("button" in body) == ("template_card" in body):
            raise refuse("update_template_card", "needs either button or template_card")
        if "button" in body:
            Shape({"replace_name": filled})(body["button"], "button")
            shown = [copy.content["card_type"] for copy in sent.copies.values()] or [sent.content["card_type"]]
            if not all(kind in INTERACTIVE for kind in shown):
                raise refuse("button", "only cards with buttons have one to replace")
        else:
            check_card(body["template_card"], Rules(update=True))
            card_files(self._world, body["template_card"], sent.corp.corp_id)

    def _copies(self, body: JSON, sent: Sent) -> tuple[list[Message], list[str]]:
        users = _list(body, "userids", MOST_USERS, 40032, str)
        parties = _list(body, "partyids", MOST_PARTIES, 82002, int)
        tags = _list(body, "tagids", MOST_TAGS, 82003, int)
        if body.get("atall"):
            return list(sent.copies.values()), []
        if not users and not parties and not tags:
            raise ApiError(82001)
        found: dict[str, Message] = {}
        invalid: list[str] = []
        for one in users:
            user = self._world.find(sent.corp.corp_id, one)
            if user is None or user.key not in sent.copies:
                invalid.append(one.lower())
            else:
                found[user.key] = sent.copies[user.key]
        everybody = sent.copies.items()
        found |= {key: copy for key, copy in everybody if _inside(self._world.user(key), parties, tags)}
        return list(found.values()), invalid

    def _change(self, copy: Message, body: JSON) -> None:
        if "button" in body:
            copy.change(Face(copy.content, body["button"]["replace_name"]), self._world.now())
            return
        copy.id_trans = body.get("enable_id_trans") == 1
        copy.change(Face(body["template_card"]), self._world.now())


def _inside(user: User, parties: list[Any], tags: list[Any]) -> bool:
    return bool({*user.parties} & {*parties} or {*user.tags} & {*tags})


def _list(body: JSON, name: str, most: int, code: int, kind: type) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(type(one) is kind for one in value):
        raise refuse(name, "must be a list")
    if len(value) > most:
        raise ApiError(code, f"{name}: at most {most}")
    return value
