"""Companies and projects taken apart: which names are the same customer, which are for a human to judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from bot.names import (
    company_likeness,
    compare_customers,
    customer_core,
    looks_like_company,
    pick_customer,
    project_core,
    province_of,
    province_of_code,
    split_company,
)
from bot.values import credit_code_fault

SAME = [
    ("杭州云栖湾酒店管理有限公司", "杭州市云栖湾酒店管理公司"),
    ("杭州云栖湾酒店管理有限公司", "杭州云栖湾酒店管理有限责任公司"),
    ("杭州云栖湾酒店管理有限公司", "浙江省杭州市云栖湾酒店管理有限公司"),
    ("杭州云栖湾酒店管理有限公司", " 杭州 云栖湾酒店管理 有限公司 "),
    ("杭州云栖湾酒店管理有限公司", "杭州雲棲灣酒店管理有限公司"),
    ("杭州云栖湾酒店管理有限公司", "杭州云栖湾酒店管理（集团）有限公司"),
    ("云栖湾酒店管理（杭州）有限公司", "杭州云栖湾酒店管理有限公司"),
    ("ＡＢＣ电子（苏州）有限公司", "abc电子(苏州)公司"),
    ("上海临港星港物业有限公司", "上海市临港星港物业有限公司"),
    ("余杭区第一人民医院", "杭州市余杭区第一人民医院"),
    ("余杭第一人民医院", "余杭区第一人民医院"),
    ("杭州市第一人民医院", "杭州第1人民医院"),
    ("宁波三号院酒店", "宁波3号院酒店"),
    ("义乌华新电子有限公司", "浙江省义乌市华新电子有限公司"),
    ("杭州启明有限公司", "杭州市启明公司"),
    ("内蒙古伊和实业集团股份有限公司", "内蒙古自治区伊和实业集团"),
    ("上海银行股份有限公司", "上海市银行"),
]
MAYBE = [
    ("云栖湾酒店管理有限公司", "杭州云栖湾酒店管理有限公司"),
    ("杭州市第一人民医院", "余杭区第一人民医院"),
    ("浙江宏图科技有限公司", "杭州宏图科技有限公司"),
    ("上海宏图信息科技有限公司", "北京宏图信息科技有限公司"),
    ("中国建设银行股份有限公司", "中国建设银行股份有限公司杭州分行"),
    ("江北区人民医院", "宁波市江北区人民医院"),
    ("启明有限公司", "杭州启明有限公司"),
    ("余杭区云栖湾酒店", "西湖区云栖湾酒店"),
]
DIFFERENT = [
    ("宁波海纳酒店", "宁波海能酒店"),
    ("杭州市第一人民医院", "杭州市第二人民医院"),
    ("北京市第三中学", "北京市第四中学"),
    ("海纳酒店", "海纳物业"),
    ("上海银行", "北京银行"),
    ("杭州西湖国宾馆", "杭州花港国宾馆"),
    ("青岛胶州湾冷链有限公司", "青岛湾冷链有限公司"),
    ("一期厂房", "二期厂房"),
]


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [(*pair, "same") for pair in SAME]
    + [(*pair, "maybe") for pair in MAYBE]
    + [(*pair, "different") for pair in DIFFERENT],
)
def test_compare(one: str, other: str, verdict: str) -> None:
    assert compare_customers(one, other) == verdict
    assert compare_customers(other, one) == verdict


@pytest.mark.parametrize(("one", "other"), [pair for pair in SAME if not pair[0].startswith("余杭第一")])
def test_the_same_customer_has_one_key(one: str, other: str) -> None:
    assert customer_core(one) == customer_core(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_customers_have_two_keys(one: str, other: str) -> None:
    assert customer_core(one) != customer_core(other)


@given(st.text(max_size=300))
def test_a_key_is_stable_and_never_empty_for_a_name(name: str) -> None:
    key = customer_core(name)
    assert customer_core(f" {name} ") == key
    assert compare_customers(name, name) in ("same", "maybe")
    assert key or not any(char.isalnum() and char.isascii() for char in name)
    project_core(name)


PROJECTS = [
    {"中央空调", "中央空调改造", "中央空调改造工程", "中央空调 改造项目", "中央空调系统升级改造", "中央空調改造"},
    {"3号楼中央空调改造", "三号楼中央空调", "中央空调改造（3号楼）", "３号楼中央空调改造工程"},
    {"中央空调改造一期", "一期中央空调改造", "中央空调改造工程(一期)", "第1期中央空调".replace("第", "")},
    {"中央空调改造二期"},
    {"5号楼中央空调改造"},
    {"A座中央空调"},
    {"B座中央空调"},
    {"一标段中央空调"},
    {"新风改造"},
    {"VRV-16改造"},
    {"VRV-8改造"},
    {"中央空调维保"},
]


def test_projects_with_one_key_and_with_different_keys() -> None:
    keys = [{project_core(name) for name in names} for names in PROJECTS]
    assert [len(key) for key in keys] == [1] * len(PROJECTS)
    assert len(set.union(*keys)) == len(PROJECTS)


@pytest.mark.parametrize("name", ["改造", "工程", "项目", "改造工程", "系统"])
def test_a_project_keeps_its_last_word(name: str) -> None:
    assert len(project_core(name)) >= 2


def test_a_project_may_begin_with_its_customer() -> None:
    customer = "杭州云栖湾酒店管理有限公司"
    for name in (
        "中央空调改造",
        "云栖湾酒店中央空调改造",
        "杭州云栖湾酒店管理有限公司中央空调改造",
        "杭州云栖湾中央空调改造",
    ):
        assert project_core(name, customer) == "中央空调"
    assert project_core("云栖湾酒店", "杭州云栖湾酒店管理有限公司") == "云栖湾酒店"


@pytest.mark.parametrize(
    ("name", "province"),
    [
        ("杭州云栖湾酒店管理有限公司", "浙江"),
        ("浙江省人民医院", "浙江"),
        ("深圳湾畔科技园运营有限公司", "广东"),
        ("昆山华新电子有限公司", "江苏"),
        ("宏图科技（上海）有限公司", "上海"),
        ("中国移动通信集团浙江有限公司", "浙江"),
        ("中国建设银行股份有限公司杭州分行", "浙江"),
        ("内蒙古伊和实业", "内蒙古"),
        ("吉林市第一医院", "吉林"),
        ("延边朝鲜族自治州医院", "吉林"),
        ("重庆市江北区鸿运酒店", "重庆"),
        ("香港海港城", "香港"),
        ("江北区人民医院", ""),
        ("朝阳大悦城", ""),
        ("南京路步行街酒店", ""),
        ("云栖湾酒店", ""),
        ("", ""),
    ],
)
def test_province(name: str, province: str) -> None:
    assert province_of(name) == province


@pytest.mark.parametrize(
    ("code", "province"),
    [("91330106MA0TEXT01T", "浙江"), ("91440300MA0TEXT03F", "广东"), ("91990106MA0TEXT01T", ""), ("", "")],
)
def test_province_of_code(code: str, province: str) -> None:
    assert province_of_code(code) == province


@pytest.mark.parametrize(
    ("word", "likeness"),
    [
        ("杭州云栖湾酒店管理有限公司", 3),
        ("云栖湾集团", 3),
        ("某某事务所(普通合伙)", 2),
        ("宁波海纳酒店", 2),
        ("市第一人民医院", 2),
        ("杭州国际会议中心", 1),
        ("数据中心", 0),
        ("中央空调改造", 0),
        ("公司", 0),
        ("120万", 0),
    ],
)
def test_what_looks_like_a_company(word: str, likeness: int) -> None:
    assert company_likeness(word) == likeness
    assert looks_like_company(word) == (likeness > 0)


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("杭州云栖湾酒店管理有限公司中央空调改造", ("杭州云栖湾酒店管理有限公司", "中央空调改造")),
        ("云栖湾集团有限公司热泵项目", ("云栖湾集团有限公司", "热泵项目")),
        ("某某设备（中国）有限公司上海分公司净水", ("某某设备（中国）有限公司上海分公司", "净水")),
        ("杭州市第一人民医院3号楼空调", ("杭州市第一人民医院", "3号楼空调")),
        ("杭州云栖湾酒店管理有限公司", None),
        ("宁波海纳酒店", None),
        ("中央空调改造", None),
    ],
)
def test_a_name_and_what_is_written_on_behind_it(token: str, parts: tuple[str, str] | None) -> None:
    assert split_company(token) == parts


@pytest.mark.parametrize(
    ("words", "customer", "left"),
    [
        ("杭州云栖湾酒店管理有限公司 中央空调改造", "杭州云栖湾酒店管理有限公司", ["中央空调改造"]),
        ("中央空调改造 宁波海纳酒店", "宁波海纳酒店", ["中央空调改造"]),
        ("数据中心 杭州云栖湾酒店管理有限公司", "杭州云栖湾酒店管理有限公司", ["数据中心"]),
        ("杭州西溪医院3号楼中央空调改造", "杭州西溪医院", ["3号楼中央空调改造"]),
        ("上海临港星港物业有限公司的热泵项目", "上海临港星港物业有限公司", ["热泵项目"]),
        ("杭州云栖湾酒店管理有限公司/中央空调改造/", "杭州云栖湾酒店管理有限公司", ["中央空调改造/"]),
        ("中央空调 石家庄塔谈", "石家庄塔谈", ["中央空调"]),
        ("云栖湾 中央空调", "云栖湾", ["中央空调"]),
    ],
)
def test_the_customer_among_free_words(words: str, customer: str, left: list[str]) -> None:
    assert pick_customer(words.split()) == (customer, left)


VALID = [
    "91330106MA0TEXT01T",
    "91310115MA0TEXT02N",
    "91440300MA0TEXT03F",
    "91510100MA0TEXT04J",
    "91320500MA0TEXT051",
    "91370200MA0TEXT069",
    "91110000600037341L",
]


@pytest.mark.parametrize("code", VALID)
def test_credit_codes_of_the_sample_data(code: str) -> None:
    assert credit_code_fault(code) == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91330106MA0TEXT01X", "校验位不正确"),
        ("91330106MA0TEXT01", "应为 18 位，您写了 17 位"),
        ("91330106MA0TEXTO1T", "第 16 位是「O」，信用代码不用这个字母，是否为「0」"),
        ("91330106MA0TEXT0*T", "第 17 位是「*」，信用代码只有数字和大写字母"),
    ],
)
def test_why_a_credit_code_is_none(code: str, fault: str) -> None:
    assert credit_code_fault(code) == fault


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18))
def test_the_check_digit_agrees_with_stdnum(code: str) -> None:
    assert (credit_code_fault(code) == "") == (uscc.calc_check_digit(code[:17]) == code[17])
