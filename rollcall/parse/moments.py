"""Dates and times as people write them. A day that cannot be is not read, and a year is never taken for a day."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from rollcall.parse.wording import BLANKS, WHITE
from rollcall.periods import LOCAL

YEARS = range(1900, 2100)
# Spreadsheets count days from here. The one with 1900 believes in 29 February 1900: what lies before is not read.
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
FIRST_SERIAL = 61
# As a day count these are days of 1905: far more likely somebody typed a year.
LIKE_A_YEAR = range(1900, 2101)

DAY = (
    r"(?:(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"|(?P<cy>\d{4})年(?P<cm>\d{1,2})月(?P<cd>\d{1,2})[日号]"
    r"|(?P<iy>\d{4})(?P<im>\d{2})(?P<id>\d{2}))"
)
CLOCK = (
    r"(?P<h>\d{1,2})(?::(?P<min>\d{2})(?::(?P<s>\d{2})(?P<f>\.\d{1,6})?)?"
    r"|时(?:(?P<cmin>\d{1,2})分(?:(?P<cs>\d{1,2})秒)?)?)"
)
ZONE = r"(?:Z|(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2}))"
MOMENT = re.compile(rf"{DAY}(?:(?:T|\ +|(?<=[日号]))(?P<clock>{CLOCK})\ *(?P<zone>{ZONE})?)?", re.ASCII)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
AROUND_CHINESE = re.compile(r"(?<=[年月时分]) +| +(?=[年月日号时分秒])")


class NotAMoment(ValueError):
    """Not written as a date or time that we read, or a day that does not exist."""


class HasTime(ValueError):
    """A time of day where only a day belongs."""


class ClockChanged(ValueError):
    """A time that the clocks skipped when summer time began, or showed twice when it ended."""


def to_date(value: object, epoch: date = EPOCH_1900) -> date:
    """Read a day. Raises NotAMoment, or HasTime where a time of day other than midnight comes with it."""
    moment = to_moment(value, epoch)
    if moment.time() != datetime.min.time():
        raise HasTime(value)
    return moment.date()


def to_datetime(value: object, epoch: date = EPOCH_1900) -> datetime:
    """
    Read an instant, with the offset that China had then: summer time in 1986 to 1991.

    A day alone is its midnight, as in a spreadsheet. Raises NotAMoment, or ClockChanged where the time is no one
    instant; with its offset written (`+09:00`) it is one.
    """
    moment = to_moment(value, epoch)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL)
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            raise ClockChanged(value)
    return moment


def to_moment(value: object, epoch: date) -> datetime:
    """Read a day with or without time, in local time of China: aware of its zone only where one was written."""
    if isinstance(value, str):
        moment = from_text(value, epoch)
    elif isinstance(value, datetime):
        # A spreadsheet's fraction of a day is good to a second, not to a microsecond.
        moment = (value.replace(tzinfo=None) + timedelta(milliseconds=500)).replace(microsecond=0)
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        moment = from_serial(value, epoch)
    else:
        raise NotAMoment(value)
    if moment.year not in YEARS or moment.date() < EPOCH_1900 + timedelta(FIRST_SERIAL):
        raise NotAMoment(value)
    return moment


def from_serial(value: int | float | Decimal, epoch: date) -> datetime:
    """Read a spreadsheet's count of days; eight digits, 20230815, are a day written without separators."""
    if 19_000_000 < value < 21_000_000 and value == int(value):
        return from_text(str(int(value)), epoch)
    if not FIRST_SERIAL <= value < 100_000 or value in LIKE_A_YEAR:
        raise NotAMoment(value)
    days = int(value)
    seconds = round((value - days) * 86_400)
    return datetime(epoch.year, epoch.month, epoch.day) + timedelta(days=days, seconds=seconds)


def from_text(text: str, epoch: date) -> datetime:
    """Read a date of the forms the protocol names, and a time after it."""
    text = WHITE.sub(" ", unicodedata.normalize("NFKC", text).strip(BLANKS))
    text = AROUND_CHINESE.sub("", text)
    if SERIAL.fullmatch(text):
        return from_serial(Decimal(text), epoch)
    match = MOMENT.fullmatch(text)
    if not match:
        raise NotAMoment(text)
    part = match.groupdict()
    year, month, day = (int(part[name] or part["c" + name] or part["i" + name]) for name in "ymd")
    try:
        moment = datetime(year, month, day)
        if not part["clock"]:
            return moment
        moment = moment.replace(
            hour=int(part["h"]),
            minute=int(part["min"] or part["cmin"] or 0),
            second=int(part["s"] or part["cs"] or 0),
            microsecond=int((part["f"] or ".0")[1:].ljust(6, "0")),
        )
        return moment if not part["zone"] else to_china(moment, part)
    except (ValueError, OverflowError) as error:
        raise NotAMoment(text) from error


def to_china(moment: datetime, part: dict[str, str | None]) -> datetime:
    """Turn a time of another zone into China's."""
    offset = timedelta(hours=int(part["zh"] or 0), minutes=int(part["zm"] or 0))
    zone = timezone(-offset if part["sign"] == "-" else offset) if part["sign"] else UTC
    return moment.replace(tzinfo=zone).astimezone(LOCAL)
