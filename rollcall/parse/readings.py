"""What goes into the reading process and what comes out of it."""

from dataclasses import dataclass
from typing import Any

# Advice that loses nothing when it is followed: a revision replaces whole datasets, so that parts of one dataset
# sent one after the other would leave the last alone; datasets sent in files of their own all stand.
WHOLE = "同一张报表不要拆成几版报送：后一版会整张替换前一版。"
SMALLER = (
    f"可以把报表存成 csv 放进 zip 报送，或把不同的报表分成几个文件，各作一版。{WHOLE}"
    "仍然超过的，请联系数据接收方调高上限。"
)
TOO_MANY_ROWS = (
    f"超过 {{most:,}} 行，是一张报表的上限。请核对是否有重复或多余的行。{WHOLE}确实超过的，请联系数据接收方调高上限。"
)


@dataclass(frozen=True)
class Job:
    """One landed file to read. `path` is where its bytes are, `filename` what the office called it."""

    submission_id: int
    office_key: int
    office_code: str
    period: str
    kind: str
    filename: str
    path: str


@dataclass(frozen=True)
class DatasetReading:
    """
    What was read of one dataset.

    `sheet` is the sheet's, member's or file's name as the office wrote it; in JSON the dataset's word.
    `trouble` is why the dataset is turned away, in Chinese; then there are no rows and no file.
    `columns` maps our column to its letter (None in JSON) and the header as the office wrote it.
    """

    sheet: str
    rows: int
    trouble: str | None
    columns: dict[str, tuple[str | None, str]]


@dataclass(frozen=True)
class Reading:
    """
    What was read of one file. `trouble` turns the whole file away; `not_read` names what nobody knows.

    `crash` is an error of our own: nothing is said of the file then, and it stays to be read.
    """

    submission_id: int
    trouble: str | None
    not_read: list[str]
    datasets: dict[str, DatasetReading]
    crash: str | None = None

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> "Reading":
        """Rebuild from what `dataclasses.asdict` gave, after a journey through JSON."""
        datasets = {
            name: DatasetReading(
                found["sheet"],
                found["rows"],
                found["trouble"],
                {column: (letter, header) for column, (letter, header) in found["columns"].items()},
            )
            for name, found in message["datasets"].items()
        }
        return cls(message["submission_id"], message["trouble"], message["not_read"], datasets, message["crash"])


class FileTurnedAway(Exception):
    """Nothing of the file can be read; the message says why, in Chinese, and what to do."""


class DatasetTurnedAway(Exception):
    """One dataset of the file cannot be read; the message says why, in Chinese, and what to do."""


@dataclass(frozen=True)
class Limits:
    """Where reading a file stops."""

    file_bytes: int
    unpacked_bytes: int
    rows: int
    cpu_seconds: int
