"""The card's components, from its root down. A later look is made in the builder; this is what the buttons need."""

from __future__ import annotations

from typing import Any

from values import (
    UNDECIDED,
    Value,
    action,
    colour,
    condition,
    fixed,
    link,
    margins,
    number,
    param,
    select,
    shown,
    text,
    truth,
    variable,
)

Node = dict[str, Any]


def node(kind: str, name: str, title: str, props: Value, *children: Node) -> Node:
    return {
        "componentName": kind,
        "id": f"node_{name}",
        "title": title,
        "hidden": False,
        "isLocked": False,
        "condition": True,
        "conditionGroup": "",
        "props": props,
        "children": list(children),
    }


def header() -> Node:
    nothing = {"value": "", "valueType": "fixed", "type": "dynamicImage"}
    props = {
        "title": text("${title}"),
        "icon": nothing,
        "darkIcon": nothing,
        "color": select("blue", "header_color"),
        "visible": shown(),
        **margins(),
    }
    return node("CardHeaderV2", "header", "卡片标题", props)


def body() -> Node:
    content = {"type": "dynamicMarkdown", "valueType": "variable", "value": "", "variable": "body"}
    props = {
        "mdVer": 0,
        "content": {
            "defaultLang": "zh_Hans",
            "i18n": False,
            "content": {"zh_Hans": {**content, "variableType": "global"}},
        },
        "hoverText": text(),
        "visible": shown(condition("body", "isNotEmpty")),
        "enableLinkStatPoint": False,
        "linkStatPoint": text(),
        "linkStatPointParams": [],
        **margins(),
    }
    return node("Markdown", "body", "富文本", props)


def words(name: str, content: str, visible: Value, *, bold: bool = False, lines: int = 20) -> Node:
    props = {
        "text": text(content),
        "maxLine": number(lines),
        "color": colour("common_level1_base_color"),
        "styleType": "standard",
        "styleToken": "common_body_text_style",
        "widthMode": "match_parent",
        "gravity": "left",
        "hoverText": text(),
        "iconType": "iconCode",
        "iconFont": {"type": "icon", "icon": "", "iconType": "ddIcon"},
        "icon": link(),
        "darkIcon": link(),
        "maxWidth": number(0),
        "fixedWidth": number(0),
        "fontColorType": "Standard",
        "enableHighlight": False,
        "customLightColor": colour("#35404b"),
        "customDarkColor": colour("#f6f6f6"),
        "fontSizeType": "Standard",
        "size": "middle",
        "customFontSize": 15,
        "customFontLineHeight": 22,
        "bold": bold,
        "italic": False,
        "strikeThrough": False,
        "lineHeight": "normal",
        "autoMaxWidth": False,
        "enableIcon": False,
        "visible": visible,
        **margins(along=2),
    }
    return node("BaseText", name, "基础文本", props)


def loop(name: str, over: str, visible: Value, child: Node) -> Node:
    more = action()
    for unused in ("enableClickEvent", "transformToEventChain", "enableStatPoint"):
        del more[unused]
    props = {
        "listData": variable(over),
        "direction": "vertical",
        "visible": visible,
        "isFixedWidth": False,
        "isAutoWidth": False,
        "width": 50,
        "equalSpace": False,
        "flowLayout": False,
        "childGap": False,
        "childGapSize": 4,
        "childDivider": False,
        "childDividerMarginLeft": 0,
        "childDividerMarginRight": 0,
        "childDividerMarginTop": 0,
        "childDividerMarginBottom": 0,
        "scrollable": False,
        "childWidth": "match_content",
        "childDividerWidth": 0.5,
        "childDividerColorDark": "rgba(255, 255, 255, 0.12)",
        "childDividerColorLight": "rgba(17, 31, 44, 0.12)",
        "paging": False,
        "hasMore": truth(False),
        "isFixedHeight": False,
        "height": 100,
        "flowDirection": "x",
        "onLoadMore": more,
        **margins(0, 0),
    }
    return node("Loop", name, "循环渲染", props, child)


