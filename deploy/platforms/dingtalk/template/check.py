"""Checks a card template's file as far as that is possible without DingTalk: also one that was exported from there.

    python deploy/platforms/dingtalk/template/check.py [FILE]

Prints one line for each problem; exit code 1 if there are any. That the file can be imported, and how it looks, only the
card platform itself can show.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Node = dict[str, Any]

VARIABLES = {
    "title": "string",
    "tone": "string",
    "body": "markdown",
    "fields": "loopArray",
    "buttons": "loopArray",
    "form": "form",
    "submit1_id": "string",
    "submit1_text": "string",
    "submit2_id": "string",
    "submit2_text": "string",
    "status": "string",
}
"""What the bot sends with every card; nothing has a default."""
ITEMS = {"fields": {"label", "text"}, "buttons": {"id", "text", "color"}}
TONES = {"success", "warning", "danger", "info"}
HEADER_COLOURS = {"blue", "purple", "green", "orange", "red", "water"}
BUTTON_COLOURS = {"blue", "gray", "red", "gold"}
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def problems(document: str) -> list[str]:
    """In words; none: as good as can be known."""
    try:
        whole = json.loads(document)
        inside = json.loads(whole["editorData"])
        roots = inside["schema"]["componentsTree"]
    except (ValueError, TypeError, KeyError) as error:
        return [f"not the file of a card template ({type(error).__name__}: {error})"]
    return [
        *_frame(whole, inside, roots),
        *_variables(inside["variableList"]),
        *_tones(inside["expList"]),
        *_submit_colour(inside["expList"]),
        *(problem for root in roots for problem in _references(root, _scope(inside), "")),
        *_clicks(roots),
    ]


def nodes(of: Node) -> Iterator[Node]:
    """A component and everything in it, slots included."""
    yield of
    for child in of.get("children") or ():
        yield from nodes(child)
    for value in of.get("props", {}).values():
        if isinstance(value, dict) and value.get("type") == "JSSlot":
            for child in value.get("value") or ():
                yield from nodes(child)


def _frame(whole: Node, inside: Node, roots: list[Node]) -> Iterator[str]:
    if set(whole) != {"editorData", "widgetInfo", "type", "mode"}:
        yield f"top keys are {sorted(whole)}"
    if (whole.get("type"), whole.get("mode")) != ("im", "card"):
        yield "type and mode are not im and card"
    if len(roots) != 1 or roots[0].get("componentName") != "Card":
        yield "there is not exactly one root, a Card"
    every = [each for root in roots for each in nodes(root)]
    ids = [each["id"] for each in every]
    yield from (f"id {one} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    used = {each["componentName"] for each in every}
    mapped = {each["componentName"] for each in inside["schema"]["componentsMap"]}
    if used != mapped:
        yield f"componentsMap and the tree differ in {sorted(used ^ mapped)}"


def _variables(listed: list[Node]) -> Iterator[str]:
    found = {each["name"]: each["type"] for each in listed}
    yield from (
        f"variable {name} is {found.get(name, 'missing')}"
        for name, kind in VARIABLES.items()
        if found.get(name) != kind
    )
    yield from (f"variable {name} is one too many" for name in sorted(found.keys() - VARIABLES.keys()))
    yield from (f"variable {each['name']} is private" for each in listed if each.get("private"))
    for each in listed:
        items = {part["name"] for part in each.get("schema", ())}
        if each["name"] in ITEMS and items != ITEMS[each["name"]]:
            yield f"items of {each['name']} have {sorted(items)}"


def _tones(expressions: list[Node]) -> Iterator[str]:
    compared, chosen = _chosen(expressions, "header_color")
    if compared != TONES:
        yield f"header_color knows the tones {sorted(compared)}"
    yield from (f"header_color gives {one}" for one in sorted(chosen - HEADER_COLOURS))


def _submit_colour(expressions: list[Node]) -> Iterator[str]:
    compared, chosen = _chosen(expressions, "submit_color")
    yield from (f"submit_color knows no tone {one}" for one in sorted(compared - TONES))
    yield from (f"submit_color gives {one}" for one in sorted(chosen - BUTTON_COLOURS))


def _chosen(expressions: list[Node], name: str) -> tuple[set[str], set[str]]:
    """The tones an expression asks for, and what it gives."""
    content = next((each["expContent"] for each in expressions if each["name"] == name), "")
    compared = set(re.findall(r"tone == ['\"](\w+)['\"]", content))
    return compared, set(re.findall(r"['\"](\w+)['\"]", content)) - compared


# -- references ------------------------------------------------------------------------------------------------------


def _scope(inside: Node) -> dict[str, set[str]]:
    """Every name that may be used, with the fields of its items."""
    lists = {each["name"]: {part["name"] for part in each.get("schema", ())} for each in inside["variableList"]}
    return lists | {each["name"]: set() for each in inside["expList"] + inside["localList"]}


def _references(of: Node, scope: dict[str, set[str]], loop: str) -> Iterator[str]:
    """``loop``: the list of the Loop around it."""
    for name, how in _used(of["props"]):
        if problem := _unresolved(name, how, scope, loop):
            yield f"{of['id']}: {problem}"
    within = of["props"].get("listData", {}).get("variable", "") if of["componentName"] == "Loop" else loop
    for child in of.get("children") or ():
        yield from _references(child, scope, within)


def _used(value: Any) -> Iterator[tuple[str, str]]:
    """(name, how): ``text`` for ${…}, else the scope that the binding says."""
    if isinstance(value, str):
        yield from ((name, "text") for name in _REFERENCE.findall(value))
    elif isinstance(value, list):
        for part in value:
            yield from _used(part)
    elif isinstance(value, dict):
        if value.get("variable"):
            yield value["variable"], value.get("variableType", "global")
        for key, part in value.items():
            if key != "variable":
                yield from _used(part)


def _unresolved(name: str, how: str, scope: dict[str, set[str]], loop: str) -> str:
    if how == "text" and not name.startswith("loop."):
        return "" if name.split(".")[0] in scope else f"${{{name}}} is nothing"
    if how == "global":
        return "" if name.split(".")[0] in scope else f"{name} is no variable"
    field = name.removeprefix("loop.") if how == "text" else name.removeprefix(f"{loop}[0].")
    if not loop:
        return f"{name} stands outside any loop"
    return "" if field in scope.get(loop, set()) else f"{name} is nothing in the loop over {loop}"


# -- clicks ----------------------------------------------------------------------------------------------------------


def _clicks(roots: list[Node]) -> Iterator[str]:
    every = [each for root in roots for each in nodes(root)]
    forms = [each for each in every if each["componentName"] == "Form"]
    if [_bound(each, "formSchema") for each in forms] != ["form"]:
        yield "there is not exactly one form, of the variable form"
    yield from _order(every)
    for each in every:
        if each["componentName"] == "SingleButton":
            yield from _button(each, submits=any(each in form["children"] for form in forms))
    yield from (
        f"{root['id']}: a tap on the card calls back" for root in roots if root["props"].get("enableClickEvent")
    )


def _order(every: list[Node]) -> Iterator[str]:
    """同意 above the form in which a refusal's reason is written, everything else below it; or all in one loop."""
    asks = [each for each in every if each["componentName"] == "Form" or _bound(each, "listData") == "buttons"]
    loops = [each for each in asks if each["componentName"] == "Loop"]
    if not loops:
        yield "no loop draws the buttons"
    elif asks[0] not in loops:
        yield "the form stands above what decides"
    drawn = sorted(_of_colours(each) for each in loops)
    if loops and drawn not in (["all"], ["equal blue", "notEqual blue"]):
        yield f"the loops draw the buttons {drawn}"


def _of_colours(loop: Node) -> str:
    """Which buttons a loop draws."""
    conditions = [one for child in loop["children"] for one in child["props"]["visible"]["condition"]["conditions"]]
    return " and ".join(f"{one['op']} {one['value']}" for one in conditions) or "all"


def _button(of: Node, *, submits: bool) -> Iterator[str]:
    events = of["props"].get("events") or []
    request = events[0]["event"] if of["props"]["actionType"] == "eventChain" and events else of["props"]
    names = {each["name"] for each in request["params"]}
    if request["actionType"] != "request" or not request["actionId"]["content"]:
        yield f"{of['id']}: a click calls nobody back"
    if "id" not in names or submits != ("form" in names):
        yield f"{of['id']}: a click brings {sorted(names)}"
    if of["props"]["color"]["value"] not in BUTTON_COLOURS:
        yield f"{of['id']}: colour {of['props']['color']['value']}"


def _bound(of: Node, name: str) -> str:
    found = of["props"].get(name)
    return str(found.get("variable", "")) if isinstance(found, dict) else ""


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.with_name("card-template.json")
    found = problems(file.read_text("utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in found or ["ok"])
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
