"""Files that must be turned away whole: wrong headers, cut short, behind a password, a web page."""

import struct
from dataclasses import replace
from random import Random

from demo.tables import Table

SECTOR = 512
END_OF_CHAIN, FAT_SECTOR, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STREAM_SECTORS = 8

PAGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>系统提示</title></head>"
    "<body><h1>系统维护中</h1><p>请稍后再试。（合成演示数据）</p></body></html>"
)


def with_wrong_headers(table: Table) -> Table:
    """The same table with every key column under a header that no layout has ever used."""
    keys = [column.key for column in table.columns]
    return replace(
        table,
        headers=tuple(f"{header}（旧表）" if key else header for header, key in zip(table.headers, keys, strict=True)),
        names=tuple(f"old_{name}" if key else name for name, key in zip(table.names, keys, strict=True)),
    )


def cut_short(content: bytes, rng: Random) -> bytes:
    """The first part of a container: its directory, which is at the end, is gone."""
    return content[: max(64, int(len(content) * rng.uniform(0.3, 0.8)))]


def web_page() -> bytes:
    """What a portal answers with status 200 when it is down."""
    return PAGE.encode()


def encrypted_workbook(rng: Random) -> bytes:
    """
    A password-protected workbook: a compound file with the streams EncryptionInfo and EncryptedPackage.

    Sectors: allocation table, directory, then eight of each stream. Source: MS-CFB 2.2 to 2.6.
    """
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        *(0x3E, 3, 0xFFFE, 9, 6),  # versions, byte order, sizes of sectors as powers of two
        *(
            0,
            1,
            1,
            0,
            4096,
        ),  # directory sectors (unused), FAT sectors, first directory sector, transaction, cutoff
        *(END_OF_CHAIN, 0, END_OF_CHAIN, 0),  # no mini stream, no further FAT
        0,  # the allocation table is sector 0
    )
    header = header.ljust(SECTOR, b"\xff")
    chain = [FAT_SECTOR, END_OF_CHAIN]
    for first in (2, 2 + STREAM_SECTORS):
        chain += [*range(first + 1, first + STREAM_SECTORS), END_OF_CHAIN]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    size = STREAM_SECTORS * SECTOR
    directory = (
        entry("Root Entry", 5, END_OF_CHAIN, 0, child=1)
        + entry("EncryptionInfo", 2, 2, size, right=2)
        + entry("EncryptedPackage", 2, 2 + STREAM_SECTORS, size)
    ).ljust(SECTOR, b"\0")
    info = struct.pack("<HHI", 4, 4, 0x40).ljust(size, b"\0")
    return header + table + directory + info + rng.randbytes(size)


def entry(name: str, kind: int, first: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    """One directory entry of a compound file, 128 bytes."""
    encoded = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIQ", encoded, len(encoded) + 2, kind, 1, FREE, right, child, 0, first, size)
