"""How an office behaves and how it writes: pure functions of the seed and its code, for every month."""

from dataclasses import dataclass, replace
from random import Random

# What an office does, and the share that does it. No office is in two groups.
SHARES = {
    "not_found": 0.01,
    "empty_list": 0.01,
    "busy": 0.01,
    "silent": 0.01,
    "wrong_headers": 0.005,
    "truncated": 0.005,
    "encrypted": 0.005,
    "html": 0.005,
    "broken_rows": 0.05,
    "late": 0.03,
    "correction": 0.02,
}
NOT_SUBMITTED = frozenset({"not_found", "empty_list"})
TURNED_AWAY = frozenset({"wrong_headers", "truncated", "encrypted", "html"})
FAULTS = NOT_SUBMITTED | TURNED_AWAY | {"busy", "silent", "broken_rows"}
# Nothing of these offices' records reaches the warehouse.
NOTHING_ARRIVES = NOT_SUBMITTED | TURNED_AWAY | {"silent"}

PROVINCE, CAPITAL, CHENGGUAN = "620000000000", "620100000000", "620102000000"
# The province and its capital, on which every figure of the results rests.
ALWAYS_RIGHT = frozenset({PROVINCE, CAPITAL})
# The shares of offices that number records anew each month, and that give volunteers the number of the whole country.
NUMBER_ANEW, UNIFIED = 0.3, 0.35
FORMATS = {"xlsx": 50, "zip": 20, "csv": 12, "json": 18}


@dataclass(frozen=True)
class Style:
    """
    How an office writes its cells and tables.

    `dates` is native (a real date in a workbook), serial, iso, chinese, slash or dot. `digits` is plain,
    full_width or thousands. `yes_no` is the pair of words for a bool.
    """

    layout: str
    labels: bool
    dates: str
    digits: str
    yes_no: tuple[str, str]
    ten_thousands: bool
    title: bool
    shuffled: bool
    remarks: bool
    leaves_out: bool
    explains: bool
    encoding: str


@dataclass(frozen=True)
class Habits:
    """
    `conduct` is a key of SHARES, or `good`.

    `numbers_anew`: its vouchers, events and so on are numbered from 1 again each month, as in many a paper ledger.
    `has_unified_numbers`: its volunteers bear numbers that no other office gives; elsewhere number 12 is many people.
    """

    conduct: str
    format: str
    style: Style
    numbers_anew: bool
    has_unified_numbers: bool

    @property
    def fault(self) -> str | None:
        return self.conduct if self.conduct in FAULTS else None

    @property
    def arrives(self) -> bool:
        """Whether the office's records can reach the warehouse, as far as they keep the rules."""
        return self.conduct not in NOTHING_ARRIVES


def habits_of(seed: int, code: str, is_faultless: bool = False) -> Habits:
    """
    Everything that is settled about an office before its first record. *code* is the one it had at first.

    *is_faultless*: whether figures that others quote rest on it, so that it always answers, and rightly.
    """
    conduct = "good" if is_faultless else conduct_of(seed, code)
    file_format = format_of(seed, code, conduct)
    style = style_of(Random(f"{seed}:{code}:style"))
    # Keys of JSON are our names, which say yuan.
    ten_thousands = style.ten_thousands and file_format != "json"
    # A theme that is left out is one that no figure counts.
    leaves_out = style.leaves_out and not is_faultless
    style = replace(style, ten_thousands=ten_thousands, leaves_out=leaves_out)
    rng = Random(f"{seed}:{code}:numbers")
    numbers_anew, is_unified = rng.random() < NUMBER_ANEW, rng.random() < UNIFIED
    # What another office tells of one that it took over names that one's numbers, so they are nobody else's.
    return Habits(conduct, file_format, style, numbers_anew and not is_faultless, is_unified or is_faultless)


def conduct_of(seed: int, code: str) -> str:
    """The group of SHARES that an office is in, else `good`."""
    drawn = Random(f"{seed}:{code}:conduct").random()
    for conduct, share in SHARES.items():
        drawn -= share
        if drawn < 0:
            return conduct
    return "good"


def format_of(seed: int, code: str, conduct: str) -> str:
    """xlsx, zip, csv or json; where the conduct or the size asks for one, that one."""
    if code == CHENGGUAN:
        return "zip"
    if conduct == "encrypted":
        return "xlsx"
    # Only containers break when cut short, and one correction corrects all that an office sent.
    usual = {"truncated": ("xlsx", "zip"), "html": ("xlsx", "zip"), "correction": ("xlsx", "zip", "json")}
    allowed = usual.get(conduct, tuple(FORMATS))
    weights = [FORMATS[name] for name in allowed]
    return Random(f"{seed}:{code}:format").choices(allowed, weights)[0]


def style_of(rng: Random) -> Style:
    """Draw a style. Each field takes one draw, in order, whatever came before."""
    layout = rng.choices(("2023-01", "2019-01"), (85, 15))[0]
    labels = rng.random() < 0.85
    dates = rng.choices(("native", "serial", "iso", "chinese", "slash", "dot"), (45, 3, 20, 14, 12, 6))[0]
    digits = rng.choices(("plain", "full_width", "thousands"), (90, 4, 6))[0]
    yes_no = rng.choices((("是", "否"), ("true", "false"), ("1", "0"), ("√", "否")), (70, 8, 12, 10))[0]
    ten_thousands = rng.random() < 0.12
    title = rng.random() < 0.35
    shuffled = rng.random() < 0.10
    remarks = rng.random() < 0.08
    leaves_out = rng.random() < 0.12
    return Style(
        layout=layout,
        labels=labels,
        dates=dates,
        digits=digits,
        yes_no=yes_no,
        ten_thousands=ten_thousands,
        title=title,
        shuffled=shuffled,
        # A column nobody knows beside one of ours that is absent would be turned away.
        remarks=remarks and not leaves_out,
        leaves_out=leaves_out,
        explains=rng.random() < 0.15,
        encoding=rng.choices(("utf-8", "utf-8-sig", "gb18030"), (35, 30, 35))[0],
    )
