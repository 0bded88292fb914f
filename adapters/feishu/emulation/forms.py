"""A form as the client fills it: fields by name or label, required ones checked before anything is sent."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.feishu.emulation.errors import ClientRefused
from adapters.feishu.emulation.reading import PRESETS, label, preset, walk
from adapters.feishu.emulation.wire import JSON

_OFFSET = " +0800"
_PICKED = {
    "date_picker": r"\d{4}-\d\d-\d\d",
    "picker_time": r"\d\d:\d\d",
    "picker_datetime": r"\d{4}-\d\d-\d\d \d\d:\d\d",
}


def fields(form: JSON) -> list[JSON]:
    return [one for one, _form in walk(form["elements"]) if one["tag"] in PRESETS]


def words_of(field: JSON) -> set[str]:
    """Every way to name a field: its name, label, placeholder or, of a checker, its text."""
    return {field["name"], label(field, "label"), label(field, "placeholder"), label(field)} - {""}


def fill(form: JSON, typed: Mapping[str, Any], empties: Iterator[str | None]) -> JSON:
    """form_value; ClientRefused where the client would not send it.

    How an empty optional field arrives is not documented (2.6): by turns its key is missing, "" or null.
    """
    everything = fields(form)
    unknown = [key for key in typed if not any(key in words_of(field) for field in everything)]
    if unknown:
        raise ClientRefused(
            f"no field {' '.join(unknown)}; the form asks {' '.join(sorted(set().union(*map(words_of, everything))))}"
        )
    values: JSON = {}
    for field in everything:
        given = [typed[key] for key in typed if key in words_of(field)]
        value = _value(field, given[0] if given else preset(field))
        if value not in (None, "", []):
            values[field["name"]] = value
        elif field.get("required"):
            raise ClientRefused(
                f"「{label(field, 'label') or label(field, 'placeholder') or field['name']}」 is required"
            )
        elif (empty := next(empties)) != "missing":
            values[field["name"]] = empty
    return values


def _value(field: JSON, typed: Any) -> Any:
    tag = field["tag"]
    if typed is None or typed == "":
        return typed
    if tag == "checker":
        return bool(typed)
    if tag == "input":
        most = field.get("max_length", 1000)
        if len(str(typed)) > most:
            raise ClientRefused(f"at most {most} characters")
        return str(typed)
    if tag in _PICKED:
        if not re.fullmatch(_PICKED[tag], str(typed)):
            raise ClientRefused(f"{typed!r} cannot be picked")
        return str(typed) + _OFFSET
    if tag.startswith("multi_select"):
        return [_option(field, one) for one in typed]
    return _option(field, typed)


def _option(field: JSON, typed: Any) -> str:
    """The value of an option, chosen by its value or its words; select_person without options takes anybody."""
    options = field.get("options", [])
    for option in options:
        if typed in (option["value"], label(option)):
            return str(option["value"])
    if options or "person" not in field["tag"]:
        shown = " ".join(label(option) or option["value"] for option in options)
        raise ClientRefused(f"{typed!r} is no option; there are {shown}")
    return str(typed)
