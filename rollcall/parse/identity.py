"""People without their names: the ID number's check, and the keyed pseudonym that takes its place."""

import hmac
import re
from datetime import date
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
ID_NUMBER = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
FIRST_BIRTH = date(1900, 1, 1)


def check_character(first_17: str) -> str:
    """The 18th character of an ID number. Source: GB 11643-1999, ISO 7064 MOD 11-2."""
    total = sum(map(mul, WEIGHTS, first_17.encode("ascii"))) - ord("0") * sum(WEIGHTS)
    return CHECK_CHARACTERS[total % 11]


def born_on(number: str, last_day: date) -> date | None:
    """
    The date of birth in an ID number (upper case); None where the number does not hold.

    It holds with the right check character and a date of birth up to *last_day*.
    """
    if not ID_NUMBER.fullmatch(number) or check_character(number[:17]) != number[17]:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if FIRST_BIRTH <= born <= last_day else None


def pseudonym(key: bytes, what: str) -> str:
    """HMAC-SHA-256 of *what*, its first 128 bits written as a UUID. Without the key nobody can go back or try out."""
    digits = hmac.digest(key, what.encode(), "sha256").hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"


def person_key(key: bytes, id_number: str | None, office_key: int, volunteer_no: str | None) -> str | None:
    """The pseudonym of a person; of a registration where no ID number came; None where nothing names it."""
    if id_number:
        return pseudonym(key, "id:" + id_number)
    if volunteer_no:
        return pseudonym(key, f"registration:{office_key}:{volunteer_no}")
    return None
