"""Why a workbook is too large: the sheet that makes it so, where empty cells fill it."""

import re
import zipfile

from rollcall.parse.packages import MIB, Package, TooLarge
from rollcall.parse.quoting import shown
from rollcall.parse.readings import FileTurnedAway
from rollcall.parse.workbooks import BOOK, RELATIONS, parsed, sheets_in

ROW, CELL, FILLED = (re.compile(rb"<(?:\w+:)?(?:%s)[\s/>]" % tag) for tag in (b"row", b"c", b"v|is"))
LONGEST_PART = 4 * MIB  # of the parts that name the sheets; in a workbook that is too large nothing was checked


def why_too_large(error: TooLarge) -> str:
    """The reason for a workbook that is too large, with its cause where that is the empty cells of one sheet."""
    package = error.package
    largest = max(package.parts, key=lambda part: part.file_size)
    try:
        name = name_of(package, largest)
        rows, cells, filled = counted(package, largest)
    except FileTurnedAway:
        return str(error)
    if name is None or 10 * filled > cells:
        return str(error)
    return (
        f"解压后超过 {package.limit // MIB} MiB，不能读取：工作表“{shown(name)}”至少有 {rows:,} 行，"
        f"看过的 {cells:,} 个单元格中只有 {filled:,} 个有内容，其余是只设了格式的空单元格。"
        "请选中最后一条记录下面的所有行，整行删除（只清除内容不够，格式还在），保存后重报。"
    )


def name_of(package: Package, part: zipfile.ZipInfo) -> str | None:
    """The name of the sheet that *part* is; None where it is none. Raises FileTurnedAway."""
    if any(one.file_size > LONGEST_PART for one in package.parts if one.filename in (BOOK, RELATIONS)):
        return None
    sheets = sheets_in(parsed(package, BOOK), parsed(package, RELATIONS))
    return next((name for name, where in sheets if where == part.filename), None)


def counted(package: Package, part: zipfile.ZipInfo) -> tuple[int, int, int]:
    """Rows, cells, and cells with something in them, as far as the sheet may be read. Raises FileTurnedAway."""
    rows = cells = filled = 0
    rest = b""
    for block in package.blocks(part):
        text = rest + block
        # a tag may go on in the next block
        end = max(text.rfind(b"<"), 0)
        text, rest = text[:end], text[end:]
        rows += len(ROW.findall(text))
        cells += len(CELL.findall(text))
        filled += len(FILLED.findall(text))
    return rows, cells, filled
