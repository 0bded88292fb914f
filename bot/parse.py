"""Values found wherever they stand in a sentence (``find_*``), or in the answer to a question for one (``read_*``).

Each hit is a ``Found`` or an ``Unsure`` with the stretch of the text it was read from. Nothing is ever guessed outside the
text, and no text raises. Recognisers look at the first ``MAX_TEXT`` characters.
"""

from bot.recognise.dates import find_dates, is_vague_date, read_date
from bot.recognise.found import Found, Unsure
from bot.recognise.ids import find_credit_codes, find_ids, find_phones, read_credit_code, read_phone
from bot.recognise.moments import find_moments, read_moment
from bot.recognise.money import find_money, read_money
from bot.recognise.rates import find_counts, find_discount, find_percent, read_count, read_discount, read_percent
from bot.recognise.recurrences import find_recurrences, read_recurrence

__all__ = [
    "Found",
    "Unsure",
    "find_counts",
    "find_credit_codes",
    "find_dates",
    "find_discount",
    "find_ids",
    "find_moments",
    "find_money",
    "find_percent",
    "find_phones",
    "find_recurrences",
    "is_vague_date",
    "read_count",
    "read_credit_code",
    "read_date",
    "read_discount",
    "read_moment",
    "read_money",
    "read_percent",
    "read_phone",
    "read_recurrence",
]
