"""Amounts as people write them: what is sure, what is taken and marked 推定, what is asked, and what is no money at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import Found, Unsure, find_money, read_money
from bot.values import Money
from tests.words.writing import chinese, formal, listed

EQUAL = "120万 | 120w | 120W | １２０万 | 1200000元 | ¥1,200,000.00 | 一百二十万 | 120万元整 | 1.2百万"

SURE = {
    "1200000": (
        "一百廿万 | 合计120万 | 共计 120 万 | "
        "合同金额一百二十万元整 | 120萬 | １２０Ｗ | 壹佰贰拾万 | ￥120万 | RMB 120万 | 人民币120万元 | "
        "CNY1200000 | 120万rmb | 120万人民币 | 1,200,000元 | 1,200,000 | 1200000.00 | 1200000元整 | 1200000块 | "
        "3号楼 120万 | 2026年预算120万 | 120万吧 | 一百二十万吧 | 120万哦 | 一百二十万，六月底 | 120万,6月底 | "
        "120万/6月底 | 120万。 | （120万） | (120万元) | 「120万」 | 金额120万 | 金额是120万 | 金额为一百二十万 | "
        "预计金额：120万 | 120 万 | 120 万元 | 120  万 | 1 200 000 元 | 120万 元 | 120w元 | 120万整 | 120万正 | "
        "RMB:120万 | 120万CNY"
    ),
    "1205000": "120.5万",
    "1205500": "120.55万元",
    "120000000": "1.2亿 | 1亿2",
    "100000000": "1亿 | 一亿 | 一个亿",
    "12000000": "1.2千万",
    "20000000": "两千万",
    "35000000": "三千五百万 | 3500万 | 3千5百万",
    "12340000": "一千二百三十四万",
    "50000": "五万 | 5万 | 5W | 5万块 | 五万块钱 | 5万块钱",
    "38000": "三万八 | 3万8 | 3万8千 | 3万8千元 | 38000元",
    "38500": "三万八千五 | 三万八千五百元",
    "125000": "十二万五 | 12万5千 | 12.5万",
    "150000": "十五万",
    "156000": "十五万六千",
    "1050000": "一百零五万 | 一百〇五万 | 105万",
    "1100000": "一百一十万",
    "2000000": "两百万 | 二百万 | 贰佰万元 | 二期工程200万",
    "2200000": "两百二十万",
    "2500000": "二百五十万 | 2百5十万",
    "9990000": "九百九十九万",
    "888000": "八十八万八",
    "888888": "八十八万八千八百八十八 | 88.8888万",
    "30000": "总价3万",
    "500000": "报价五十万 | 五十万的项目 | 50万的中央空调 | 中央空调50万 | 中央空调五十万改造 | 伍拾万圆整",
    "300000": "3000元一台 共30万 | 电话13912345678 30万",
    "250000": "HP-24 10台 25万",
    "1500000": "BB1001 150万 | 金额改成150万 | 金额 150万",
    "3000000": "三标段 300万 | 三百万整",
    "2000": "两千",
    "12340": "1.234万",
    "12345.6": "1.23456万",
    "12345.67": "1.234567万",
    "1180000": "合同额118万 | 赢单 BB1001 118万",
    "20000": "2万 | 费用申请 端午路演 2万 6月18日",
    "85000": "超额 85,000 元",
    "120": "120块",
    "100": "一百块",
    "3.5": "三块五",
    "9.9": "9块9",
    "8": "8元",
    "8.5": "8元5角",
    "10500": "1万零五百 | 一万零五百 | 1万500 | 1万5百",
    "10050": "一万零五十",
    "100500": "十万零五百",
    "658000": "陆拾伍万捌仟元整",
    "3500000": "叁佰伍拾万元 | 人民币 3,500,000.00 元",
    "1580000": "总价一百五十八万",
    "1000000": "合同价款壹佰万元整 | 首付30% 总额100万 | 100万含安装",
    "2800000": "280万（不含税） | 含税280万",
    "88000": "￥88,000 | ￥88000 | 8.8万 | 八万八 | 八万八千 | 八点八万 | 8万8 | 8w8",
    "1800000": "一百八十万",
    "150000000": "1.5个亿",
    "35600": "三万五千六百元 | 35,600 | 3.56万元",
    "35600.5": "35600.5元",
    "580000": (
        "伍拾捌万元 | 五十八萬元 | 58萬 | ５８万 | 58 w | 58W元 | 5800元/套 100套 58万 | 18台 VRV-8 58万 | "
        "5号机组 58万 | 15层 58万 | 1期 58万 | 第5标段58万 | 2号地块58万 | 2026年58万 | 26年58万 | 3月58万 | "
        "3月5日58万 | 周五58万 | 58万周五签 | 58万3月签 | 58万3月5日签 | 58万，3月 | 58万2026年3月签 | "
        "五十八万三月签 | 五十八万三月五日签 | 五十八万五一前签 | 五十八万十一前签 | 五十八万下周签 | "
        "五十八万年底签"
    ),
}

MARKED = {
    "1200000": "大概120万 | 约一百二十万 | 120万左右 | 一百二十万左右 | 金额大概是120万",
    "800000": "差不多80万 | 80万上下",
    "1000000": "将近100万 | 接近100万",
    "20000000": "造价约2000万",
    "18600": "18600",
    "132000": "132000",
    "2000000": "预算200w左右",
    "580000": "近58万 | 接近58万",
}

ASKED = """
120 | 一百 | 空调改造 120 张工 | 一百一万 | 近百万 | 百万左右 | 上百万 | 百来万 | 百万级 | 千万级项目 | 几十万 |
几百万 | 好几十万 | 十几万 | 二十多万 | 20多万 | 20来万 | 30余万 | 数十万 | 一百多万 | 一两百万 | 两三百万 |
三五十万 | 七八十万 | 三四十万 | 50-60万 | 50~60万 | 50到60万 | 50至60万 | 50万-60万 | 50万～60万 | 五十到六十万 |
五六十万 | 100万以上 | 100万以内 | 不超过100万 | 不到100万 | 至少50万 | 超过50万 | 50万起 | 50万+ | 最多80万 |
预算120 | 金额：120 | 金额 50 | 单价3000元 | 每台3000元 | 3000元/台 | -50万 | 负50万 | 0万 | 0元 | 50万美元 |
$500000 | 100万港币 | 80万欧元 | 50万+30万 | 50万或60万 | 50万或者60万 | 50万还是60万 | 1.2345678万 | 99999亿 |
120万w | 120万万 | l20万 | 预算200多w | 大约两百来万 | 一百八 | 两百五 | 一百八十来万 | 一百八十几万 | 小两百万 |
快一百万了 | 不止100万 | 100万出头 | 百十来万 | 一二十万 | 十五六万 | 十七八万 | 大几十万 | 上千万 | 一千来万 |
千把万 | 半个亿 | 一个半亿 | 2个多亿 | 120-130w | 120w-130w | 120w~130w | 120 - 150 万 | 一百二到一百五十万 |
从100万涨到120万 | 100万或120万 | 100/120万 | 金额：几百万吧 | 五八万 | 58万多一点 | 58万不到 | 58万以下 |
58万封顶 | 最低58万 | 最高58万 | 每套5800元
"""

NO_MONEY = """
120个万 | 俩百万 | 120平米 | 3万平方米 | 5万平 | 2000㎡ | 20台 | VRV-16 | VRV-16 20台 | XF-500 | XF500 |
ZM-20 500套 | W3净水 | W5 30台 | 3号楼 | 5栋 | 18层 | 18楼 | 2026年 | 12月 | 6月30日 | 8点 | 13912345678 |
0571-88886666 | 400-800-8888 | BB1001 | SP2003 85折 | 85折 | 毛利11.2% | 60% | 第二中学 | 三中 | 一期 | 万达广场 |
万科 | 百度 | 千岛湖 | 亿联网络 | 三亿文具 | 十万个为什么 | 一万家超市 | 百万庄大街 | 五百强企业 | 九万里 |
千万不要 | 万一 | 万分感谢 | 一千零一夜 | 3k | 3K台 | 120k | 1m | 12o万 | 120方 | 几十个 | 金额：待定 | 5800/套 |
HP24 10台 | 邮编310000 | 工号10086 | 合同编号：HT20260301 | 单号 8800123456 | 身份证330106199001011234 |
银行卡6222021234567890123 | 车牌浙A12345 | QQ 12345678 | 面积3500平方 | 制冷量500kW | 功率120W | 5匹 | 1.5匹 |
电压380V | 水压0.6MPa | 温度26度 | 占60% | -15度
"""


def yuan(text: str) -> Money:
    return Money.of_yuan(Decimal(text))


@pytest.mark.parametrize(
    ("amount", "text"), [(amount, text) for amount, texts in SURE.items() for text in listed(texts)]
)
def test_sure(amount: str, text: str) -> None:
    found = find_money(text)
    assert [hit.value for hit in found if isinstance(hit, Found)] == [yuan(amount)]
    assert [hit.certain for hit in found if isinstance(hit, Found)] == [True]


@pytest.mark.parametrize(
    ("amount", "text"), [(amount, text) for amount, texts in MARKED.items() for text in listed(texts)]
)
def test_marked(amount: str, text: str) -> None:
    (hit,) = find_money(text)
    assert isinstance(hit, Found)
    assert (hit.value, hit.certain) == (yuan(amount), False)
    assert hit.note


@pytest.mark.parametrize("text", listed(ASKED))
def test_asked_with_what_was_understood(text: str) -> None:
    (hit,) = find_money(text)
    assert isinstance(hit, Unsure)
    assert hit.text in hit.question


@pytest.mark.parametrize("text", listed(NO_MONEY))
def test_no_money(text: str) -> None:
    assert find_money(text) == []


@pytest.mark.parametrize("text", listed(EQUAL))
def test_one_amount_in_its_usual_spellings(text: str) -> None:
    (hit,) = find_money(f"报备 杭州云栖湾酒店管理有限公司 中央空调改造 {text} 6月底签")
    assert isinstance(hit, Found)
    assert (hit.value, hit.certain, hit.text) == (Money(120_000_000), True, text)


@pytest.mark.parametrize(
    ("answer", "amount"),
    [
        ("1200000", "1200000"),
        ("120万", "1200000"),
        ("大约 120万", "1200000"),
        ("1 200 000", "1200000"),
        ("五千", "5000"),
    ],
)
def test_an_answer(answer: str, amount: str) -> None:
    hit = read_money(answer)
    assert isinstance(hit, Found)
    assert hit.value == yuan(amount)


@pytest.mark.parametrize("answer", ["120", "9800", "一百二", "3k", "50", "0", "几十万", "80万 40万", "一百多"])
def test_an_answer_that_is_asked_again(answer: str) -> None:
    assert isinstance(read_money(answer), Unsure)


@pytest.mark.parametrize("answer", ["不知道", "", "待定", "张工", "VRV-16"])
def test_an_answer_without_an_amount(answer: str) -> None:
    assert read_money(answer) is None


def test_two_readings_are_offered() -> None:
    hit = read_money("120")
    assert isinstance(hit, Unsure)
    assert hit.question == "「120」是 120 元还是 120 万元？请带上单位，例如 120万。"


def test_the_stretch_takes_its_helper_words_along() -> None:
    text = "云栖湾 预计金额约１２０万元左右 空调"
    (hit,) = find_money(text)
    assert (hit.text, text[hit.start : hit.end]) == ("预计金额约１２０万元左右", "预计金额约１２０万元左右")


WAN = st.integers(1, 9_999)
SPELLINGS = (
    lambda wan: f"{wan}万",
    lambda wan: f"{wan} 万元",
    lambda wan: f"{wan}w",
    lambda wan: f"{wan}W",
    lambda wan: f"{wan * 10_000}元",
    lambda wan: f"{wan * 10_000:,}.00元",
    lambda wan: f"¥{wan * 10_000:,}",
    lambda wan: f"{chinese(wan)}万",
    lambda wan: f"{chinese(wan * 10_000)}元",
    lambda wan: f"{formal(wan)}万元整",
    lambda wan: "".join(chr(ord(c) + 0xFEE0) for c in str(wan)) + "万",
)
AROUND = (
    "{}",
    "报备 某某有限公司 中央空调改造 {} 6月底签",
    "某某有限公司3号楼空调改造{}6月30日签",
    "项目{}，六月底签",
    "6.30签 {} VRV-16 20台",
    "一期 {} 2026年",
    "电话13800000001 {}\n第二行",
    "五一前签{}",
    "周五 {}国庆前签",
    "{}三天内签",
    "{}一期工程",
    "{}十二月五日",
    "A0571-01 {}(含税)",
    "1.某某酒店\n2.空调\n3.{}\n4.6月底",
    "金额：{}，签约：年底",
    "{}吧",
    "BB1001 {} 85折",
    "{}下周三签",
    "🎉{}🎉",
)


@given(WAN, st.sampled_from(SPELLINGS), st.sampled_from(AROUND))
def test_any_amount_in_any_spelling_anywhere(wan: int, spell: object, around: str) -> None:
    assert callable(spell)
    written = spell(wan)
    text = around.format(f"{written} " if written[-1].isdigit() else written)
    hits = find_money(text)
    assert [hit.value for hit in hits if isinstance(hit, Found)] == [Money.of_yuan(wan * 10_000)], text
    assert not [hit for hit in hits if isinstance(hit, Unsure)], text
