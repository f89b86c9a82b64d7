"""Texts of a file: what is white or invisible in them, headers and keys made comparable, names of cells."""

import re
import unicodedata
from functools import lru_cache

# What Unicode calls white, and the invisible characters that spreadsheets and chat programs leave around a text.
BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace() and not 0x1C <= point <= 0x1F)
BLANKS += "\u200b\u2060\ufeff"
BREAKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
# What Unicode says is to be ignored where it cannot be drawn (Default_Ignorable_Code_Point), soft hyphen included;
# and the Braille pattern without a dot, of which nothing is seen either.
IGNORABLE = (
    "\u2800\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{IGNORABLE}]+")
NOTHING_SEEN = re.compile(rf"[{IGNORABLE}{re.escape(BLANKS)}]*")
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
# 2.02307E+15, 1E+15, 6E17. Many digits before a bare E, as in 2023E001, are how an office may number.
SCIENTIFIC = re.compile(r"[+-]?(?:\d(?:\.\d+)?E[+-]?|\d+\.\d+E[+-]?|\d+E[+-])\d{1,3}", re.ASCII | re.IGNORECASE)
# What programs without whole numbers write for one.
WHOLE_AS_FLOAT = re.compile(r"(-?\d+)\.0", re.ASCII)
# How a csv export makes a spreadsheet show the zeros in front of a number.
AS_FORMULA = re.compile(r'="[^"]*"')
# Controls, halves of surrogate pairs, direction overrides, invisibles and non-characters: nothing a person typed.
HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
WHITE = re.compile(rf"[{re.escape(BLANKS)}]+")


def one_line(text: str) -> str:
    """A text without blanks around it, its line breaks made one blank each."""
    if not BREAKS.search(text):
        return text.strip(BLANKS)
    return " ".join(part for line in BREAKS.split(text) if (part := line.strip(BLANKS)))


def comparable(value: object) -> str:
    """A header or label for comparison: one width of characters, nothing white or invisible in it."""
    return WHITE.sub("", INVISIBLE.sub("", unicodedata.normalize("NFKC", value))) if isinstance(value, str) else ""


class NotAKey(ValueError):
    """A text that may have been another key once; the message says why, in Chinese, and what to do."""


def key_text(text: str) -> str:
    """
    A key, or what refers to one, as it is compared in every dataset and format; empty where nothing is seen of it.

    Raises:
        NotAKey: A program wrote it otherwise than the office did, and nobody can tell what it was.
    """
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text))).strip(BLANKS)
    text = text.removeprefix("'").lstrip(BLANKS)
    if SCIENTIFIC.fullmatch(text):
        raise NotAKey("是科学计数法，号码的末位已丢失，请把这一列设为文本格式后重新填写完整的号码。")
    if AS_FORMULA.fullmatch(text):
        raise NotAKey("是公式的写法，请把这一列设为文本格式，只填号码本身。")
    if PRIVATE_USE.search(text):
        raise NotAKey("含有自造字或专用区字符，各台电脑上显示不同，请改用通用的字或数字编号。")
    whole = WHOLE_AS_FLOAT.fullmatch(text)
    return whole[1] if whole else text


@lru_cache(maxsize=1024)
def letter(index: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def is_filled(cells: object) -> bool:
    """Whether anything to be seen stands in a row of cells."""
    return any(
        cell is not None and cell != "" and (not isinstance(cell, str) or not NOTHING_SEEN.fullmatch(cell))
        for cell in cells  # type: ignore[attr-defined]
    )
