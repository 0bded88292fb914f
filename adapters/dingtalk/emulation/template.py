"""The template of contract 6, as variant L binds it (platform page of the template, 2 and 5): checked and drawn.

The platform itself takes any string and draws nothing where it does not understand one. Here such a card is refused,
because nobody sees an empty card in a test: `param.invalid` with the variable's name. A sixth button, an unknown tone or
colour, a form without its submit button are refused for the same reason.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from adapters.dingtalk.emulation.reading import Reading, Seen, markdown
from adapters.emulation.wire import JSON, parse

TONES = ("neutral", "info", "success", "warning", "danger")
COLOURS = ("blue", "gray", "red")
MOST_BUTTONS = 5
"""How many the drawing has room for: the decision's two in a row, then three."""

FIELD_TYPES = (
    *("TEXT", "TEXT_AREA", "NUMBER", "TEXT_ARRAY", "SELECT", "MULTI_SELECT", "DATE", "TIME", "DATETIME", "CHECKBOX"),
    *("SWITCH", "CHECKBOX_GROUP", "MULTI_CHECKBOX_GROUP"),
)
WITH_OPTIONS = ("SELECT", "MULTI_SELECT", "CHECKBOX_GROUP", "MULTI_CHECKBOX_GROUP")
_STRINGS = ("name", "label", "type", "requiredMsg", "placeholder", "defaultValue", "format")
_FLAGS = ("required", "readOnly", "hidden")
_NUMBERS = ("minRows", "maxRows")
_SUBMITS = ("submit1", "submit2")


class CardFault(Exception):
    """Why a card cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Pressable:
    """`submits`: the form goes with it; `decides`: it stands above the form."""

    label: str
    id: str
    submits: bool = False
    decides: bool = False


class Template(Protocol):
    """`private`: the variables that were switched to private in the builder; only these take privateData (4.3)."""

    private: frozenset[str]

    def check(self, params: dict[str, str]) -> None: ...
    def draw(self, params: dict[str, str]) -> Reading: ...
    def pressable(self, params: dict[str, str]) -> list[Pressable]: ...
    def fields(self, params: dict[str, str]) -> list[JSON]: ...


class ContractTemplate:
    VARIABLES = (
        *("title", "tone", "body", "fields", "buttons", "form"),
        *("submit1_id", "submit1_text", "submit2_id", "submit2_text", "status"),
    )
    private: frozenset[str] = frozenset()

    def check(self, params: dict[str, str]) -> None:
        if missing := [name for name in self.VARIABLES if name not in params]:
            raise CardFault(f"no value for {', '.join(missing)}: a template has no defaults")
        if unknown := sorted(params.keys() - set(self.VARIABLES)):
            raise CardFault(f"the template has no variable {', '.join(unknown)}")
        if not params["title"]:
            raise CardFault("title is empty")
        if params["tone"] not in TONES:
            raise CardFault(f"tone {params['tone']}")
        for item in _items("fields", params["fields"], ("label", "text")):
            if not item["label"]:
                raise CardFault("fields: a label is empty")
        _check_buttons(_items("buttons", params["buttons"], ("id", "text", "color")))
        self._check_form(params)

    def _check_form(self, params: dict[str, str]) -> None:
        form = _json("form", params["form"])
        if not isinstance(form, dict) or form.keys() != {"fields"} or not isinstance(form["fields"], list):
            raise CardFault('form is not {"fields": […]}')
        for field in form["fields"]:
            _check_field(field)
        names = [field["name"] for field in form["fields"]]
        if len(names) != len(set(names)):
            raise CardFault("form: names must be unique")
        for submit in _SUBMITS:
            if params[f"{submit}_text"] and not params[f"{submit}_id"]:
                raise CardFault(f"{submit}_text without {submit}_id")
        shown = any(params[f"{submit}_text"] for submit in _SUBMITS)
        if names and not params["submit1_text"] and not params["status"]:
            raise CardFault("a form without submit1 is not drawn")
        if shown and not names:
            raise CardFault("submit buttons without a form")

    def draw(self, params: dict[str, str]) -> Reading:
        seen = Seen()
        seen.line(params["title"])
        markdown(params["body"], seen)
        for field in parse(params["fields"]):
            seen.line(f"{field['label']}:{field['text']}")
        pressable = self.pressable(params)
        decides = [one for one in pressable if one.decides]
        for one in decides:
            seen.button(one.label)
        for field in self.fields(params):
            seen.line(field["label"])
            seen.line(field.get("defaultValue") or field.get("placeholder") or "")
        for one in pressable[len(decides) :]:
            seen.button(one.label)
        seen.line(params["status"])
        return seen.reading()

    def pressable(self, params: dict[str, str]) -> list[Pressable]:
        """From top to bottom: what is blue, the form's own, the others. Nothing once there is a status in their place."""
        if params["status"]:
            return []
        buttons = [
            Pressable(one["text"], one["id"], decides=one["color"] == "blue") for one in parse(params["buttons"])
        ]
        submits = [(params[f"{one}_text"], params[f"{one}_id"]) for one in _SUBMITS if params["submit1_text"]]
        return [
            *(one for one in buttons if one.decides),
            *(Pressable(text, id_, submits=True) for text, id_ in submits if text),
            *(one for one in buttons if not one.decides),
        ]

    def fields(self, params: dict[str, str]) -> list[JSON]:
        """The form's visible fields."""
        if params["status"] or not params["submit1_text"]:
            return []
        return [field for field in parse(params["form"])["fields"] if not field.get("hidden")]


