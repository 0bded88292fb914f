"""Short ids, phone numbers and credit codes wherever they stand in a sentence."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from bot.recognise.found import Found, Unsure
from bot.text import Folded, certainly, prepare
from bot.values import ID_KINDS, ShortId, credit_code_fault

T = TypeVar("T")

_ID: Final = re.compile(
    rf"(?<![0-9a-z])(?P<kind>{'|'.join(kind.lower() for kind in ID_KINDS)})[ \-_#:]{{0,2}}0{{0,3}}(?P<number>[1-9][0-9]{{0,8}})"
    r"(?![0-9a-z]|[-./][0-9]|[万亿千百元块%折台套年月])号?"
)


def find_ids(text: str) -> list[Found[ShortId]]:
    """BB1001, in any case and width, with a space or hyphen inside. Contract numbers like HT2026-018 are none."""
    folded = prepare(text)
    matches = _ID.finditer(folded.text)
    return [_found(folded, match.span(), ShortId(match["kind"].upper(), int(match["number"]))) for match in matches]


def _found(folded: Folded, span: tuple[int, int], value: T) -> Found[T]:
    start, end = folded.span(*span)
    return Found(start, end, folded.original[start:end], value)


def _unsure(folded: Folded, span: tuple[int, int], question: str) -> Unsure:
    start, end = folded.span(*span)
    text = folded.original[start:end].strip()
    return Unsure(start, end, text, question.format(text))


_END: Final = r"(?![0-9a-z万元]|\.[0-9])"
_MOBILE: Final = rf"(?<![0-9a-z.])(?:(?:\+|00)?86[- ]?)?(?P<mobile>1[3-9][0-9][- ]?[0-9]{{4}}[- ]?[0-9]{{4}}){_END}"
_FIXED: Final = (
    r"(?<![0-9a-z-])\(?(?P<area>010|02[0-9]|0[3-9][0-9]{2})\)?[- ]?(?P<fixed>[2-8][0-9]{6,7})"
    rf"(?:(?:-| ?转 ?)(?P<extension>[0-9]{{1,5}}))?{_END}"
)
_SERVICE: Final = rf"(?<![0-9a-z-])(?P<service>[48]00[- ]?[0-9]{{3}}[- ]?[0-9]{{4}}){_END}"
_LABELLED: Final = r"(?:手机号?码?|电话号?码?|联系方式|tel|mobile|phone)[:是为 ]{0,3}(?P<other>[0-9][0-9 -]{3,20}[0-9])"
_PHONE: Final = re.compile(f"{_MOBILE}|{_FIXED}|{_SERVICE}|{_LABELLED}")
_ANY_PHONE: Final = re.compile(f"{_MOBILE}|{_FIXED}|{_SERVICE}")
_ASK_PHONE: Final = "「{}」不像电话号码：手机号为 11 位，固定电话请带区号，例如 0571-88886666。"


def find_phones(text: str) -> list[Found[str] | Unsure]:
    """Mobile numbers as 11 digits, fixed lines as 0571-88886666; a number labelled 电话 that is none is asked."""
    folded = prepare(text)
    hits: list[Found[str] | Unsure] = []
    for match in _PHONE.finditer(folded.text):
        if not match["other"]:
            hits.append(_found(folded, match.span(), _phone(match)))
        elif inner := _ANY_PHONE.search(folded.text, match.start("other"), match.end() + 8):
            hits.append(_found(folded, inner.span(), _phone(inner)))
        else:
            hits.append(_unsure(folded, match.span("other"), _ASK_PHONE))
    return hits


def _phone(match: re.Match[str]) -> str:
    if match["area"]:
        return f"{match['area']}-{match['fixed']}" + (f"-{match['extension']}" if match["extension"] else "")
    return re.sub("[^0-9]", "", match["mobile"] or match["service"])


def read_phone(text: str) -> Found[str] | Unsure | None:
    """The number in an answer to a question for one."""
    hits = find_phones(text)
    if len(hits) == 1:
        return hits[0]
    folded = prepare(text)
    digits = re.search("[0-9][0-9 -]*[0-9]", folded.text)
    return _unsure(folded, digits.span(), _ASK_PHONE) if digits else None


_SPACED_CODE: Final = re.compile("(?:[0-9a-z][ -]?){17}[0-9a-z](?![0-9a-z])")
_CODE: Final = re.compile(
    "(?:信用代码|税号|纳税人识别号|uscc)[:是为改成 ]{0,3}(?P<labelled>[0-9a-z](?:[0-9a-z]|[ -](?=[0-9a-z])){5,60})"
    "|(?<![0-9a-z])(?P<alone>[0-9a-z]{15,21})(?![0-9a-z])"
)
_ALNUM: Final = re.compile("[0-9a-z]*")
_SHAPE: Final = re.compile("9[1-3][0-9]{6}[0-9a-z]{7,13}|[1-9a-y][1-9a-y][0-9]{6}[0-9a-z]{10}")
_PERSONAL: Final = re.compile("[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9x]")
_ASK_CODE: Final = "信用代码「{{}}」{}，请核对后再发。"


def find_credit_codes(text: str) -> list[Found[str] | Unsure]:
    """统一社会信用代码, upper case and checked; what looks like one, or is labelled so, and is none is asked with the reason."""
    folded = prepare(text)
    hits: list[Found[str] | Unsure] = []
    for match in _CODE.finditer(folded.text):
        if alone := match["alone"]:
            if _SHAPE.fullmatch(alone) and not _PERSONAL.fullmatch(alone):
                hits.append(_code(folded, match))
            continue
        first_word = certainly(_ALNUM.match(folded.text, match.start("labelled")))
        spaced = _SPACED_CODE.match(folded.text, match.start("labelled")) if len(first_word[0]) < 18 else None
        hits.append(_code(folded, spaced or first_word))
    return hits


def _code(folded: Folded, match: re.Match[str]) -> Found[str] | Unsure:
    code = re.sub("[ -]", "", match[0]).upper()
    fault = credit_code_fault(code)
    return _unsure(folded, match.span(), _ASK_CODE.format(fault)) if fault else _found(folded, match.span(), code)


def read_credit_code(text: str) -> Found[str] | Unsure | None:
    """The code in an answer to a question for one, spaces and hyphens inside allowed."""
    hits = find_credit_codes(text)
    if len(hits) == 1 and isinstance(hits[0], Found):
        return hits[0]
    folded = prepare(text)
    match = _SPACED_CODE.search(folded.text) or re.search("[0-9a-z][0-9a-z -]{4,60}[0-9a-z]", folded.text)
    return _code(folded, match) if match else None
