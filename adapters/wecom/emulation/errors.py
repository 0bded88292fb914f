"""How WeCom refuses: HTTP 200 with errcode and an errmsg that carries a hint, the caller's address and a link (3, 5.2)."""

from adapters.emulation.wire import JSON

CODE_USED_UP = 42088
"""A response_code (of a card or of a response_url) that is unknown, used or too old. The real number is not known (8.3);
this one is invented."""

WORDS: dict[int, str] = {
    -1: "system busy",
    40001: "invalid credential",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40032: "invalid userid list, too many users",
    40033: "invalid content: \\uxxxx is not allowed",
    40056: "invalid agentid",
    40058: "invalid parameter",
    40063: "some parameters are empty",
    41001: "access_token missing",
    41016: "missing title",
    41033: "missing description",
    42001: "access_token expired",
    42014: "invalid task_id",
    42088: "invalid response_code: unknown, used or expired",
    43012: "the app has no callback url",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article count out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    46004: "user not exist",
    47001: "data format error",
    48002: "api forbidden",
    50003: "app is disabled",
    60020: "not allow to access from your ip",
    60021: "user not in app's scope",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    82001: "all of touser, toparty and totag are empty",
    82002: "invalid party list, too many parties",
    82003: "invalid tag list, too many tags",
    93001: "bot is not in the chat, or nobody talked to it there",
    93006: "invalid chatid",
    301002: "no privilege to operate with this agentid",
    701008: "no user with an interconnect licence",
    846605: "invalid req_id",
    846608: "stream message update expired",
    853000: "invalid bot_id or secret",
}


class ApiError(Exception):
    """A refusal. `detail` follows the platform's words, as the platform itself does; never to be matched on."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code, self.detail = code, detail
        self.words = f"{WORDS[code]}, {detail}" if detail else WORDS[code]
        super().__init__(f"{code} {self.words}")

    def body(self, hint: str, ip: str = "127.0.0.1") -> JSON:
        more = (
            f"hint: [{hint}], from ip: {ip}, more info at https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        )
        return {"errcode": self.code, "errmsg": f"{self.words}, {more}"}


class ClientRefused(Exception):
    """The WeCom client itself did not let the person do this; the bot hears nothing of it."""
