"""Writes numbers the way people do, and reads the tables of what they write: spellings with | between them."""

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")


def chinese(number: int) -> str:
    """一百二十万: as spoken, for 1 to 9999 亿."""
    if number >= 10**8:
        return _joined(number, 10**8, "亿")
    if number >= 10**4:
        return _joined(number, 10**4, "万")
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + name
        gap = not digit and bool(words)
    return words.removeprefix("一") if words.startswith("一十") else words


def _joined(number: int, size: int, name: str) -> str:
    upper, lower = divmod(number, size)
    if not lower:
        return chinese(upper) + name
    low = chinese(lower)
    return chinese(upper) + name + ("零" if lower < size // 10 else "") + ("一" if low.startswith("十") else "") + low


def formal(number: int) -> str:
    """壹佰贰拾: as on contracts."""
    words = chinese(number)
    return ("一" + words if words.startswith("十") else words).translate(FORMAL)


def listed(table: str) -> list[str]:
    return [text.strip() for text in table.split("|")]
