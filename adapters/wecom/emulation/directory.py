"""Tokens, members, the platform's addresses, corps the app is shared with (3.1, 6.1, 6.3; 91039, 95402, 97213, 95813)."""

from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.gateway import Ask, Route
from adapters.wecom.emulation.limits import Limits, Tokens
from adapters.wecom.emulation.shapes import refuse
from adapters.wecom.emulation.world import World


class Directory:
    """Refusals about shared corps are not documented: an unknown or unshared corp is 40013, another agent 40056, a token
    that is not the upstream corp's own 48002."""

    def __init__(self, world: World, tokens: Tokens, limits: Limits) -> None:
        self._world, self._tokens, self._limits = world, tokens, limits

    def routes(self) -> list[Route]:
        return [
            Route("GET", "gettoken", self.token, public=True),
            Route("GET", "getcallbackip", self.callback_ip),
            Route("GET", "user/get", self.user),
            Route("POST", "user/getuserid", self.by_mobile),
            Route("POST", "batch/openuserid_to_userid", self.by_open_user_id),
            Route("POST", "corpgroup/corp/list_app_share_info", self.shared_with),
            Route("POST", "corpgroup/corp/gettoken", self.corp_token),
        ]

    def token(self, ask: Ask) -> JSON:
        self._limits.token()
        token, seconds = self._tokens.issue(ask.query.get("corpid"), ask.query.get("corpsecret"))
        return {"access_token": token, "expires_in": seconds}

    def callback_ip(self, ask: Ask) -> JSON:
        return {"ip_list": ["127.0.0.1"]}

    def user(self, ask: Ask) -> JSON:
        """Apps made since 2022-06-20 get no phone, mail, avatar or gender (90196)."""
        user = self._world.find(ask.corp.corp_id, ask.query.get("userid", ""))
        if user is None:
            raise ApiError(60111)
        if not user.available:
            raise ApiError(60021)
        return {"userid": user.user_id, "name": user.name, "department": user.parties, "status": 1}

    def by_mobile(self, ask: Ask) -> JSON:
        mobile = ask.body.get("mobile")
        for user in self._world.users.values():
            if mobile and user.mobile == mobile and user.corp_id == ask.corp.corp_id:
                return {"userid": user.user_id}
        raise ApiError(46004)

    def by_open_user_id(self, ask: Ask) -> JSON:
        asked = ask.body.get("open_userid_list")
        if not isinstance(asked, list) or not 1 <= len(asked) <= 1000 or not all(isinstance(one, str) for one in asked):
            raise refuse("open_userid_list", "1 to 1000")
        known = {user.open_user_id: user for user in self._world.users.values() if user.corp_id == ask.corp.corp_id}
        found = [{"open_userid": one, "userid": known[one].user_id} for one in asked if one in known]
        return {"userid_list": found, "invalid_open_userid_list": [one for one in asked if one not in known]}

    def shared_with(self, ask: Ask) -> JSON:
        self._upstream(ask)
        if ask.body.get("agentid") != ask.corp.agent_id:
            raise ApiError(40056)
        limit, cursor = ask.body.get("limit", 100), ask.body.get("cursor") or "0"
        if type(limit) is not int or not 1 <= limit <= 100 or not str(cursor).isdigit():
            raise refuse("limit, cursor", "are wrong")
        corps = [corp for corp in self._world.corps.values() if corp.business_type == self._kind(ask)]
        page = corps[int(cursor) : int(cursor) + limit]
        end = int(cursor) + limit >= len(corps)
        shared = [{"corpid": one.corp_id, "corp_name": one.name, "agentid": one.agent_id} for one in page]
        return {"ending": int(end), "corp_list": shared, "next_cursor": "" if end else str(int(cursor) + limit)}

    def corp_token(self, ask: Ask) -> JSON:
        self._upstream(ask)
        corp = self._world.corps.get(str(ask.body.get("corpid")))
        if corp is None or corp.business_type is None or corp.business_type != self._kind(ask):
            raise ApiError(40013)
        if ask.body.get("agentid") not in (ask.corp.agent_id, corp.agent_id):
            raise ApiError(40056)
        token, seconds = self._tokens.for_corp(corp)
        return {"access_token": token, "expires_in": seconds}

    def _upstream(self, ask: Ask) -> None:
        if ask.corp is not self._world.corp:
            raise ApiError(48002)

    def _kind(self, ask: Ask) -> Any:
        return ask.body.get("business_type", 0)
