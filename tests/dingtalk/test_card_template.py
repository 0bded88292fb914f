"""The importable card template: made by its script, whole, and naming exactly what the adapter sends."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.dingtalk import card as drawing
from adapters.dingtalk.card import variables
from bot.cards import Card, Style, Tone

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "platforms" / "dingtalk"
FILE = FOLDER / "card-template.json"

_spec = importlib.util.spec_from_file_location("check_template", FOLDER / "template" / "check.py")
assert _spec
assert _spec.loader
check: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(check)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", *arguments], cwd=FOLDER / "template", capture_output=True, text=True, check=False
    )


def test_the_file_is_what_its_script_makes() -> None:
    made = run("-c", "import sys, make; sys.stdout.write(make.template())")
    assert made.stderr == ""
    assert made.stdout == FILE.read_text("utf-8")


def test_the_file_has_no_problem_and_the_script_says_so() -> None:
    assert check.problems(FILE.read_text("utf-8")) == []
    ran = run("check.py")
    assert (ran.returncode, ran.stdout) == (0, "ok\n")


def test_what_agrees_stands_above_the_reason_of_what_refuses() -> None:
    """同意 first and blue, 驳回 second and grey; 下一步 of an entry is blue, and 取消 stands below it."""
    root = json.loads(json.loads(FILE.read_text("utf-8"))["editorData"])["schema"]["componentsTree"][0]
    assert [each["id"].removeprefix("node_") for each in root["children"]] == [
        *("header", "body", "fields", "primary", "form", "others", "status"),
    ]
    looks = [each["props"]["color"] for each in root["children"][4]["children"]]
    assert [(look["variable"], look["value"]) for look in looks] == [("submit_color", "gray"), ("", "gray")]


def test_its_variables_are_those_of_every_card() -> None:
    assert set(check.VARIABLES) == set(variables(Card("x")))


def test_its_tones_and_colours_are_those_that_are_sent() -> None:
    assert {tone.value for tone in Tone} == check.TONES | {"neutral"}
    assert {drawing._COLOURS[style] for style in Style} <= check.BUTTON_COLOURS


Change = Callable[[dict[str, Any]], object]


def parts(inside: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each for each in check.nodes(inside["schema"]["componentsTree"][0]) if each["componentName"] == kind]


def tree(inside: dict[str, Any]) -> list[dict[str, Any]]:
    """The card's own children, from top to bottom."""
    found: list[dict[str, Any]] = inside["schema"]["componentsTree"][0]["children"]
    return found


def drop(inside: dict[str, Any], name: str) -> None:
    tree(inside)[:] = [each for each in tree(inside) if each["id"] != name]


def changed(change: Change) -> str:
    whole = json.loads(FILE.read_text("utf-8"))
    inside = json.loads(whole["editorData"])
    change(inside)
    return json.dumps(whole | {"editorData": json.dumps(inside)})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda of: of["variableList"].pop(), "variable status is missing"),
        (lambda of: of["variableList"].append({"name": "more", "type": "string"}), "variable more is one too many"),
        (lambda of: of["variableList"][0].update(private=True), "variable title is private"),
        (lambda of: of["variableList"][2].update(type="string"), "variable body is string"),
        (lambda of: of["variableList"][4]["schema"].pop(), "items of buttons have"),
        (lambda of: of["expList"].clear(), "header_color knows the tones []"),
        (lambda of: of["expList"].clear(), "header_color is no variable"),
        (lambda of: of["expList"][0].update(expContent="tone == 'info' ? 'pink' : 'red'"), "header_color gives pink"),
        (lambda of: of["schema"]["componentsMap"].pop(), "componentsMap and the tree differ"),
        (lambda of: parts(of, "Form")[0].update(id="node_body"), "id node_body stands twice"),
        (lambda of: parts(of, "Loop")[0]["props"]["listData"].update(variable="rows"), "rows is no variable"),
        (
            lambda of: [each["props"]["listData"].update(variable="fields") for each in parts(of, "Loop")],
            "no loop draws the buttons",
        ),
        (lambda of: drop(of, "node_others"), "the loops draw the buttons ['equal blue']"),
        (lambda of: tree(of).insert(3, tree(of).pop(4)), "the form stands above what decides"),
        (
            lambda of: parts(of, "Form")[0]["children"][0]["props"]["color"].update(variable="look"),
            "look is no variable",
        ),
        (lambda of: of["expList"][1].update(expContent="tone == 'calm' ? 'blue' : 'gray'"), "knows no tone calm"),
        (lambda of: of["expList"][1].update(expContent="tone == 'info' ? 'pink' : 'gray'"), "submit_color gives pink"),
        (lambda of: parts(of, "BaseText")[0]["props"]["text"].update(content="${loop.name}"), "loop.name is nothing"),
        (lambda of: parts(of, "BaseText")[1]["props"]["text"].update(content="${loop.label}"), "outside any loop"),
        (lambda of: parts(of, "BaseText")[1]["props"]["text"].update(content="${state}"), "${state} is nothing"),
        (lambda of: parts(of, "Form")[0]["props"]["formSchema"].update(variable="body"), "not exactly one form"),
        (
            lambda of: parts(of, "SingleButton")[0]["props"]["params"].clear(),
            "node_primary_one: a click brings []",
        ),
        (lambda of: parts(of, "SingleButton")[3]["props"].update(actionType="url"), "a click calls nobody back"),
        (
            lambda of: parts(of, "SingleButton")[1]["props"]["events"][0]["event"]["params"].pop(0),
            "click brings ['id']",
        ),
        (lambda of: parts(of, "SingleButton")[0]["props"]["color"].update(value="pink"), "colour pink"),
        (lambda of: parts(of, "Card")[0]["props"].update(enableClickEvent=True), "a tap on the card calls back"),
    ],
)
def test_what_would_not_work_is_found(change: Change, problem: str) -> None:
    found = check.problems(changed(change))
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    "document", ["", "{}", "[]", '{"editorData":{}}', '{"editorData":"{}"}', '{"editorData":"[1]"}']
)
def test_another_file_is_not_a_template(document: str) -> None:
    (problem,) = check.problems(document)
    assert problem.startswith("not the file of a card template")


def test_a_problem_is_a_line_and_an_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text("{}", "utf-8")
    ran = run("check.py", str(file))
    assert ran.returncode == 1
    assert len(ran.stdout.splitlines()) == 1
