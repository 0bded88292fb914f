"""What a person chooses on a card before pressing: selections by question key, title or option."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.cards import questions_of
from adapters.wecom.emulation.errors import ClientRefused


def choices(card: JSON, form: Mapping[str, Any]) -> dict[str, list[str]]:
    """Question key to chosen option ids; preselected ones stand where nothing else was chosen.

    `form` names a question by its key or title, options by id or text, several of a multiple choice as a list.
    ClientRefused: no such question or option, or the question is disabled. The page does not say what comes for a
    question without a choice: here a button comes without it, a submit button is not let through by the client.
    """
    questions = questions_of(card)
    unknown = [name for name in form if not any(name in _names(one) for one in questions)]
    if unknown:
        asked = " ".join(name for one in questions for name in _names(one)) or "nothing"
        raise ClientRefused(f"the card does not ask {' '.join(unknown)}; it asks {asked}")
    found: dict[str, list[str]] = {}
    for one in questions:
        typed = [form[name] for name in _names(one) if name in form]
        ids = _ids(one, typed[0]) if typed else _preset(one)
        if ids:
            found[one["question_key"]] = ids
        elif "submit_button" in card:
            raise ClientRefused(f"「{one.get('title') or one['question_key']}」 must be chosen")
    return found


def _names(question: JSON) -> list[str]:
    return [name for name in (question["question_key"], question.get("title")) if name]


def _preset(question: JSON) -> list[str]:
    checked = [option["id"] for option in question["option_list"] if option.get("is_checked")]
    return checked or [one for one in (question.get("selected_id"),) if one]


def _ids(question: JSON, typed: Any) -> list[str]:
    if question.get("disable"):
        raise ClientRefused(f"「{question.get('title') or question['question_key']}」 is disabled")
    wanted: Sequence[Any] = typed if isinstance(typed, list | tuple) else [typed]
    if len(wanted) > 1 and question.get("mode", 0) != 1:
        raise ClientRefused("one option can be chosen")
    return [_id(question, one) for one in wanted]


def _id(question: JSON, typed: Any) -> str:
    for option in question["option_list"]:
        if typed in (option["id"], option["text"]):
            return str(option["id"])
    raise ClientRefused(f"{typed!r} is no option; there are {' '.join(one['text'] for one in question['option_list'])}")
