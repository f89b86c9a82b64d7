"""Files: what kind each one is by its name and its bytes, and the datasets in it."""

import re
from pathlib import Path

from rollcall.datasets import datasets
from rollcall.parse.bulk import why_too_large
from rollcall.parse.objects import open_json
from rollcall.parse.packages import DAMAGED, MIB, Package, TooLarge
from rollcall.parse.quoting import listed, shown
from rollcall.parse.readings import (
    SMALLER,
    DatasetReading,
    DatasetTurnedAway,
    FileTurnedAway,
    Job,
    Limits,
    Reading,
)
from rollcall.parse.rows import Output
from rollcall.parse.sources import Contents, Source
from rollcall.parse.texts import open_csv, open_zip
from rollcall.parse.workbooks import BOOK, open_workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK"
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE)
OLD_XML = re.compile(rb"<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet")
SUFFIXES = ("xlsx", "zip", "json", "csv")


def read_file(job: Job, folder: Path, key: bytes, limits: Limits) -> Reading:
    """Read one file. What is wrong with it is in the answer; an error that comes out of here is our own."""
    output = Output(job, folder, key, limits.rows)
    discard(job, folder)
    try:
        contents = open_file(job, limits)
        readings = read_sources(contents, output)
        output.finish()
    except FileTurnedAway as reason:
        discard(job, folder)
        return Reading(job.submission_id, str(reason), [], {})
    return Reading(job.submission_id, None, contents.not_read, readings)


def discard(job: Job, folder: Path) -> None:
    """Leave nothing of a file that is turned away, or of an earlier try."""
    for name in ("cells", *datasets()):
        (folder / f"{job.submission_id}.{name}.csv").unlink(missing_ok=True)


def read_sources(contents: Contents, output: Output) -> dict[str, DatasetReading]:
    """Read each dataset of the file; one that is turned away does not hold up the others."""
    if not contents.sources:
        names = listed([dataset.sheet_zh for dataset in datasets().values()], most=20)
        words = listed(list(datasets()), most=20)
        raise FileTurnedAway(
            f"文件中没有一张要报的表。工作表请命名为{names}；csv 文件和 json 中请用{words}。"
            + (f"现有{'、'.join(contents.not_read[:8])}。" if contents.not_read else "")
        )
    by_dataset: dict[str, list[Source]] = {}
    for source in contents.sources:
        by_dataset.setdefault(source.dataset.name, []).append(source)
    readings = {}
    for name, sources in by_dataset.items():
        source = sources[0]
        try:
            if len(sources) > 1:
                raise DatasetTurnedAway(
                    f"有 {len(sources)} 张表都是“{source.dataset.sheet_zh}”（含隐藏的工作表），"
                    "无法判断以哪一张为准。请把要报的行合到一张表里，只留这一张。"
                )
            table = source.load()
            readings[name] = output.write(table)
            contents.not_read += table.not_read
        except DatasetTurnedAway as reason:
            readings[name] = DatasetReading(source.name, 0, str(reason), {})
    return readings


def open_file(job: Job, limits: Limits) -> Contents:
    """See what a file holds. Raises FileTurnedAway where it is none of the kinds we read."""
    path = Path(job.path)
    size = path.stat().st_size
    if size == 0:
        raise FileTurnedAway("文件是空的（0 字节）。请重新导出后报送。")
    if size > limits.file_bytes:
        raise FileTurnedAway(f"文件超过 {limits.file_bytes // MIB} MiB。{SMALLER}")
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(OLE):
        raise FileTurnedAway(old_office(path))
    suffix = Path(job.filename).suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        refuse_page(start)
        raise FileTurnedAway(f"“{shown(job.filename)}”不是可以读取的文件种类。请报送 xlsx、zip、json 或 csv 文件。")
    if start.startswith(ZIP) and suffix in ("json", "csv"):
        raise FileTurnedAway(f"文件名以 .{suffix} 结尾，内容却是工作簿或压缩包。请把文件名改对后重报。")
    if suffix in ("xlsx", "zip"):
        return open_container(path, start, suffix, limits)
    refuse_page(start)
    data = path.read_bytes()
    return open_json(data) if suffix == "json" else open_csv(Path(job.filename).name, data)


def open_container(path: Path, start: bytes, suffix: str, limits: Limits) -> Contents:
    """See what is in a workbook or zip file."""
    if not start.startswith(ZIP):
        refuse_page(start)
        if suffix == "xlsx" and b"\x00" not in start:
            raise FileTurnedAway("文件名以 .xlsx 结尾，内容却不是工作簿。请用 Excel 或 WPS 打开，另存为 xlsx 后重报。")
        raise FileTurnedAway(DAMAGED)
    try:
        package = Package(path, limits.unpacked_bytes)
    except TooLarge as error:
        raise FileTurnedAway(why_too_large(error)) from error
    is_workbook = BOOK in package.names
    if suffix == "xlsx":
        if not is_workbook:
            raise FileTurnedAway("不是 xlsx 工作簿。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后重报。")
        return open_workbook(package, path)
    if is_workbook:
        raise FileTurnedAway("这是一个工作簿，文件名却以 .zip 结尾。请把文件名改为 .xlsx 后重报。")
    return open_zip(package)


def old_office(path: Path) -> str:
    """Tell a workbook with a password from one of the old format: both are the same kind of container."""
    if ENCRYPTED in path.read_bytes():
        return "工作簿设有打开密码，不能读取。请去掉密码后重新报送。"
    return "这是旧格式的文件（如 .xls），不能读取。请另存为“Excel 工作簿（.xlsx）”，不设密码，再报送。"


def refuse_page(start: bytes) -> None:
    """Turn away what a server or an old program gives instead of a file."""
    if HTML.search(start):
        raise FileTurnedAway("收到的是网页（HTML），不是报表文件，可能是系统的出错或登录页面。请检查接口或重新导出。")
    if OLD_XML.search(start):
        raise FileTurnedAway("这是 Excel 2003 的 XML 表格，不能读取。请另存为“Excel 工作簿（.xlsx）”后重报。")
