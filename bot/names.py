"""Names of companies and projects, taken apart for the duplicate check (product R1.4, keys K-A and K-B).

A company's name is region, core, legal form and perhaps a branch: 杭州 | 云栖湾酒店管理 | 有限公司. The core keeps the trade,
because 海纳酒店 and 海纳物业 are two companies. Keys are deterministic strings and stand in unique indexes: what this module
answers for a stored name must not change without a migration.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from bot.recognise.numerals import read_number
from bot.regions import Region, leading, province_coded
from bot.text import fold

LONGEST: Final = 200
"""Characters of a name that are looked at."""

Verdict = Literal["same", "maybe", "different"]

_LEGAL_WORDS: Final = (
    r"(?:股份有限公司|有限责任公司|集团有限公司|集团股份公司|集团公司|有限公司|股份公司|总公司|公司|集团|"
    r"(?:特殊)?普通合伙企业?|有限合伙企业?|个体工商户|有限责任|股份有限|有限|股份)"
)
_LEGAL: Final = re.compile(rf"{_LEGAL_WORDS}$")
_BRANCH: Final = re.compile(
    r"(?P<owner>.{2,60}?(?:公司|银行|集团))(?:股份有限公司|有限责任公司|有限公司|公司)?(?P<branch>.{1,20}?(?:分公司|分店|分行|支行|支公司|分部|分厂|分院|办事处|营业部|营业厅))$"
)
_GROUP_IN: Final = re.compile("(?P<group>.{2,40})集团(?P<place>.{2,8})")
_BRACKETS: Final = re.compile(r"\(([^()]{1,20})\)")
_NOTE: Final = re.compile(r"(?:筹|筹建|筹备|已注销|原.{1,12}|(?:特殊)?普通合伙|有限合伙|集团|中国大陆)$")
_PUNCTUATION: Final = re.compile(r"[\W_]+")

_NUMERAL: Final = r"(?:[0-9]{1,4}|[零一二三四五六七八九十百]{1,5})"
_ORDINAL: Final = re.compile(
    rf"第(?P<nth>{_NUMERAL})|(?P<number>(?<![零一二三四五六七八九十百千万0-9]){_NUMERAL})"
    r"(?=期|号|标段?|栋|幢|座|楼|层|区(?!域)|段|院区|厂区|车间|中队|中学|小学|附院)"
)


_KIND: Final = (
    "医院|卫生院|诊所|大学|学院|中学|小学|学校|幼儿园|银行|支行|分行|酒店|宾馆|饭店|政府|委员会|管委会|居委会|村委会|协会|学会|商会"
    "|事务所|研究院|研究所|设计院|合作社|工作室|商行|经营部|超市|法院|检察院|博物馆|图书馆|体育馆|殡仪馆|电视台|出版社|俱乐部|基金会"
)
_WEAK: Final = "中心|广场|大厦|园区|基地|厂|店|院|局|所|部|馆|城|站|港|场|府|苑|校|社"
_GENERIC: Final = re.compile(
    f"(?:{_KIND}|{_WEAK}|航空|机场|地铁|公交|电网|电力|供电|石化|烟草|燃气|水务|自来水|港口|市政|城投)"
)


@dataclass(frozen=True, slots=True)
class Company:
    """A name taken apart, folded: ``core`` without region and legal form, numerals unified; ``branch`` of 杭州分公司."""

    region: Region | None
    core: str
    branch: str
    plain: str
    """The whole name without spaces and punctuation."""


@lru_cache(maxsize=4096)
def company(name: str) -> Company:
    folded = fold(name[:LONGEST]).text
    plain = _PUNCTUATION.sub("", folded)
    text, region = _without_brackets(folded)
    text = _PUNCTUATION.sub("", text)
    branch, text = _branch(text)
    text = _without_legal(text)
    region, text = _region(text, region)
    return Company(region, unified(text) or plain or folded.strip(), unified(branch), plain)


def _without_brackets(text: str) -> tuple[str, Region | None]:
    """(上海) is a region wherever it stands, (筹) and (有限合伙) say nothing about who it is."""
    regions: list[Region] = []

    def inner(found: re.Match[str]) -> str:
        content = found[1].strip()
        place = leading(content)
        if place and place[1] == len(content):
            regions.append(place[0])
            return ""
        return "" if _NOTE.match(content) else found[0]

    text = _BRACKETS.sub(inner, text)
    return text, regions[0] if regions else None


def _branch(text: str) -> tuple[str, str]:
    found = _BRANCH.fullmatch(text)
    return (found["branch"], found["owner"]) if found else ("", text)


def _without_legal(text: str) -> str:
    while (found := _LEGAL.search(text)) and found.start() >= 2:
        text = text[: found.start()]
    return text


def _region(text: str, bracketed: Region | None) -> tuple[Region | None, str]:
    """Takes the region off. Where only a kind would be left (上海银行, 杭州酒店) its short name stays in the core."""
    place = leading(text)
    if place:
        region, length = place
        rest = text[length:]
        return region, region.short + rest if len(rest) < 2 or _GENERIC.fullmatch(rest) else rest
    behind = _GROUP_IN.fullmatch(text)  # 中国移动通信集团浙江
    place = leading(behind["place"]) if behind else None
    if behind and place and place[1] == len(behind["place"]):
        return place[0], behind["group"]
    return bracketed, text


def unified(text: str) -> str:
    """Ordinals in digits: 三号楼 is 3号楼, 第一 is 第1, 二期 is 2期."""

    def digits(found: re.Match[str]) -> str:
        number = read_number(found["nth"] or found["number"])
        return found[0] if number is None else f"{'第' if found['nth'] else ''}{int(number)}"

    return _ORDINAL.sub(digits, text)


def customer_core(name: str) -> str:
    """The key of a customer within its province: never empty for a name with a letter or digit in it."""
    parts = company(name)
    return f"{parts.core}/{parts.branch}" if parts.branch else parts.core


def compare_customers(one: str, other: str) -> Verdict:
    """K-B: the same core in the same region is the same; unknown, nested or disjoint regions are for a human to judge."""
    a, b = company(one), company(other)
    if a.plain and a.plain == b.plain:
        return "same"
    if _said_without_kind(a, b) or _said_without_kind(b, a):
        return "same"
    if a.core != b.core:
        return "different"
    if a.branch != b.branch or a.region is None or b.region is None or a.region.level != b.region.level:
        return "maybe"
    return "same" if a.region.codes == b.region.codes else "maybe"


def _said_without_kind(short: Company, full: Company) -> bool:
    """余杭第一人民医院 beside 余杭区第一人民医院: a district's short name is not seen as a region."""
    if not full.region or full.region.level < 3 or short.branch != full.branch:
        return False
    above = short.region is None or all(any(c.startswith(up) for up in short.region.codes) for c in full.region.codes)
    return above and short.core == unified(full.region.short + full.core)


