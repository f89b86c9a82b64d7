"""Zip containers, of workbooks and of csv files: opened only when every member is what the directory says."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rollcall.parse.readings import SMALLER, FileTurnedAway

MIB = 1024 * 1024
MOST_PARTS = 10_000
LOCAL_HEADER = 30
BLOCK = 64 * 1024
ENCRYPTED = 0x1
DAMAGED = "文件已损坏或没有传完整，打不开。请在本机确认能打开后重新报送。"
# What zipfile raises for a directory that somebody made up.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
    ValueError,
    OverflowError,
)


class TooLarge(FileTurnedAway):
    """Unpacked, the file is larger than we read; what is in `package` can still be looked at, part by part."""

    def __init__(self, package: "Package") -> None:
        super().__init__(str(too_large(package.limit)))
        self.package = package


class Package:
    """
    A zip file whose members were all unpacked once, within the limit, and had the size and sum they claim.

    A workbook is unpacked again by its reader: what that one gets to see is checked here first.
    """

    def __init__(self, path: Path, unpacked_bytes: int) -> None:
        """Raises FileTurnedAway for anything a plain zip program would not have made."""
        self.path, self.limit = path, unpacked_bytes
        try:
            with zipfile.ZipFile(path) as archive:
                self.parts = archive.infolist()
        except BROKEN as error:
            raise FileTurnedAway(DAMAGED) from error
        self.names = [part.filename for part in self.parts]
        self.refuse_unusual()
        with path.open("rb") as stream:
            for part in self.parts:
                self.unpack(stream, part, keep=False)

    def refuse_unusual(self) -> None:
        if len(self.parts) > MOST_PARTS:
            raise FileTurnedAway(f"压缩包中有超过 {MOST_PARTS:,} 个文件，不能读取。请重新导出后报送。")
        if any(part.flag_bits & ENCRYPTED for part in self.parts):
            raise FileTurnedAway("文件设有密码，不能读取。请去掉密码后重新报送。")
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in self.parts):
            raise FileTurnedAway("压缩方式不支持。请用系统自带的压缩功能存成普通 zip 后重新报送。")
        if len({name.lower() for name in self.names}) < len(self.names):
            raise FileTurnedAway("压缩包中有重名的文件，无法判断读哪一个。请把要报的行合到一个文件里，再重新报送。")
        if sum(part.file_size for part in self.parts) > self.limit:
            raise TooLarge(self)

    def read(self, name: str) -> bytes:
        """One member's bytes. Raises KeyError when there is none of that name."""
        part = next((part for part in self.parts if part.filename == name), None)
        if part is None:
            raise KeyError(name)
        with self.path.open("rb") as stream:
            return self.unpack(stream, part, keep=True)

    def blocks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """One member as far as the limit goes, block by block. Raises FileTurnedAway where it breaks off."""
        left = self.limit
        try:
            with self.path.open("rb") as stream:
                stream.seek(part.header_offset)
                name_bytes, extra_bytes = struct.unpack("<26xHH", stream.read(LOCAL_HEADER))
                stream.seek(name_bytes + extra_bytes, 1)
                for block in inflated(stream, part):
                    yield block[:left]
                    left -= len(block)
                    if left <= 0:
                        return
        except (zlib.error, struct.error) as error:
            raise FileTurnedAway(DAMAGED) from error

    def unpack(self, stream: BinaryIO, part: zipfile.ZipInfo, *, keep: bool) -> bytes:
        """
        Unpack one member as it lies in the file; the directory's sizes are claims, not limits.

        `zipfile` stops where the directory says, other programs read on: here both must agree.
        """
        stream.seek(part.header_offset)
        head = stream.read(LOCAL_HEADER)
        if len(head) < LOCAL_HEADER or not head.startswith(b"PK\x03\x04"):
            raise FileTurnedAway(DAMAGED)
        method, name_bytes, extra_bytes = struct.unpack("<8xH16xHH", head)
        if method != part.compress_type:
            raise FileTurnedAway(DAMAGED)
        stream.seek(name_bytes + extra_bytes, 1)
        kept, size, crc = [], 0, 0
        try:
            for block in inflated(stream, part):
                size += len(block)
                crc = zlib.crc32(block, crc)
                if size > part.file_size:
                    raise FileTurnedAway(DAMAGED)
                if keep:
                    kept.append(block)
        except zlib.error as error:
            raise FileTurnedAway(DAMAGED) from error
        if size != part.file_size or crc != part.CRC:
            raise FileTurnedAway(DAMAGED)
        return b"".join(kept)


def inflated(stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked blocks of one member, none larger than a megabyte."""
    left = part.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left and (block := stream.read(min(left, BLOCK))):
        left -= len(block)
        if inflate is None:
            yield block
            continue
        while block:
            yield inflate.decompress(block, MIB)
            block = inflate.unconsumed_tail
    if inflate is not None and not inflate.eof:
        yield inflate.flush(MIB)
        if not inflate.eof:
            raise zlib.error("member ends early")


def too_large(limit: int) -> FileTurnedAway:
    return FileTurnedAway(f"解压后超过 {limit // MIB} MiB，不能读取。请删去图片和报表以外的内容。{SMALLER}")
