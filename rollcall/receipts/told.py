"""What a marked workbook tells its office: the marks, and the head of its first sheet."""

import re
from collections.abc import Sequence
from typing import Any

from rollcall.datasets import datasets
from rollcall.periods import LOCAL
from rollcall.receipts.receipt import Judged, Reason, Verdict

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_MARKS = 10_000  # in one workbook
KINDS = {"regular": "月报", "correction": "更正", "backlog": "补报"}
OUTCOMES = {"accepted": "已接受", "partly_accepted": "部分接受", "turned_away": "未接受", "unchanged": "没有变化"}
DROPPED = re.compile(r"[0-9]{1,5}-(regular|correction|backlog)\.xlsx", re.IGNORECASE)
# Nothing here may lose data when it is followed.
MEND = (
    "怎样改：",
    "1. 标红的地方必须改正；标黄的请核对，确实无误的不必改。可以直接在本文件里改，改好后作为下一版报送{named}。",
    "2. 下一版里的每张报表都要完整，正确的行也要留着：新的一版会整张替换上一版，不是追加。",
    "3. 不改的报表可以整张删去不报，上一版继续有效。本工作表不是报表，留着或删去都可以。",
)
CHECK = (
    "标黄的请核对：确实无误的不必处理；有误的请改好，把这张报表完整地作为下一版报送{named}（新的一版会整张替换上一版，不是追加）。",
)


def is_workbook(judged: Judged) -> bool:
    return judged.media_type == XLSX or judged.filename.lower().endswith(".xlsx")


def turned_away(judged: Judged) -> list[Verdict]:
    """Datasets turned away as a whole; one of which every row is held is marked row by row."""
    return [one for one in judged.verdicts if one.outcome == "turned_away" and one.reason and not one.received]


def marks_are_due(judged: Judged) -> bool:
    """Whether there is anything to mark: in a file that could not be read at all there is not."""
    return is_workbook(judged) and bool(judged.reasons or turned_away(judged))


def marks_of(judged: Judged, reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """
    What to mark in the workbook of *judged*: at most MOST_MARKS, sheet by sheet and row by row.

    A dataset turned away as a whole is told at A1 of its sheet. `column` is the header as the form has it.
    """
    order = list(datasets())
    marks: list[dict[str, Any]] = [
        {"dataset": verdict.dataset, "sheet": datasets()[verdict.dataset].sheet_zh, "row": None, "cell": None,
         "column": None, "severity": "critical", "text": verdict.reason}
        for verdict in turned_away(judged)
    ]  # fmt: skip
    for reason in reasons[: MOST_MARKS - len(marks)]:
        marks.append(
            {"dataset": reason.dataset, "sheet": reason.sheet, "row": reason.row, "cell": reason.cell,
             "column": label_of(reason), "severity": reason.severity, "text": reason.text}
        )  # fmt: skip
    return sorted(marks, key=lambda mark: (order.index(mark["dataset"]), mark["row"] or 0))


def label_of(reason: Reason) -> str | None:
    columns = datasets()[reason.dataset].columns
    return next((column.label for column in columns if column.name == reason.column_name), None)


def front_of(judged: Judged, office_code: str, marks: int) -> dict[str, Any]:
    """The head of the first sheet, above the list of so many *marks*; `datasets` are its table, line by line."""
    received_at = judged.received_at.astimezone(LOCAL)
    lines = [
        f"报送单位 {office_code}，收到时间 {received_at:%Y-%m-%d %H:%M}。",
        f"结果：{OUTCOMES[judged.outcome]}。",
    ]
    if judged.not_read:
        lines.append(f"没有读取：{'；'.join(judged.not_read)}。")
    has_held = any(verdict.held or verdict.outcome == "turned_away" for verdict in judged.verdicts)
    lines += [line.format(named=next_name(judged)) for line in (MEND if has_held else CHECK)]
    total = judged.reasons_total + len(turned_away(judged))
    return {
        "title": f"回执：{judged.period} 第 {judged.revision} 版（{KINDS[judged.kind]}）",
        "revision": judged.revision,
        "lines": lines,
        "datasets": [line_of(verdict) for verdict in judged.verdicts],
        "marks": heading(total, marks),
    }


def next_name(judged: Judged) -> str:
    """How to name the next revision in a drop folder, where a file under our own name would be passed over."""
    if not DROPPED.fullmatch(judged.filename):
        return ""
    return f"，另存为 {judged.revision + 1}-{judged.kind}.xlsx"


def line_of(verdict: Verdict) -> list[str | int]:
    counts = [verdict.received, verdict.accepted, verdict.held]
    return [datasets()[verdict.dataset].sheet_zh, OUTCOMES[verdict.outcome], *counts, verdict.reason or ""]


def heading(total: int, marks: int) -> str:
    """How many there are, and whether all are listed."""
    how = "点“单元格”一列可以跳到那一处"
    if total <= marks:
        return f"共 {total:,} 处需要改正或核对，{how}："
    first = f"共 {total:,} 处需要改正或核对，本文件只标出并列出其中最要紧的 {marks:,} 处"
    return f"{first}，{how}；其余的请改完这些再报后查看："