def province_of(name: str) -> str:
    """The province a name tells, by its short name (浙江); empty when it tells none, or more than one."""
    parts = company(name)
    if parts.region:
        return parts.region.province
    place = leading(parts.branch)
    return place[0].province if place else ""


def province_of_code(code: str) -> str:
    """The province a 统一社会信用代码 was given out in, from its places 3 and 4; empty when there is none."""
    return province_coded(code[2:4])


_SUFFIX: Final = re.compile(
    "(?:改造|项目|工程|升级|更新|更换|改扩建|新建|扩建|翻新|建设|采购|安装|施工|供货|招标|系统|设备|方案|合同|业务)$"
)
_PLACE_NUMBER: Final = re.compile(
    "(?<![a-z0-9])第?[0-9]{1,4}(?:期|号楼?|标段?|栋|幢|座|楼|层|区|段|院区|厂区)?|[a-z](?:座|区|栋|幢|楼)"
)


def project_core(name: str, customer: str = "") -> str:
    """The key of a project within its customer: 中央空调改造工程 is 中央空调, and a phase or building stands behind a bar.

    一期 and 二期 differ, 3号楼 and 三号楼 do not, nor does it matter where they stand. ``customer`` in front is left out.
    """
    text = _without_customer(unified(_PUNCTUATION.sub("", fold(name[:LONGEST]).text)), customer)
    numbers = sorted(_PLACE_NUMBER.findall(text))
    text = _PLACE_NUMBER.sub("", text)
    while (found := _SUFFIX.search(text)) and found.start() >= 2:
        text = text[: found.start()]
    return "|".join([text, *numbers])


