"""Writes card-template.json, the card template to be imported into DingTalk's card platform.

    python deploy/platforms/dingtalk/template/make.py
    python deploy/platforms/dingtalk/template/check.py FILE    # also for a file that was exported from there

Components and property names are those of exports of the card builder; which of them nobody could try, README.md says.
Buttons are a Loop over a list variable: as many as there are, each with the id it came with.
"""

from __future__ import annotations

import json
from pathlib import Path

from components import Node, card
from values import Value

FILE = Path(__file__).parent.with_name("card-template.json")
TONES = {"success": "green", "warning": "orange", "danger": "red", "info": "blue"}
OTHERWISE = "water"
SUBMIT = "tone == 'info' ? 'blue' : 'gray'"
"""An entry that is being filled in is info, and its 下一步 is what to press; anywhere else the form is the second way (驳回)."""


# -- variables -------------------------------------------------------------------------------------------------------


def declared(name: str, kind: str, description: str, schema: list[Value] | None = None) -> Value:
    found: Value = {
        "name": name,
        "id": name,
        "type": kind,
        "private": False,
        "description": description,
        "editorVarType": "variables",
    }
    return found | ({"schema": schema} if schema else {})


def part(path: str, kind: str = "string", schema: list[Value] | None = None) -> Value:
    """A field of an object or of a list's item, named by its path."""
    found: Value = {
        "id": path,
        "name": path.rsplit(".", 1)[1],
        "type": kind,
        "private": False,
        "editorVarType": "variables",
    }
    return found | ({"schema": schema} if schema else {})


def form_schema() -> list[Value]:
    """Its names are the platform's own."""

    def fixed(path: str, kind: str = "string", schema: list[Value] | None = None) -> Value:
        return part(path, kind, schema) | {"disabled": True}

    item = "form.fields[0]"
    strings = ("name", "label", "type", "requiredMsg", "placeholder", "defaultValue")
    flags = ("hidden", "required", "readOnly")
    options = [fixed(f"{item}.options[0].{name}") for name in ("value", "text")]
    inside = [
        *(fixed(f"{item}.{name}") for name in strings),
        *(fixed(f"{item}.{name}", "boolean") for name in flags),
        fixed(f"{item}.options", "loopArray", options),
    ]
    return [fixed("form.fields", "loopArray", inside)]


def variables() -> list[Value]:
    submits = [
        declared(f"submit{number_}_{what}", "string", f"表单按钮 {number_} 的{meaning}")
        for number_ in (1, 2)
        for what, meaning in (("id", "编号"), ("text", "文字"))
    ]
    return [
        declared("title", "string", "标题"),
        declared("tone", "string", "色调"),
        declared("body", "markdown", "正文"),
        declared("fields", "loopArray", "字段", [part(f"fields[0].{name}") for name in ("label", "text")]),
        declared("buttons", "loopArray", "按钮", [part(f"buttons[0].{name}") for name in ("id", "text", "color")]),
        declared("form", "form", "表单", form_schema()),
        *submits,
        declared("status", "string", "办结状态"),
    ]


def expressions() -> list[Value]:
    chosen = f"'{OTHERWISE}'"
    for tone, look in reversed(TONES.items()):
        chosen = (
            f"tone == '{tone}' ? '{look}' : ({chosen})" if "?" in chosen else f"tone == '{tone}' ? '{look}' : {chosen}"
        )
    return [computed("header_color", chosen), computed("submit_color", SUBMIT)]


def computed(name: str, content: str) -> Value:
    return {
        "name": name,
        "id": name,
        "type": "string",
        "private": False,
        "description": "",
        "editorVarType": "expList",
        "expContent": content,
    }


# -- the file --------------------------------------------------------------------------------------------------------


def kinds(of: Node) -> set[str]:
    return {of["componentName"]}.union(*(kinds(child) for child in of["children"]))


def component(kind: str) -> Value:
    return {
        "package": "@ali/dxComponent",
        "version": "1.0.0",
        "exportName": kind,
        "main": "./src/index.tsx",
        "destructuring": False,
        "subName": "",
        "componentName": kind,
    }


def editor_data() -> Value:
    root = card()
    return {
        "schemaVersion": "3.0.0",
        "schema": {
            "version": "1.0.0",
            "componentsMap": [component(kind) for kind in sorted(kinds(root))],
            "componentsTree": [root],
            "i18n": {},
        },
        "mockData": {"cardData": {}, "cardPrivateData": {}, "localData": {}, "richTextData": {}},
        "renderContext": {"regenerateEnabled": "1", "regenerateIndex": "2", "regenerateTotal": "5"},
        "editVersion": 0,
        "customWidgetInfo": "",
        "useCustomWidgetInfo": False,
        "variableList": variables(),
        "expList": expressions(),
        "localList": [],
        "formList": [],
        "customContextList": [],
        "hsfList": [],
        "lwpList": [],
        "pageData": {},
        "extension": {
            "extendType": "NORMAL",
            "fileTypeList": [{"fileName": "event_chain", "fileSource": "{}", "fileType": "json"}],
        },
    }


def template() -> str:
    """``widgetInfo``, the layout for older clients, is made by the builder when the imported template is saved."""
    inside = json.dumps(editor_data(), ensure_ascii=False, separators=(",", ":"))
    whole = {"editorData": inside, "widgetInfo": "", "type": "im", "mode": "card"}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(template(), "utf-8")
