"""Check characters of the numbers that the demo makes up: ID numbers, credit codes, organisation codes."""

from operator import mul

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHARACTERS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def id_check_character(first_17: str) -> str:
    """Check character of an ID number, 0 to 9 or X. Source: GB 11643-1999, ISO 7064 MOD 11-2."""
    # Of all that the demo computes this is what it computes most often.
    total = sum(map(mul, ID_WEIGHTS, map(int, first_17)))
    return ID_CHARACTERS[total % 11]


def credit_check_character(first_17: str) -> str:
    """Check character of a credit code; where the formula gives 31, it is 0. Source: GB 32100-2015."""
    total = sum(
        weight * CREDIT_ALPHABET.index(character) for weight, character in zip(CREDIT_WEIGHTS, first_17, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def organisation_check_character(first_8: str) -> str:
    """Check character of an organisation code, positions 9 to 17 of a credit code. Source: GB 11714-1997."""
    total = sum(weight * int(character, 36) for weight, character in zip(ORGANISATION_WEIGHTS, first_8, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_code(registered_with: str, region: str, first_8: str) -> str:
    """A whole credit code: who registers what (2 characters), region (6), organisation (9), check (1)."""
    first_17 = registered_with + region + first_8 + organisation_check_character(first_8)
    return first_17 + credit_check_character(first_17)
