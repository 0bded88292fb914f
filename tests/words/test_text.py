"""Text made safe to store and easy to match; numbers in Chinese; amounts, rates and masks as they are shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.recognise.numerals import read_number
from bot.text import MAX_TEXT, clean, fold, prepare, unlisted
from bot.values import Money, Percent, mask_phone
from tests.words.writing import chinese, formal


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("云栖湾\x00酒店", "云栖湾酒店"),
        ("云栖湾\ud800酒店", "云栖湾酒店"),
        ("\u202e云栖湾\u202c酒店\u2066", "云栖湾酒店"),
        ("云\u200b栖\ufeff湾", "云栖湾"),
        ("一行\r\n二行\r三行\u2028四行", "一行\n二行\n三行\n四行"),
        ("a\tb\x1b[31m", "a b[31m"),
        ("  云栖湾 酒店  ", "云栖湾 酒店"),
        ("Z" + "\u0338" * 9, "Z\u0338\u0338"),
        ("Cafe\u0301", "Café"),
        ("１２０万 ＡＢＣ", "１２０万 ＡＢＣ"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\U000e0041\U000e0042", ""),
    ],
)
def test_clean(typed: str, stored: str) -> None:
    assert clean(typed).text == stored
    assert clean(stored).text == stored


def test_a_long_paste_is_cut_and_reported() -> None:
    cleaned = clean("长" * 8_000)
    assert (len(cleaned.text), cleaned.cut) == (MAX_TEXT, 4_000)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("１２０万 ＡＢＣ", "120万 abc"),
        ("報備 臺灣電腦 餘杭區", "报备 台湾电脑 余杭区"),
        ("（上海）：¥，。", "(上海):¥，。"),
        ("１，２００，０００", "1,200,000"),
        ("Z\u0338a\u0338云\u200b栖", "za云栖"),
        ("云栖湾🏨酒店", "云栖湾 酒店"),
        ("1️⃣报备", "   报备"),
        ("①③ m²", "①③ m²"),
        ("100㎡", "100m2"),
        ("二○二六", "二〇二六"),
        ("6—7 月", "6-7 月"),
        ("Ⅱ期", "ii期"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@given(st.text())
def test_folded_places_lead_back_to_the_original(text: str) -> None:
    folded = fold(text)
    ends = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert ends == sorted(ends)
    assert fold(folded.text).text == fold(fold(folded.text).text).text


@given(st.text())
def test_clean_text_is_always_storable(text: str) -> None:
    stored = clean(text).text
    assert "\x00" not in stored
    stored.encode("utf-8")


def test_a_numbered_list_is_no_decimal() -> None:
    text = "1.云栖湾酒店\n2.120万\n3.6月底"
    assert prepare(text).text == "  云栖湾酒店\n  120万\n  6月底"
    assert unlisted(text) == "云栖湾酒店\n120万\n6月底"
    assert unlisted("3.120万\n云栖湾") == "3.120万\n云栖湾"


@given(st.integers(1, 10**9))
def test_every_number_is_read_as_written(number: int) -> None:
    for written in (str(number), f"{number:,}", chinese(number), formal(number)):
        assert read_number(written) == number, written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.2百万", "1200000"), ("两万五", "25000"), ("2万5", "25000"), ("三十五万六", "356000"), ("1亿2", "120000000"),
        ("三点五", "3.5"), ("一二〇", "120"), ("二〇二六", "2026"), ("两千五", "2500"), ("一百二", "120"), ("一百零五", "105"),
        ("3千5", "3500"), ("1200千", "1200000"), ("一万零五十", "10050"),
    ],
)  # fmt: skip
def test_numbers_as_spoken(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "三五", "万", "百", "1,2", "1.2.3", "十万十", "10,0006", "万万", "九" * 50, "两三百", "1.5万5"]
)
def test_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (120_000_000, "120.00 万元"),
        (980_000, "9,800.00 元"),
        (1_000_000, "1.00 万元"),
        (999_999, "9,999.99 元"),
        (8_654_321, "8.654321 万元"),
        (1_200_000_000_000, "1,200,000.00 万元"),
        (-50, "-0.50 元"),
        (0, "0.00 元"),
    ],
)
def test_money_is_shown_without_rounding(fen: int, shown: str) -> None:
    assert str(Money(fen)) == shown


def test_money_on_an_invoice_and_from_yuan() -> None:
    assert Money(2_000_000).in_yuan() == "20,000.00 元"
    assert Money.of_yuan(Decimal("12.34")) == Money(1_234)
    with pytest.raises(ValueError, match="fen"):
        Money.of_yuan(Decimal("0.001"))


@pytest.mark.parametrize(
    ("points", "shown"), [(8200, "82%"), (8250, "82.5%"), (1, "0.01%"), (10_000, "100%"), (-1000, "-10%")]
)
def test_percent(points: int, shown: str) -> None:
    assert str(Percent(points)) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800000001", "138****0001"), ("0571-88886666", "057****6666"), ("12345", "*****"), ("", "")],
)
def test_phones_are_masked(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown
