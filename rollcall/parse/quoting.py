"""
What of a file may be repeated to a person: one line of it, and nothing that may be anybody's name, number or phone.

The patterns hold for Python and for PostgreSQL: reasons and held rows are also written there (`rollcall.judge.held`).
"""

import re
from datetime import date, datetime
from functools import cache

from rollcall.datasets import Column, Dataset, code_lists, datasets
from rollcall.parse.wording import HOSTILE, INVISIBLE, comparable, letter, one_line

QUOTED = 40
HIDDEN = "…"
DIGIT, GAP = "[0-9０-９]", "[ ./()·\ufffd-]{0,2}"
# An ID number by its form, and a phone; long numbers of their own, as codes of offices, datasets have too.
ID_NUMBER = (
    f"{DIGIT}{{6}}{GAP}(?:19|20|１９|２０){DIGIT}{{2}}{GAP}(?:[0０][1-9１-９]|[1１][0-2０-２]){GAP}"
    f"(?:[0０][1-9１-９]|[12１２]{DIGIT}|[3３][01０１]){GAP}{DIGIT}{{3}}[0-9０-９XxＸｘ]"
)
PHONE = rf"(?<![0-9０-９.])[1１]{DIGIT}{{2}}{GAP}{DIGIT}{{4}}{GAP}{DIGIT}{{4}}(?![0-9０-９.])"
# Beside names, any number that long may be one of theirs.
LONG_NUMBER = f"{DIGIT}(?:{GAP}{DIGIT}){{10,}}{GAP}[XxＸｘ]?"
# A text that is no name: it has a digit, no run of letters, and of Chinese only what stands in dates and numbers.
NO_NAME = "^(?=.*[0-9０-９])(?!.*[A-Za-z]{5})[ -~０-９（），。：－．、年月日号时分秒点第个小半人次元万岁上下午]*$"
PERSONAL = {"birth_date"}  # beside the secret columns: never quoted, for reasons are kept
# Headers that offices add to a form; a header that nobody knows may be a name where rows speak of persons.
ADDED_HEADERS = (
    "备注", "说明", "序号", "编号", "单位", "部门", "职务", "职业", "民族", "年龄", "学历", "籍贯", "住址", "地址",
    "邮箱", "联系人", "联系电话", "联系方式", "填报人", "填表人", "审核人", "负责人", "填报日期", "填报单位", "日期",
    "时间", "小计", "合计", "总计", "其他", "附件", "note", "notes", "remark", "remarks", "comment", "id", "index",
)  # fmt: skip


def has_names(dataset: Dataset) -> bool:
    return any(column.type == "secret" for column in dataset.columns)


def is_about_persons(dataset: Dataset) -> bool:
    """Whether its rows speak of persons, so that a cell that slipped by one column may hold a name."""
    return has_names(dataset) or (dataset.mode == "records" and dataset.subject == "volunteers")


def numbers_of_persons(dataset: Dataset, column: Column) -> str:
    """A pattern for what is hidden in a cell of *column*. An amount is no phone."""
    if has_names(dataset):
        return LONG_NUMBER
    return ID_NUMBER if column.type == "money" else f"{ID_NUMBER}|{PHONE}"


def may_be_name(column: Column) -> bool:
    """Whether a cell of *column*, once it is read, may still be any text."""
    return column.type in ("text", "code")


@cache
def code_words() -> tuple[str, ...]:
    """The labels and codes of all code lists: words of ours, whoever writes them."""
    return tuple(sorted({word for codes in code_lists().values() for pair in codes.items() for word in pair}))


@cache
def known_words() -> frozenset[str]:
    """Words of ours, comparable: of code lists, headers, sheets and datasets, and the usual headers of others."""
    columns = [column for dataset in datasets().values() for column in dataset.columns]
    words = {word for column in columns for word in (column.name, *column.headers.values())}
    words |= {word for dataset in datasets().values() for word in (dataset.name, dataset.sheet_zh)}
    return frozenset(comparable(word).lower() for word in (*words, *code_words(), *ADDED_HEADERS))


def shown(value: object, limit: int = QUOTED) -> str:
    """A value as a person may be shown it: one line, nothing invisible, no person's number, cut at *limit*."""
    if isinstance(value, float):
        text = format(value, ".15g")
    elif isinstance(value, datetime):
        text = value.isoformat(" ")
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    # Numbers are hidden before anything is cut, so that no half of one is left.
    text = INVISIBLE.sub("", HOSTILE.sub("\ufffd", one_line(text[: limit * 40])))
    text = re.sub(f"{ID_NUMBER}|{PHONE}", HIDDEN, text)
    return text if len(text) <= limit else text[:limit] + "…"


def quoted(value: object, dataset: Dataset, column: Column) -> str:
    """A cell in Chinese quotation marks; nothing at all of what is personal or may be a person's name."""
    if column.type == "secret" or column.name in PERSONAL:
        return ""
    text = shown(value)
    if is_about_persons(dataset) and not re.search(NO_NAME, text) and comparable(text).lower() not in known_words():
        return ""
    return f"“{re.sub(numbers_of_persons(dataset, column), HIDDEN, text)}”"


def header_named(dataset: Dataset, index: int, cell: object) -> str:
    """A column nobody knows: by its letter, and by its header where that cannot be anybody's name."""
    words = header_quoted(dataset, cell)
    return f"{words}（{letter(index)} 列）" if words else f"（{letter(index)} 列，表头不在此引用）"


def header_quoted(dataset: Dataset, cell: object) -> str:
    """A header or key that nobody knows, in quotation marks; nothing where it may be anybody's name."""
    if is_about_persons(dataset) and comparable(str(cell)).lower() not in known_words():
        return ""
    return f"“{shown(cell)}”"


def listed(names: list[str], most: int = 8) -> str:
    """Names of ours in Chinese quotation marks, a few of them when there are many."""
    some = "、".join(f"“{shown(name)}”" for name in names[:most])
    return some if len(names) <= most else f"{some}等 {len(names)} 个"
