"""Csv files: their encoding, and their rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from functools import partial

from rollcall.datasets import Dataset, datasets
from rollcall.parse.headers import HEADER_ROWS, find_header_row
from rollcall.parse.packages import Package
from rollcall.parse.quoting import shown
from rollcall.parse.readings import DatasetTurnedAway, FileTurnedAway
from rollcall.parse.records import tabulate
from rollcall.parse.rows import Table
from rollcall.parse.sources import Contents, Source

BLOCK = 1024 * 1024
MOST_MEMBERS = 20
CSV_NAME = re.compile(r"(?:\d+-(?:regular|correction|backlog)-)?([a-z_]+)\.csv", re.IGNORECASE)


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
            raise FileTurnedAway(f"压缩包里只能直接放 csv 文件，不能有文件夹或其他文件：“{found}”。请删去后重报。")
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
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def load_member(package: Package, dataset: Dataset, name: str) -> Table:
    return load_csv(dataset, name, package.read(name))


def load_csv(dataset: Dataset, name: str, data: bytes) -> Table:
    """Read a csv file in the encoding that makes its headers ours."""
    encodings = encodings_of(data)
    for encoding in encodings:
        top = [row for row, _ in zip(rows_of(data, encoding), range(HEADER_ROWS), strict=False)]
        if find_header_row(dataset.name, top) is not None:
            return tabulate(dataset, name, rows_of(data, encoding))[0]
    return tabulate(dataset, name, rows_of(data, encodings[0]))[0]


def encodings_of(data: bytes) -> list[str]:
    """The encodings in which all of the bytes are text, the likeliest first."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DatasetTurnedAway("文件是 UTF-16（“Unicode 文本”）编码。请另存为“CSV UTF-8（逗号分隔）”后重报。")
    tried = ["utf-8-sig"] if data.startswith(codecs.BOM_UTF8) else ["utf-8-sig", "gb18030"]
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


def rows_of(data: bytes, encoding: str) -> Iterator[list[str]]:
    """The records of a csv file. Raises DatasetTurnedAway where quotation marks do not match."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(lines, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise DatasetTurnedAway(
            f"第 {reader.line_num} 行附近读不下去：双引号不成对，或一格内容太长。请重新导出 csv 后报送。"
        ) from error
