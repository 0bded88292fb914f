"""Tokens of both kinds, and who somebody is (3.1, 6). None of it counts in the quota."""

from collections.abc import Callable

from adapters.dingtalk.emulation.errors import ApiError, OldError
from adapters.dingtalk.emulation.front import Ask, Route, only
from adapters.dingtalk.emulation.limits import Tokens
from adapters.dingtalk.emulation.world import User, World
from adapters.emulation.wire import JSON

ROOT_DEPARTMENT = 1


class Directory:
    """Everybody stands in the root department."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world, self._tokens = world, tokens

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/v1.0/oauth2/accessToken", self.token, counted=False, public=True),
            Route("GET", "/gettoken", self.old_token, counted=False, public=True, old=True),
            _look_up("/topapi/v2/user/get", self.user),
            _look_up("/topapi/v2/user/getbymobile", self.by_mobile),
            _look_up("/topapi/user/getbyunionid", self.by_union_id),
            _look_up("/topapi/user/listid", self.list_ids),
            _look_up("/topapi/v2/department/listsubid", self.list_departments),
        ]

    def token(self, ask: Ask) -> JSON:
        only(ask.body, "appKey", "appSecret")
        token, seconds = self._tokens.issue(ask.body.get("appKey"), ask.body.get("appSecret"))
        return {"accessToken": token, "expireIn": seconds}

    def old_token(self, ask: Ask) -> JSON:
        """The same token by the old way: both families take it."""
        try:
            token, seconds = self._tokens.issue(ask.query.get("appkey"), ask.query.get("appsecret"))
        except ApiError as error:
            raise OldError(40089) from error
        return {"access_token": token, "expires_in": seconds}

    def user(self, ask: Ask) -> JSON:
        user = self._here(lambda one: one.user_id == ask.body.get("userid"), 60121)
        details: JSON = {"userid": user.user_id, "unionid": user.union_id, "name": user.name, "mobile": user.mobile}
        details |= {"dept_id_list": [ROOT_DEPARTMENT], "admin": user.is_admin, "boss": False, "active": True}
        return {"result": {**details, "leader_in_dept": [], "role_list": [], "exclusive_account": False}}

    def by_mobile(self, ask: Ask) -> JSON:
        mobile = ask.body.get("mobile")
        if not mobile:
            raise OldError(40104)
        user = self._here(lambda one: one.mobile == mobile, 60121)
        return {"result": {"userid": user.user_id, "exclusive_account_userid_list": []}}

    def by_union_id(self, ask: Ask) -> JSON:
        user = self._here(lambda one: one.union_id == ask.body.get("unionid"), 60121)
        return {"result": {"contact_type": 0, "userid": user.user_id}}

    def list_ids(self, ask: Ask) -> JSON:
        if ask.body.get("dept_id") != ROOT_DEPARTMENT:
            raise OldError(40035, "dept_id")
        return {"result": {"userid_list": [user.user_id for user in self._world.users.values() if self._mine(user)]}}

    def list_departments(self, ask: Ask) -> JSON:
        if ask.body.get("dept_id") != ROOT_DEPARTMENT:
            raise OldError(40035, "dept_id")
        return {"result": {"dept_id_list": []}}

    def _here(self, matches: Callable[[User], bool], errcode: int) -> User:
        found = next((user for user in self._world.users.values() if self._mine(user) and matches(user)), None)
        if found is None:
            raise OldError(errcode)
        return found

    def _mine(self, user: User) -> bool:
        return user.corp_id == self._world.corp_id and not user.resigned


def _look_up(path: str, handle: Callable[[Ask], JSON]) -> Route:
    return Route("POST", path, handle, counted=False, old=True)