def button(name: str, label: str, look: Value, visible: Value, does: Value) -> Node:
    props = {
        **action(),
        "text": text(label),
        "color": look,
        "status": select("normal"),
        "widthMode": "match_parent",
        "width": 200,
        "icon": link(),
        "darkModeIcon": link(),
        "enableIcon": False,
        "enableCornerMark": False,
        "enablePadButtonText": False,
        "iconPosition": "left",
        "iconType": "iconCode",
        "iconFont": fixed("dynamicIcon", {"type": "icon", "icon": "", "iconType": "ddIcon"}),
        "cornerMarkPosition": "right",
        "cornerMarkText": text("按钮角标文案"),
        "cornerMarkTextColor": "white",
        "cornerBackgroundColorType": "standard",
        "standardCornerBackgroundColor": "RedGradient",
        "customCornerBackgroundColor": "#FF6A00",
        "customCornerDarkModeBackgroundColor": "#FF6A00",
        "cornerMarkVisible": shown(),
        "visible": visible,
        **margins(),
        "margin": -1,
        **does,
    }
    return node("SingleButton", name, "单按钮", props)


def buttons(name: str, op: str) -> Node:
    """Those whose colour is blue, or is not. A click says the id twice: as its action, which clients may suffix, and as a
    param, which they do not touch."""
    does = {
        "actionType": "request",
        "actionId": text("${loop.id}"),
        "params": [param("id", bound="buttons[0].id", scope="loop")],
    }
    look = select("gray", "buttons[0].color", "loop")
    mine = shown(condition("buttons[0].color", op, "blue", "loop"))
    return loop(name, "buttons", shown(UNDECIDED), button(f"{name}_one", "${loop.text}", look, mine, does))


def submit(number_: int, look: Value) -> Node:
    """The param named form is what was filled in."""
    name = f"submit{number_}"
    event = {
        "actionType": "request",
        "actionId": text(f"${{{name}_id}}"),
        "params": [param("form", "form_update"), param("id", bound=f"{name}_id", id_="2")],
    }
    does = {
        "actionType": "eventChain",
        "transformToEventChain": True,
        "events": [{"event": event, "callbacks": {"success": {}, "failure": {}}}],
    }
    return button(name, f"${{{name}_text}}", look, shown(condition(f"{name}_text", "isNotEmpty")), does)


def form() -> Node:
    """The client checks required fields itself."""
    props = {
        "id": "form",
        "formSchema": variable("form"),
        "inlineMode": True,
        "customSubmitEvent": True,
        "submitText": text("提交"),
        "status": select("normal"),
        "actionType": "request",
        "params": [],
        "successCondition": {"op": "and", "conditions": []},
        "successToast": text(),
        "failureToast": text(),
        "visible": shown(condition("submit1_text", "isNotEmpty"), UNDECIDED),
        "paddingLeft": 12,
        "paddingRight": 12,
        "paddingTop": 6,
        "paddingBottom": 6,
        **margins(0, 0),
    }
    return node("Form", "form", "表单", props, submit(1, select("gray", "submit_color")), submit(2, select("gray")))


def card() -> Node:
    """What decides stands first: the blue buttons, then the form (驳回 and its reason), then the others. A tap on the card
    itself does nothing."""
    props = {
        **action(),
        "statPointParams": [param()],
        "actionType": "none",
        "enableClickEvent": False,
        "summaryContent": variable("title"),
        "hasCardHeader": True,
        "autoFoldConfig": {
            "needFold": False,
            "heightLimit": 480,
            "foldStatusLocalDataKey": "_cardFoldStatusLocalDataKey",
        },
        "paddingLeft": 0,
        "paddingRight": 0,
        "paddingTop": 6,
        "paddingBottom": 6,
        "linkCondition": shown(),
        "enableOnAppear": False,
        "enableEngineUpgrade": False,
        "enableExposeStatPoint": False,
        "enableDebugTool": False,
        "enableCustomBorderRadius": False,
        "isLinkToCard": False,
        "customBorderRadius": 0,
    }
    facts = loop("fields", "fields", shown(), words("field", "${loop.label}:${loop.text}", shown()))
    status = words("status", "${status}", shown(condition("status", "isNotEmpty")), bold=True, lines=4)
    asks = (buttons("primary", "equal"), form(), buttons("others", "notEqual"))
    drawn = node("Card", "root", "卡片", props, header(), body(), facts, *asks, status)
    empty: Value = {"fileName": "test", "dataSource": {"list": []}, "state": {}, "lifeCycles": {}, "methods": {}}
    return drawn | empty
