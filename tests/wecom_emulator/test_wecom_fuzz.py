"""Whatever is sent, the platform answers: accepted and readable, or refused with a code; never a crash."""

import base64
import copy
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.emulation import xml
from adapters.wecom.emulation.cards import Rules, check_card
from adapters.wecom.emulation.crypto import BadCipher, decrypt, encrypt
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.passive import from_xml
from adapters.wecom.emulation.reading import Drawing, read
from tests.wecom_emulator.stage import button_card, group_card, notice, select_card, vote_card

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "key", "text", "id"]), inner),
    max_leaves=6,
)
CARDS = [
    button_card(),
    notice(),
    vote_card(),
    select_card(),
    group_card(),
    notice(jump_list=[{"type": 0, "title": "a"}]),
]


@st.composite
def changed_cards(draw: st.DrawFn) -> Any:
    """One of the good cards with some places replaced or removed."""
    card = copy.deepcopy(draw(st.sampled_from(CARDS)))
    for _ in range(draw(st.integers(1, 3))):
        here: Any = card
        while isinstance(here, dict | list) and here:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            key = draw(st.sampled_from(keys))
            inner = here[key]
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                if draw(st.booleans()):
                    here[key] = draw(VALUES)
                else:
                    del here[key]
                break
            here = inner
    return card


@given(changed_cards(), st.booleans(), st.booleans())
def test_a_card_is_readable_or_refused(card: Any, bot: bool, update: bool) -> None:
    try:
        check_card(card, Rules(bot, update))
    except ApiError:
        return
    seen = read("template_card", card, Drawing(lambda key: "", bot))
    assert seen.lines


@given(st.text(max_size=60), st.text(max_size=20))
def test_what_was_sealed_can_be_opened(message: str, receive_id: str) -> None:
    try:
        (message + receive_id).encode()
    except UnicodeEncodeError:
        return
    assert decrypt(encrypt(message, KEY, receive_id), KEY) == (message, receive_id)


GARBAGE = st.text(max_size=120) | st.binary(max_size=96).map(lambda raw: base64.b64encode(raw).decode())
ELEMENTS = st.sampled_from(["CardType", "Source", "ButtonList", "Type", "Text", "IsChecked", "Other"])
XML = st.recursive(
    st.text(max_size=8),
    lambda inner: st.dictionaries(ELEMENTS, st.lists(inner, min_size=1, max_size=2)),
    max_leaves=8,
)


@given(GARBAGE)
def test_a_cipher_that_is_none_is_refused(encrypted: str) -> None:
    with suppress(BadCipher):
        decrypt(encrypted, KEY)


@given(st.text(st.characters(exclude_categories=["C"]), max_size=60))
def test_a_text_survives_its_xml(text: str) -> None:
    assert xml.read(xml.write({"Content": text})) == {"Content": [text]}


@given(XML)
def test_a_card_in_xml_is_read_or_refused(fields: Any) -> None:
    with suppress(xml.BadXml, ValueError):
        from_xml(fields)
