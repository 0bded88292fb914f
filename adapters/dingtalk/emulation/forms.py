"""A form as the client fills it: fields by name or label, required ones checked before anything is sent (4.4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.dingtalk.emulation.errors import ClientRefused
from adapters.dingtalk.emulation.template import WITH_OPTIONS
from adapters.emulation.wire import JSON

_PICKED = {
    "DATE": r"\d{4}-\d\d-\d\d",
    "TIME": r"\d\d:\d\d",
    "DATETIME": r"\d{4}-\d\d-\d\d \d\d:\d\d",
}


def fill(fields: list[JSON], typed: Mapping[str, Any], empties: Iterator[str]) -> JSON:
    """params.form; ClientRefused where the client would not send it.

    SELECT is {"index", "value"}, MULTI_SELECT the same with lists. How the other kinds and an empty field arrive is not
    documented: CHECKBOX_GROUP is taken as SELECT, numbers come as strings, an empty field by turns not at all or as "".
    """
    unknown = [key for key in typed if not any(key in words_of(field) for field in fields)]
    if unknown:
        asked = " ".join(sorted(set().union(*map(words_of, fields)))) or "nothing"
        raise ClientRefused(f"no field {' '.join(unknown)}; the form asks {asked}")
    values: JSON = {}
    for field in fields:
        given = [typed[key] for key in typed if key in words_of(field)]
        if given and field.get("readOnly"):
            raise ClientRefused(f"「{field['label']}」 cannot be changed")
        value = _value(field, given[0] if given else field.get("defaultValue"))
        if value not in (None, "", []):
            values[field["name"]] = value
        elif field.get("required"):
            raise ClientRefused(field.get("requiredMsg") or f"「{field['label']}」 is required")
        elif next(empties) != "missing":
            values[field["name"]] = ""
    return values


def words_of(field: JSON) -> set[str]:
    """Every way to name a field."""
    return {field["name"], field["label"], field.get("placeholder", "")} - {""}


def _value(field: JSON, typed: Any) -> Any:
    kind = field["type"]
    if typed in (None, "", []):
        return typed
    if kind in ("CHECKBOX", "SWITCH"):
        return typed if isinstance(typed, bool) else str(typed) == "true"
    if kind in WITH_OPTIONS:
        return _options(field, typed)
    if kind == "TEXT_ARRAY":
        return [str(one) for one in typed]
    if kind == "NUMBER" and not re.fullmatch(r"-?\d+(\.\d+)?", str(typed)):
        raise ClientRefused(f"{typed!r} is no number")
    if kind in _PICKED and not re.fullmatch(_PICKED[kind], str(typed)):
        raise ClientRefused(f"{typed!r} cannot be picked")
    return str(typed)


def _options(field: JSON, typed: Any) -> JSON:
    if field["type"] in ("SELECT", "CHECKBOX_GROUP"):
        index = _option(field, typed)
        return {"index": index, "value": field["options"][index]["value"]}
    indices = [_option(field, one) for one in typed]
    return {"index": indices, "value": [field["options"][index]["value"] for index in indices]}


def _option(field: JSON, typed: Any) -> int:
    """The place (from 0) of an option, chosen by its value or its words."""
    for index, option in enumerate(field["options"]):
        if typed in (option["value"], option["text"]):
            return index
    raise ClientRefused(f"{typed!r} is no option; there are {' '.join(option['text'] for option in field['options'])}")
