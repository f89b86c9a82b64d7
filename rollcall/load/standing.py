"""Files of offices that by the registry of now do not stand on the period's last day: each holds itself, no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rollcall.load.group import Submission
from rollcall.offices import History, heirs_on
from rollcall.periods import Period

# Nothing to fill in anew, and nothing to lose: the bytes stay in landing, and are judged once the office stands.
GONE = (
    "按填报单位名录，{day:%Y-%m-%d}本单位不是单独的填报单位，{period} 的数据由{heirs}报送，本文件没有采用。"
    "请把本月的数据交由其报送；名录如有误，请联系上级更正，更正后本文件会重新审核，不必重报。"
)
LOST = "by the registry there is no office with key {key}: put back its line of offices.csv"


@dataclass(frozen=True)
class Standing:
    """
    Whose files are read, and whose are not.

    Args:
        codes: Of the offices that stand on the last day, by office_key.
        gone: What is told the office of a submission that does not stand, in Chinese, by submission_id.
        lost: Why a submission cannot even be answered, in English, by submission_id.
    """

    codes: dict[int, str]
    gone: dict[int, str]
    lost: dict[int, str]


def codes_on(history: History, day: date) -> dict[int, str]:
    """The code of every office that stands on *day*, by office_key."""
    return {office.office_key: office.code for office in history.versions() if office.is_valid_on(day)}


def standing(history: History, period: Period, submissions: Iterable[Submission]) -> Standing:
    """
    Sort out the files whose office does not stand on the last day of *period*.

    It did when it was asked, so the registry was changed since: a merger learnt late, or a line that went missing.
    """
    found = Standing(codes_on(history, period.last_day), {}, {})
    for submission in submissions:
        key = submission.office_key
        if key not in history.lives:
            found.lost[submission.submission_id] = LOST.format(key=key)
        elif key not in found.codes:
            found.gone[submission.submission_id] = why_gone(history, period, key)
    return found


def why_gone(history: History, period: Period, office_key: int) -> str:
    """Who reports in the place of an office, in words for it."""
    heirs = sorted(heirs_on(history, office_key, period.last_day))
    offices = {office.office_key: office for office in history.versions() if office.is_valid_on(period.last_day)}
    named = "、".join(f"“{offices[key].name}”（{offices[key].code}）" for key in heirs)
    return GONE.format(day=period.last_day, period=period, heirs=named)
