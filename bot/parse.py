"""Values found wherever they stand in a sentence (``find_*``), or in the answer to a question for one (``read_*``).

Each hit is a ``Found`` or an ``Unsure`` with the stretch of the text it was read from. Nothing is ever guessed outside the
text, and no text raises. Recognisers look at the first ``MAX_TEXT`` characters.
"""

from bot.found import Found, Unsure
from bot.parse_date import find_dates, read_date
from bot.parse_ids import find_credit_codes, find_ids, find_phones, read_credit_code, read_phone
from bot.parse_money import find_money, read_money
from bot.parse_rate import find_counts, find_discount, find_percent, read_count, read_discount

__all__ = [
    "Found",
    "Unsure",
    "find_counts",
    "find_credit_codes",
    "find_dates",
    "find_discount",
    "find_ids",
    "find_money",
    "find_percent",
    "find_phones",
    "read_count",
    "read_credit_code",
    "read_date",
    "read_discount",
    "read_money",
    "read_phone",
]
