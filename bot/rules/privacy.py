"""Numbers that nobody who helps needs to know: of persons (IIN) and of bank cards."""

import datetime as dt
import re

HIDDEN = "•"
_DIGITS = re.compile(r"(?<!\d)\d(?:[ \-]?\d){11,18}(?!\d)")
IIN_DIGITS = 12
CARD_DIGITS = range(13, 20)
_CENTURY = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
_WEIGHTS = (tuple(range(1, 12)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))


def mask(text: str) -> tuple[str, bool]:
    """The text with such numbers hidden but for the last four digits, and whether there were any."""
    masked = _DIGITS.sub(lambda found: _hidden(found[0]), text)
    return masked, masked != text


def _hidden(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if not (is_iin(digits) or is_card(digits)):
        return number
    return HIDDEN * 4 + digits[-4:]


def is_iin(digits: str) -> bool:
    """Whether these are a person's number: a date of birth, a century and a right check digit."""
    if len(digits) != IIN_DIGITS or digits[6] not in _CENTURY:
        return False
    try:
        dt.date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    for weights in _WEIGHTS:
        check = sum(int(digit) * weight for digit, weight in zip(digits[:11], weights, strict=True)) % 11
        if check != 10:
            return check == int(digits[11])
    return False


def is_card(digits: str) -> bool:
    """Whether these may be a bank card's number (Luhn)."""
    if len(digits) not in CARD_DIGITS or len(set(digits)) == 1:
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
