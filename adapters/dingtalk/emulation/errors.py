"""How both API families refuse: the new one by HTTP status and a word, the old one by HTTP 200 and a number (5.2)."""

from adapters.emulation.wire import JSON

WORDS: dict[str, str] = {
    "InvalidAuthentication": "不合法的access_token",
    "invalidClientIdOrSecret": "无效的clientId或者clientSecret",
    "Forbidden.AccessDenied.AccessTokenPermissionDenied": "没有调用该接口的权限，接口权限申请参考文档",
    "Forbidden.AccessDenied.IpNotInWhiteList": "访问ip不在白名单之中",
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": "应用对该接口的调用超过每秒的次数限制",
    "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi": "应用对该接口的调用超过每分钟的次数限制",
    "Forbidden.AccessDenied.QpsLimitForApi": "该接口的调用超过每秒的总次数限制",
    "Forbidden.AccessDenied.ApiCountLimitForOrg": "企业本月的接口调用次数已用完",
    "system.error": "系统错误",
    "system.busy": "系统繁忙",
    "send.too.fast": "发送太快，请稍后再试",
}
OLD_WORDS: dict[int, str] = {
    -1: "系统繁忙",
    40004: "不合法的媒体文件类型",
    40006: "不合法的文件大小",
    40014: "不合法的access_token",
    40035: "不合法的参数",
    40089: "不合法的corpid或corpsecret",
    40104: "无效的手机号",
    60111: "无效的useid",
    60121: "找不到该用户",
    90018: "应用对该接口的调用超过每秒的次数限制",
    90020: "企业本月的接口调用次数已用完",
    300001: "会话已过期",
}


class ApiError(Exception):
    """A refusal of the new API. `detail` follows the words, as a field's name does."""

    def __init__(self, code: str, detail: str = "", status: int = 400, scopes: tuple[str, ...] = ()) -> None:
        words = WORDS.get(code, code)
        self.code, self.status, self.scopes = code, status, scopes
        self.message = f"{words}：{detail}" if detail else words
        super().__init__(f"{code} {self.message}")

    def body(self, request_id: str) -> JSON:
        body: JSON = {"code": self.code, "requestid": request_id, "message": self.message}
        return {**body, "accessdenieddetail": {"requiredScopes": list(self.scopes)}} if self.scopes else body


class OldError(Exception):
    """A refusal of the old API and of session webhooks: HTTP 200 with an errcode."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        words = OLD_WORDS.get(errcode, "")
        self.errcode = errcode
        self.errmsg = f"{words}：{detail}" if detail else words
        super().__init__(f"{errcode} {self.errmsg}")

    def body(self, request_id: str) -> JSON:
        return {"errcode": self.errcode, "errmsg": self.errmsg, "request_id": request_id}


_OLD = {
    "InvalidAuthentication": 40014,
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": 90018,
    "Forbidden.AccessDenied.ApiCountLimitForOrg": 90020,
}


def old(error: ApiError) -> OldError:
    """The same refusal in the old API's words."""
    return OldError(_OLD.get(error.code, 88), "" if error.code in _OLD else error.message)


class ClientRefused(Exception):
    """The DingTalk client itself did not let the person do this; the bot hears nothing of it."""
