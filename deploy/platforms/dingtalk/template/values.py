"""Values as the card builder writes them, and the action block that every clickable component carries."""

from __future__ import annotations

from typing import Any

Value = dict[str, Any]


def text(content: str = "") -> Value:
    return {"type": "dynamicString", "content": content, "i18n": False}


def fixed(kind: str, value: object, variable: str = "", scope: str = "global") -> Value:
    how = "variable" if variable else "fixed"
    return {"type": kind, "valueType": how, "value": value, "variable": variable, "variableType": scope}


def select(value: str, variable: str = "", scope: str = "global") -> Value:
    return fixed("dynamicSelect", value, variable, scope)


def number(value: int) -> Value:
    return fixed("dynamicNumber", value)


def truth(value: bool) -> Value:
    return fixed("dynamicBoolean", value)


def colour(token: str) -> Value:
    return fixed("dynamicColor", token)


def link() -> Value:
    return fixed("dynamicLink", "")


def variable(name: str = "") -> Value:
    return {"type": "variableValue", "variableType": "global", "variable": name}


def param(name: str = "", value: str = "", bound: str = "", scope: str = "global", id_: str = "1") -> Value:
    kind = "variable" if bound else "fixed"
    return {"type": kind, "name": name, "variable": bound, "value": value, "variableType": scope, "id": id_}


def condition(name: str, op: str, value: str = "", scope: str = "global") -> Value:
    return {
        "variable": name,
        "variableType": scope,
        "type": "variable",
        "op": op,
        "value": value,
        "valueType": "fixed",
        "valueVariableType": "global",
    }


def shown(*conditions: Value) -> Value:
    how = "condition" if conditions else "fixed"
    return {
        "type": "dynamicVisible",
        "value": True,
        "valueType": how,
        "condition": {"op": "and", "conditions": list(conditions)},
    }


UNDECIDED = condition("status", "isEmpty")


def margins(across: int = 12, along: int = 6) -> Value:
    sides = {"marginLeft": across, "marginRight": across, "marginTop": along, "marginBottom": along}
    return {**sides, "margin": -2, "innerOffset": 0}


# -- actions: every clickable component carries the defaults of all kinds ----------------------------------------------

_TEXTS = (
    *("statPoint", "actionId", "successToast", "failureToast", "copyValue", "confirmOkReqActionActionId"),
    *("confirmOkReqActionToast", "confirmCancelReqActionActionId", "confirmCancelReqActionToast", "toastContent"),
    *("toastActionText", "stringLocalValue", "keyOfDynamicObject", "apiName", "jsapiName", "callAPIName", "videoUrl"),
    *("commentContent", "groupTemplateID"),
)
_WORDS = {
    "confirmTitle": "标题",
    "actionSheetTitle": "标题",
    "openModalTitle": "标题",
    "confirmMessage": "内容",
    "confirmOkText": "确认",
    "confirmCancelText": "取消",
    "actionSheetMessage": "面板描述",
    "groupName": "群名称",
}
_LINKS = ("url", "androidUrl", "pcUrl", "iosUrl", "toastActionUrl")
_PARAMS = (
    *("params", "confirmOkReqActionParams", "confirmCancelReqActionParams", "jsapiParams", "callAPIParams"),
    "commentExtraParams",
)
_VARIABLES = (
    *("copyVariable", "localVarAction", "selectDataKey", "selectIndex", "updateTargetValue", "updateTargetVariable"),
    *("apiRetLocalVar", "jsapiRetLocalVar", "callAPIVariableParams", "dynamicEventVar", "commentData"),
    "groupCreateResult",
)
_LISTS = ("statPointParams", "actionSheetItems", "selectParams", "dataSources", "events")
_FALSE = (
    *("disabledWhileForward", "isDtmd", "enableCustomLocalData", "fixWidth", "autoWidth", "isCallAPIParamsVariable"),
    *("enableStatPoint", "transformToEventChain"),
)


def action() -> Value:
    return {
        **{name: text() for name in _TEXTS},
        **{name: text(words) for name, words in _WORDS.items()},
        **{name: link() for name in _LINKS},
        **{name: [param()] for name in _PARAMS},
        "apiParams": [param() | {"type": "variable"}],
        **{name: variable() for name in _VARIABLES},
        **{name: [] for name in _LISTS},
        **dict.fromkeys(_FALSE, False),
        "actionType": "url",
        "urlType": "all",
        "successCondition": {"op": "and", "conditions": []},
        "copyType": "common",
        "customHandler": "",
        "customDurboHandler": "",
        "confirmOkAction": "request",
        "confirmCancelAction": "none",
        "toastType": 1,
        "booleanLocalValue": truth(False),
        "fold": truth(False),
        "numberLocalValue": number(0),
        "customLocalData": "{}",
        "openModalHeight": 500,
        "openModalWidth": 400,
        "selectActionType": "setLocalState",
        "selectOptions": fixed("dynamicSelectOptions", []),
        "fixedWidth": 0,
        "callAPIType": "jsapi",
        "commentMode": "predefine",
        "enableClickEvent": True,
    }