class MarkdownTemplate:
    """The public markdown templates of the official SDK (4.6): text and links, no callback."""

    private: frozenset[str] = frozenset()

    def check(self, params: dict[str, str]) -> None:
        """Anything goes."""

    def draw(self, params: dict[str, str]) -> Reading:
        seen = Seen()
        seen.line(params.get("title", ""))
        markdown(params.get("markdown", ""), seen)
        seen.line(params.get("tips", ""))
        return seen.reading()

    def pressable(self, params: dict[str, str]) -> list[Pressable]:
        return []

    def fields(self, params: dict[str, str]) -> list[JSON]:
        return []


PUBLIC = ("589420e2-c1e2-46ef-a5ed-b8728e654da9.schema", "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema")


def _json(name: str, text: str) -> Any:
    try:
        return parse(text)
    except ValueError as problem:
        raise CardFault(f"{name} is no JSON") from problem


def _items(name: str, text: str, keys: tuple[str, ...]) -> list[dict[str, str]]:
    value = _json(name, text)
    if not isinstance(value, list):
        raise CardFault(f"{name} is no list")
    for item in value:
        if not isinstance(item, dict) or item.keys() != set(keys) or not all(isinstance(v, str) for v in item.values()):
            raise CardFault(f"{name}: every item has the strings {', '.join(keys)}")
    return value


def _check_buttons(buttons: list[dict[str, str]]) -> None:
    if len(buttons) > MOST_BUTTONS:
        raise CardFault(f"buttons: {len(buttons)} of {MOST_BUTTONS}")
    if len({button["id"] for button in buttons}) != len(buttons):
        raise CardFault("buttons: ids must be unique")
    for button in buttons:
        if not button["id"] or not button["text"]:
            raise CardFault("buttons: an id or a text is empty")
        if button["color"] not in COLOURS:
            raise CardFault(f"buttons: colour {button['color']}")


def _check_field(field: Any) -> None:
    if not isinstance(field, dict):
        raise CardFault("form: a field is no object")
    if unknown := sorted(field.keys() - {*_STRINGS, *_FLAGS, *_NUMBERS, "options"}):
        raise CardFault(f"form: a field has no {', '.join(unknown)}")
    name = field.get("name")
    if not name or not field.get("label") or field.get("type") not in FIELD_TYPES:
        raise CardFault(f"form: {name or 'a field'} needs a name, a label and a known type")
    kinds = (*((key, str) for key in _STRINGS), *((key, bool) for key in _FLAGS), *((key, int) for key in _NUMBERS))
    for key, kind in kinds:
        if key in field and type(field[key]) is not kind:
            raise CardFault(f"form: {key} of {name} is no {kind.__name__}")
    options = field.get("options", [])
    if not isinstance(options, list) or bool(options) != (field["type"] in WITH_OPTIONS):
        raise CardFault(f"form: options of {name}")
    for option in options:
        if not isinstance(option, dict) or option.keys() != {"value", "text"}:
            raise CardFault(f"form: an option of {name} is not value and text")
    if len({option["value"] for option in options}) != len(options):
        raise CardFault(f"form: options of {name} must be unique")
