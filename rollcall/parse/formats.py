"""Number formats of a spreadsheet: what a cell shows of the number it holds, exactly, or that it cannot be said."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from rollcall.parse.numerals import plain

# ECMA-376 part 1, 18.8.30: what a workbook need not write out. Those of dates and currencies vary by country.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
AS_STORED = frozenset(["general", "@"])
PLACES = "0#?"
# A literal in quotes or behind a backslash, a blank as wide as a character, a fill, something in brackets, a word.
TOKEN = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[([^\]]*)\]|(General)|(E[+-])|(.)', re.IGNORECASE | re.DOTALL)
COLOURS = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d{1,2}", re.IGNORECASE)
CURRENCY = re.compile(r"\$([^-]*)(?:-[0-9A-Fa-f]*)?")
# What Excel shows as it stands; any other letter means something.
BARE = frozenset(" $-+():!^&'~{}<>=")

Token = tuple[str, str]


class CannotApply(ValueError):
    """The format rounds, hides or words the number: what the cell shows is not all of it, or not known to us."""


@lru_cache(maxsize=1024)
def sections_of(code: str) -> tuple[tuple[Token, ...], ...]:
    """The sections of a format: tokens of kind `text`, `place`, `general`, `unknown`, or a character."""
    sections: list[list[Token]] = [[]]
    for match in TOKEN.finditer(code):
        quoted, escaped, blank, fill, bracket, general, power, character = match.groups()
        if character == ";":
            sections.append([])
        else:
            sections[-1] += token_of(quoted or escaped, blank, fill, bracket, general, power, character)
    return tuple(map(tuple, sections))


def token_of(
    literal: str | None,
    blank: str | None,
    fill: str | None,
    bracket: str | None,
    general: str | None,
    power: str | None,
    character: str | None,
) -> list[Token]:
    """One part of a format, of which one argument is given. A part that we cannot apply is of kind `unknown`."""
    if bracket is not None:
        currency = CURRENCY.fullmatch(bracket)
        if currency:
            return [("text", currency[1])]
        return [] if COLOURS.fullmatch(bracket) else [("unknown", bracket)]
    if character is None:
        if general:
            return [("general", "")]
        if fill or power:
            return [("unknown", "")]
        return [("text", " " if blank else literal or "")]
    if character in PLACES:
        return [("place", character)]
    if character in ".,%@":
        return [(character, character)]
    if character in BARE or not character.isascii():
        return [("text", character)]
    return [("unknown", character)]


def is_percent(code: str) -> bool:
    """Whether the cell shows a hundred times what it holds."""
    return any(kind == "%" for section in sections_of(code) for kind, _ in section)


def shown_by(code: str, value: float | int) -> str:
    """
    The text that a cell of format *code* shows for *value*.

    Raises:
        CannotApply: It shows another number (rounded, in thousands, as a fraction or power), or nothing of it.
    """
    if code and not code.strip("0") and value >= 0 and value == int(value):
        return str(int(value)).zfill(len(code))  # nearly all formats of keys
    number = Decimal(format(value, ".15g"))
    sections = sections_of(code)
    if len(sections) > 4:
        raise CannotApply(code)
    index = 1 if number < 0 and len(sections) > 1 else 2 if number == 0 and len(sections) > 2 else 0
    section, sign = sections[index], "-" if number < 0 and index == 0 else ""
    kinds = [kind for kind, _ in section]
    if "unknown" in kinds:
        raise CannotApply(code)
    if "general" in kinds or "@" in kinds:
        if "place" in kinds or kinds.count("general") + kinds.count("@") > 1:
            raise CannotApply(code)
        return sign + "".join(plain(abs(number)) if kind in ("general", "@") else text for kind, text in section)
    return sign + digits_in(section, abs(number).scaleb(2 * kinds.count("%")))


def digits_in(section: Sequence[Token], number: Decimal) -> str:
    """The digits of a number on the places of a section, with what stands between them. Raises CannotApply."""
    kinds = [kind for kind, _ in section]
    point = kinds.index(".") if "." in kinds else len(kinds)
    before, after = list(section[:point]), list(section[point + 1 :])
    if "place" not in kinds or "." in kinds[point + 1 :] or "," in [kind for kind, _ in after]:
        raise CannotApply(number)
    decimals = sum(kind == "place" for kind, _ in after)
    if number != round(number, decimals):
        raise CannotApply(number)
    whole, _, fraction = format(number, "f").partition(".")
    left = whole_part(before, "" if whole == "0" else whole)
    if point == len(kinds):
        return left
    return left + "." + fraction_part(after, fraction.rstrip("0").ljust(decimals, "0")[:decimals])


def whole_part(tokens: list[Token], digits: str) -> str:
    """Digits from the right on the places from the right; the first place takes what is left."""
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "place"]
    commas = [index for index, (kind, _) in enumerate(tokens) if kind == ","]
    if commas:
        inner = places and all(places[0] < index < places[-1] for index in commas)
        if not inner or any(kind == "text" for kind, _ in tokens[places[0] : places[-1]]):
            raise CannotApply(tokens)  # a comma behind the places: shown in thousands
    shown: list[str] = []
    count = 0
    for index in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[index]
        if kind != "place":
            shown.append("" if kind == "," else text)
            continue
        taken = digits[-1:] if index != places[0] else digits
        digits = digits[: len(digits) - len(taken)]
        for digit in reversed(taken or {"0": "0", "#": "", "?": " "}[text]):
            shown.append("," if commas and count and count % 3 == 0 and digit != " " else "")
            shown.append(digit)
            count += 1
    return "".join(reversed(shown))


def fraction_part(tokens: list[Token], digits: str) -> str:
    """Digits from the left on the places behind the point."""
    shown, left = [], list(digits)
    for kind, text in tokens:
        if kind != "place":
            shown.append(text)
            continue
        digit, left = left[0], left[1:]
        said = text == "0" or digit != "0" or any(other != "0" for other in left)
        shown.append(digit if said else {"#": "", "?": " "}[text])
    return "".join(shown)
