"""Short ids, phones, credit codes, discounts, percentages and counts in sentences and as answers."""

import pytest

from bot.parse import (
    Found,
    Unsure,
    find_counts,
    find_credit_codes,
    find_discount,
    find_ids,
    find_percent,
    find_phones,
    read_count,
    read_credit_code,
    read_discount,
    read_phone,
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("BB1001", ["BB1001"]),
        ("bb 1001", ["BB1001"]),
        ("ＢＢ１００１ 同意", ["BB1001"]),
        ("BB-1001", ["BB1001"]),
        ("同意SP2001", ["SP2001"]),
        ("同意 sp#2001、Sp：2002", ["SP2001", "SP2002"]),
        ("进度 XM502 60% 主机已到场", ["XM502"]),
        ("到账 DD801 132000", ["DD801"]),
        ("BB1001号", ["BB1001"]),
        ("赢单 BB1001 118万", ["BB1001"]),
        ("BB1001 万达广场", ["BB1001"]),
        ("HT2026-018", []),
        ("QM-2026-018", []),
        ("DD20台", []),
        ("FY2026年", []),
        ("KC12折", []),
        ("ABB1001", []),
        ("BB1001A", []),
        ("BB0", []),
        ("BB99999999999999", []),
        ("VRV-16", []),
    ],
)
def test_ids(text: str, ids: list[str]) -> None:
    assert [str(hit.value) for hit in find_ids(text)] == ids


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("张工13800000001负责", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("手机：１３８０００００００１", "13800000001"),
        ("0571-88886666", "0571-88886666"),
        ("(010)62345678转123", "010-62345678-123"),
        ("021 62345678", "021-62345678"),
        ("400-800-1234", "4008001234"),
        ("电话 138 0000 0001", "13800000001"),
    ],
)
def test_phones(text: str, phone: str) -> None:
    (hit,) = find_phones(text)
    assert isinstance(hit, Found)
    assert hit.value == phone


@pytest.mark.parametrize("text", ["电话 1380000001", "手机号：138000000011", "电话：12345678"])
def test_a_labelled_number_that_is_no_phone_is_asked(text: str) -> None:
    (hit,) = find_phones(text)
    assert isinstance(hit, Unsure)
    assert "11 位" in hit.question


@pytest.mark.parametrize(
    "text", ["13800000001元", "91330106MA0TEXT01T", "1200000", "2026-06-30", "BB1001", "20260630001"]
)
def test_no_phone(text: str) -> None:
    assert find_phones(text) == []


def test_a_phone_as_an_answer() -> None:
    assert isinstance(read_phone("138 0000 0001"), Found)
    assert isinstance(read_phone("1380000"), Unsure)
    assert read_phone("不知道") is None


@pytest.mark.parametrize(
    "text",
    [
        "信用代码 91330106MA0TEXT01T",
        "91330106ma0text01t 120万",
        "信用代码：9133 0106 MA0T EXT0 1T 120万",
        "税号是９１３３０１０６ＭＡ０ＴＥＸＴ０１Ｔ",
    ],
)
def test_credit_codes(text: str) -> None:
    (hit,) = find_credit_codes(text)
    assert isinstance(hit, Found)
    assert hit.value == "91330106MA0TEXT01T"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("信用代码 91330106MA0TEXT01X", "「91330106MA0TEXT01X」校验位不正确"),
        ("91330106MA0TEXT01", "应为 18 位，您写了 17 位"),
        ("91330106MA0TEXTO1T", "第 16 位是「O」"),
        ("税号123456789012", "应为 18 位，您写了 12 位"),
    ],
)
def test_a_wrong_credit_code_is_asked_with_the_reason(text: str, reason: str) -> None:
    (hit,) = find_credit_codes(text)
    assert isinstance(hit, Unsure)
    assert reason in hit.question


@pytest.mark.parametrize("text", ["330106199001011234", "13800000001", "QM7F-29KD", "abcdefghijklmnopqr", "信用代码"])
def test_no_credit_code(text: str) -> None:
    assert find_credit_codes(text) == []


def test_a_credit_code_as_an_answer() -> None:
    assert isinstance(read_credit_code("9133 0106 MA0T EXT0 1T"), Found)
    assert isinstance(read_credit_code("91330106"), Unsure)
    assert read_credit_code("没有") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("82折", "82%"),
        ("特价 BB1001 VRV-16 20台 82折", "82%"),
        ("八二折", "82%"),
        ("八八折", "88%"),
        ("8.2折", "82%"),
        ("打八折", "80%"),
        ("九折", "90%"),
        ("改 85 折", "85%"),
        ("半价", "50%"),
    ],
)
def test_discounts(text: str, shown: str) -> None:
    (hit,) = find_discount(text)
    assert isinstance(hit, Found)
    assert str(hit.value) == shown


@pytest.mark.parametrize("text", ["120折", "优惠5%", "下浮8个点", "15% off", "八五折起", "十折", "0折"])
def test_a_discount_with_two_readings_is_asked(text: str) -> None:
    (hit,) = find_discount(text)
    assert isinstance(hit, Unsure)


@pytest.mark.parametrize("text", ["折叠门", "20台", "60%", "0.88"])
def test_no_discount(text: str) -> None:
    assert find_discount(text) == []


@pytest.mark.parametrize(
    ("answer", "shown"), [("0.88", "88%"), ("88", "88%"), ("8.8", "88%"), ("88折", "88%"), ("88%", "88%")]
)
def test_a_discount_as_an_answer(answer: str, shown: str) -> None:
    hit = read_discount(answer)
    assert isinstance(hit, Found)
    assert str(hit.value) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("60%", "60%"), ("６０％", "60%"), ("-10%", "-10%"), ("百分之六十", "60%"), ("三成", "30%")]
)
def test_percentages(text: str, shown: str) -> None:
    (hit,) = find_percent(text)
    assert isinstance(hit, Found)
    assert str(hit.value) == shown


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("HP-12 20台 W3 10台", [20, 10]),
        ("3k台", [3000]),
        ("三十套", [30]),
        ("1,200台", [1200]),
        ("两百个", [200]),
        ("VRV-16", []),
    ],
)
def test_counts(text: str, counts: list[int]) -> None:
    assert [hit.value for hit in find_counts(text)] == counts


@pytest.mark.parametrize(("answer", "count"), [("20", 20), ("20台", 20), ("3k", 3000), ("两百", 200), ("1,200", 1200)])
def test_a_count_as_an_answer(answer: str, count: int) -> None:
    hit = read_count(answer)
    assert hit is not None
    assert hit.value == count
