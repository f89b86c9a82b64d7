"""Csv files: their encoding, and their rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from rollcall.datasets import Dataset, datasets
from rollcall.parse.headers import HEADER_ROWS, find_header_row, header_text, required_headers
from rollcall.parse.packages import Package
from rollcall.parse.quoting import shown
from rollcall.parse.readings import DatasetTurnedAway, FileTurnedAway
from rollcall.parse.records import tabulate
from rollcall.parse.rows import Table
from rollcall.parse.sources import Contents, Source
from rollcall.parse.wording import is_filled

GB18030 = "gb18030"
# Python's codec is that of 2000: what it still reads as private use, GB 18030-2005 and -2022 gave a place in Unicode.
# Sources: GB 18030-2022, its annex of changes; the mapping of ICU and of the web (encoding.spec.whatwg.org).
SINCE_2022 = re.compile("[\ue78d-\ue796\ue7c7\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864]")
PLACES = dict(
    zip(
        "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
        strict=True,
    )
)
BLOCK = 1024 * 1024
MOST_MEMBERS = 20
LINE_BREAK = re.compile(r"\r\n|\r|\n")
CSV_NAME = re.compile(r"(?:\d+-(?:regular|correction|backlog)-)?([a-z_]+)\.csv", re.IGNORECASE)


@dataclass(frozen=True)
class Form:
    """What a whole record of one csv file looks like: how many fields it has, and which of them are never empty."""

    width: int
    required: frozenset[int]

    @classmethod
    def of(cls, dataset: Dataset, header: Sequence[str]) -> "Form":
        names = [header_text(cell) for cell in header]
        needed = required_headers(dataset.name)
        return cls(len(header), frozenset(index for index, name in enumerate(names) if name in needed))

    def is_whole(self, fields: Sequence[str]) -> bool:
        """Whether *fields* would be a whole record: as many as there are headers, or all that it must have."""
        if len(fields) == self.width:
            return True
        filled = {index for index, field in enumerate(fields) if is_filled((field,))}
        return len(fields) < self.width and bool(self.required) and self.required <= filled

    def refuse_swallowed(self, row: list[str], begun: int) -> None:
        """
        Turn the dataset away where a stray quotation mark made one field of several records.

        Args:
            row: A record that goes over several lines.
            begun: The line on which it begins.
        """
        for place, field in enumerate(row):
            first, *others = LINE_BREAK.split(field)
            if not others:
                continue
            # the last line of the field goes on with the fields behind it; what stands before the first is before it
            *inner, last = (fields_of(line) for line in others)
            inside = any(self.is_whole(line) for line in (*inner, last))
            around = self.is_whole([*row[:place], *fields_of(first)]) and self.is_whole([*last, *row[place + 1 :]])
            if inside or around:
                raise DatasetTurnedAway(
                    f"第 {begun} 行：一对双引号之间有换行，后面是整条的记录，可能是多写或漏写了双引号，"
                    "使几条记录变成了一格。请删去多余的双引号（确需换行的改成空格），重新导出 csv 后报送。"
                )


def fields_of(line: str) -> list[str]:
    """The fields of one line taken by itself; a quotation mark within a field is part of it."""
    return next(csv.reader([line]), [])


def as_of_2022(lines: Iterable[str]) -> Iterator[str]:
    """Text of GB 18030 as its edition of 2022 reads it."""
    for line in lines:
        yield SINCE_2022.sub(lambda found: PLACES[found[0]], line)


def open_csv(name: str, data: bytes) -> Contents:
    """The one dataset of a csv file, which its name tells."""
    match = CSV_NAME.fullmatch(name)
    dataset = datasets().get(match[1].lower()) if match else None
    if dataset is None:
        names = "、".join(f"{known}.csv" for known in datasets())
        raise FileTurnedAway(f"从文件名“{shown(name)}”看不出是哪张表。请把文件命名为 {names} 之一。")
    return Contents([Source(dataset, name, partial(load_csv, dataset, name, data))])


def open_zip(package: Package) -> Contents:
    """The csv files of a zip file. Raises FileTurnedAway where there is anything else in it."""
    if len(package.parts) > MOST_MEMBERS:
        raise FileTurnedAway(f"压缩包中有 {len(package.parts)} 个文件，最多 {MOST_MEMBERS} 个。请只放要报送的 csv。")
    contents = Contents()
    for part in package.parts:
        name = part.filename
        if part.is_dir() or "/" in name or "\\" in name or not name.lower().endswith(".csv"):
            found = shown(legible(name, part.flag_bits))
            raise FileTurnedAway(
                f"压缩包里只能直接放 csv 文件，不能有文件夹或其他文件：“{found}”。请把要报的 csv 放在最外层后重报。"
            )
        dataset = datasets().get(name[:-4].lower())
        if dataset is None:
            contents.not_read.append(f"压缩包中的文件“{shown(legible(name, part.flag_bits))}”")
        else:
            contents.sources.append(Source(dataset, name, partial(load_member, package, dataset, name)))
    return contents


def legible(name: str, flag_bits: int) -> str:
    """A member's name as a Chinese Windows wrote it: the zip format reads it as code page 437."""
    if flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode(GB18030)
    except UnicodeError:
        return name


def load_member(package: Package, dataset: Dataset, name: str) -> Table:
    return load_csv(dataset, name, package.read(name))


def load_csv(dataset: Dataset, name: str, data: bytes) -> Table:
    """Read a csv file in the encoding that makes its headers ours."""
    encodings = encodings_of(data)
    for encoding in encodings:
        top = list(islice(rows_of(data, encoding), HEADER_ROWS))
        place = find_header_row(dataset.name, top)
        if place is not None:
            return tabulate(dataset, name, rows_of(data, encoding, Form.of(dataset, top[place])))[0]
    return tabulate(dataset, name, rows_of(data, encodings[0]))[0]


def encodings_of(data: bytes) -> list[str]:
    """The encodings in which all of the bytes are text, the likeliest first."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DatasetTurnedAway("文件是 UTF-16（“Unicode 文本”）编码。请另存为“CSV UTF-8（逗号分隔）”后重报。")
    tried = ["utf-8-sig"] if data.startswith(codecs.BOM_UTF8) else ["utf-8-sig", GB18030]
    fitting = [encoding for encoding in tried if decodes(data, encoding)]
    if not fitting:
        raise DatasetTurnedAway(
            "文件不是 UTF-8，也不是 GB18030 编码，或已损坏。请另存为“CSV UTF-8（逗号分隔）”后重报。"
        )
    return fitting


def decodes(data: bytes, encoding: str) -> bool:
    """Whether all of the bytes are text in *encoding*; holds a block of it at a time."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), BLOCK):
            decoder.decode(data[start : start + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def rows_of(data: bytes, encoding: str, form: Form | None = None) -> Iterator[list[str]]:
    """
    The records of a csv file.

    Raises:
        DatasetTurnedAway: Quotation marks do not match, or with *form* known, a field holds whole records.
    """
    lines: Iterable[str] = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(as_of_2022(lines) if encoding == GB18030 else lines, strict=True)
    begun = 1
    try:
        for row in reader:
            if form and reader.line_num > begun:
                form.refuse_swallowed(row, begun)
            yield row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise DatasetTurnedAway(
            f"第 {begun} 行起读不下去：双引号不成对，或一格内容太长。请检查这一行的双引号，重新导出 csv 后报送。"
        ) from error
