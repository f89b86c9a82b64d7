"""Text from a file, made safe to repeat to a person; names of cells; headers made comparable."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

QUOTED = 40
# What Unicode calls white, and the invisible characters that spreadsheets and chat programs leave around a text.
BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace() and not 0x1C <= point <= 0x1F)
BLANKS += "\u200b\u2060\ufeff"
BREAKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
# Controls, halves of surrogate pairs, direction overrides, invisibles and non-characters: nothing a person typed.
HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
WHITE = re.compile(rf"[{re.escape(BLANKS)}]+")


def shown(value: object, limit: int = QUOTED) -> str:
    """A value as a person may be shown it: one line, nothing invisible, cut at *limit* characters."""
    if isinstance(value, float):
        text = format(value, ".15g")
    elif isinstance(value, datetime):
        text = value.isoformat(" ")
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, str):
        text = value
    else:
        text = str(value)
    text = HOSTILE.sub("�", BREAKS.sub(" ", text[: limit * 4])).strip(BLANKS)
    return text if len(text) <= limit else text[:limit] + "…"


def comparable(value: object) -> str:
    """A header or label for comparison: one width of characters, nothing white in it."""
    return WHITE.sub("", unicodedata.normalize("NFKC", value)) if isinstance(value, str) else ""


@lru_cache(maxsize=1024)
def letter(index: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def listed(names: list[str], most: int = 8) -> str:
    """Names in Chinese quotation marks, a few of them when there are many."""
    some = "、".join(f"“{shown(name)}”" for name in names[:most])
    return some if len(names) <= most else f"{some}等 {len(names)} 个"


def is_filled(cells: object) -> bool:
    """Whether anything but blanks stands in a row of cells."""
    return any(
        cell is not None and cell != "" and (not isinstance(cell, str) or cell.strip(BLANKS) != "")
        for cell in cells  # type: ignore[attr-defined]
    )
