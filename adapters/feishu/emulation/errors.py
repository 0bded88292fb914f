"""How the OpenAPI refuses: a code, its words, an HTTP status (mostly 400), sometimes headers (LIMIT)."""

from collections.abc import Mapping

from adapters.feishu.emulation.wire import JSON

WORDS: dict[int, str] = {
    2200: "Internal Error",
    10003: "invalid param",
    10014: "app secret invalid",
    11310: "card action is lock",
    11311: "card content is invalid",
    200000: "The message was withdrawn.",
    230001: "Your request contains an invalid request parameter",
    230002: "The bot can not be outside the group.",
    230009: "This message can no longer be recalled because the time limit has passed.",
    230011: "The message was withdrawn.",
    230012: "Bot is not the sender of the message.",
    230013: "Bot has NO availability to this user.",
    230020: "This operation triggers the frequency limit.",
    230025: "The length of the message content reaches its limit.",
    230026: "No permission to recall this message.",
    230027: "Lack of necessary permissions.",
    230029: "User has resigned.",
    230031: "The message exceeds the time limit of 14 days for updating cards.",
    230033: "The message exceeds the time limit of 7 days for querying read users.",
    230034: "The receive_id is invalid.",
    230038: "Cross tenant p2p chat operate forbid.",
    230049: "The message is being sent, please try again later.",
    230053: "The user has stopped the bot from sending messages.",
    230055: "The type of file upload does not match the type of message being sent.",
    230071: "Operator is not the sender of the message.",
    230072: "The message has reached the number of times it can be edited.",
    230099: "Failed to create card content",
    232006: "Your request specifies a chat_id which is invalid.",
    232009: "Your request specifies a chat which has already been dissolved.",
    234001: "Invalid request param.",
    234003: "File not in message.",
    234004: "App not in chat.",
    234006: "The file size exceed the max value.",
    234009: "External chats are not supported.",
    234010: "File's size can't be 0.",
    234011: "Can't recognize the image format.",
    234043: "Unsupported message type.",
    300020: "card token invalid",
    300030: "card token expired",
    300040: "card token has reached its number of uses",
    99991400: "request trigger frequency limit",
    99991661: "Missing access token for authorization. Please make a request with token attached.",
    99991663: "Invalid access token for authorization. Please make a request with token attached.",
    99991671: "Invalid access token for authorization. The token must start with t- or u-.",
    99991672: "Access denied. One of the following scopes is required: [contact:user.employee_id:readonly].",
    99992402: "field validation failed",
}


class ApiError(Exception):
    """A refusal of the OpenAPI. `detail` is added to the platform's words, as the platform itself does."""

    def __init__(
        self, code: int, detail: str = "", status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        words = WORDS[code]
        self.code = code
        self.msg = f"{words}, ext={detail}" if detail else words
        self.status = status
        self.headers = dict(headers or {})
        super().__init__(f"{code} {self.msg}")

    def body(self, log_id: str) -> JSON:
        return {"code": self.code, "msg": self.msg, "error": {"log_id": log_id, "troubleshooter": ""}}


def card_error(sub_code: int, words: str) -> ApiError:
    """A refused card: 230099, whose message alone names the reason (`ErrCode: N`)."""
    return ApiError(230099, f"ErrCode: {sub_code}; ErrMsg: {words}; ")


class ClientRefused(Exception):
    """The Feishu client itself did not let the person do this; the bot hears nothing of it."""