def _without_customer(text: str, customer: str) -> str:
    """云栖湾酒店中央空调改造 for 杭州云栖湾酒店管理有限公司 is 中央空调改造: the longest beginning both share is left out."""
    if not customer:
        return text
    parts = company(customer)
    short = parts.region.short if parts.region else ""
    shared = max(_shared(text, said) for said in (unified(parts.plain), short + parts.core, parts.core))
    rest = text[shared:]
    return rest if shared >= 3 and len(rest) >= 2 and not _SUFFIX.fullmatch(rest) else text


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    differing = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


_COUNTED: Final = re.compile("[0-9零一二三四五六七八九十百两几]{1,4}[所家个间栋座台套层楼期号](?!店)")
"""12所学校 and 3号楼酒店 are parts of a project; 7天酒店, 360广场 and 一号店 are names."""
_NOTED: Final = r"(?:\([^()]{1,12}\))?$"
_LEGAL_END: Final = re.compile(f"(?:{_LEGAL_WORDS}|分公司){_NOTED}")
_KIND_END: Final = re.compile(f"(?:{_KIND}){_NOTED}")
_WEAK_END: Final = re.compile(f"(?:{_WEAK}){_NOTED}")


def company_likeness(token: str) -> int:
    """How much a word looks like a customer's name: 3 by its legal form, 2 by what it is (酒店, 医院), 1 by its place, else 0."""
    text = fold(token).text.strip()
    if len(text) < 4 or _COUNTED.match(text):
        return 0
    if _LEGAL_END.search(text):
        return 3
    if _KIND_END.search(text):
        return 2
    return 1 if _WEAK_END.search(text) and leading(text) else 0


def looks_like_company(token: str) -> bool:
    return company_likeness(token) > 0


_COMPANY: Final = re.compile(
    rf"[^\s,，。;；、]{{2,40}}?{_LEGAL_WORDS}(?:{_LEGAL_WORDS})*(?:\([^()]{{1,12}}\))?(?:[^\s]{{2,10}}?分公司)?"
)
_ORGANISATION: Final = re.compile(rf"[^\s,，。;；、]{{2,40}}(?:{_KIND})")


def split_company(token: str) -> tuple[str, str] | None:
    """A customer's name and what is written on without a space: 某某有限公司中央空调改造. None when nothing follows a name."""
    folded = fold(token)
    found = _COMPANY.match(folded.text) or _ORGANISATION.match(folded.text)
    if _COUNTED.match(folded.text):
        return None
    if not found or len(folded.text) - found.end() < 2:
        return None
    _, end = folded.span(0, found.end())
    rest = token[end:].lstrip(" 的、，,/／;；:：-—|｜")
    return (token[:end].strip(), rest) if rest else None


def pick_customer(words: Sequence[str]) -> tuple[str, list[str]]:
    """The customer among words of free text, and the words left: the most company-like, of equals the first.

    A project written on without a space (某某有限公司中央空调改造) is one of the words left. ``words`` is not empty.
    """
    parts = [split_company(word) for word in words]
    ranks = [_rank(part[0] if part else word) for word, part in zip(words, parts, strict=True)]
    place = ranks.index(max(ranks))
    part = parts[place]
    customer, behind = part if part else (words[place], "")
    return customer, [*words[:place], *([behind] if behind else []), *words[place + 1 :]]


def _rank(word: str) -> tuple[int, bool]:
    return company_likeness(word), leading(fold(word).text) is not None


def is_place(word: str) -> bool:
    """Whether the word is nothing but a province, city or district."""
    text = fold(word).text.strip()
    found = leading(text)
    return found is not None and found[1] == len(text)
