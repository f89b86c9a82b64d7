"""Numbers as people write them, read exactly: decimals, never floats."""

import math
import re
import unicodedata
from decimal import Context, Decimal, Inexact

from rollcall.parse.wording import BLANKS

MOST_DIGITS = 15  # before the point; what a spreadsheet keeps, and what the warehouse's types hold
MOST_DECIMALS = 40
NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d+))?", re.ASCII)
# Room for every digit that is let in; a result that had to be rounded raises.
EXACT = Context(prec=MOST_DIGITS + MOST_DECIMALS + 10, traps=[Inexact])


class NotANumber(ValueError):
    """Not written as a number."""


class TooLarge(ValueError):
    """More digits than are kept."""


def to_decimal(value: object, shift: int = 0) -> Decimal:
    """
    Read a number exactly, and multiply it by ten to the power of *shift*.

    Args:
        value: Text, or a number of a spreadsheet (float) or of JSON (Decimal).

    Raises:
        NotANumber: It is something else; also for NaN, infinity and truth values.
        TooLarge: More than 15 digits before the point, or more than 40 after it.
    """
    if isinstance(value, str):
        number = from_text(value)
    elif isinstance(value, bool):
        raise NotANumber(value)
    elif isinstance(value, float):
        number = from_float(value)
    elif isinstance(value, int | Decimal):
        number = Decimal(value)
        if not number.is_finite():
            raise NotANumber(value)
    else:
        raise NotANumber(value)
    # Checked before anything is written out: 1e999999999 is short until then.
    if number and (number.adjusted() + shift >= MOST_DIGITS or exponent(number) < -MOST_DECIMALS):
        raise TooLarge(value)
    if number.adjusted() < -MOST_DECIMALS:
        number = Decimal(0)
    return number.scaleb(shift, EXACT)


def from_text(text: str) -> Decimal:
    """Read digits of any width, with or without commas between thousands. A unit is not part of a number."""
    text = unicodedata.normalize("NFKC", text).strip(BLANKS).replace("\u2212", "-")
    match = NUMBER.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise NotANumber(text)
    whole = (match[2] or "0").replace(",", "").lstrip("0") or "0"
    if len(whole) > MOST_DIGITS + 5 or len(match[3] or "") > MOST_DECIMALS:
        raise TooLarge(text)
    return Decimal(f"{match[1]}{whole}.{match[3] or '0'}")


def from_float(value: float) -> Decimal:
    """Read a spreadsheet's number as it shows it: 15 significant digits, so 0.1 + 0.2 is 0.3."""
    if not math.isfinite(value):
        raise NotANumber(value)
    return Decimal(format(value, ".15g"))


def exponent(number: Decimal) -> int:
    power = number.as_tuple().exponent
    return power if isinstance(power, int) else 0


def plain(number: Decimal) -> str:
    """Write a number without exponent and without zeros that say nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
