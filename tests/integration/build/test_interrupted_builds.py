"""A build that is cut off and tried again leaves the marts as one that never was."""

from collections.abc import Callable

import pytest

from rollcall import build
from rollcall.errors import BuildFailed
from tests.integration.build.records import Offices, expect, registration
from tests.integration.build.test_incremental_builds import build_everything, snapshot
from tests.integration.build.test_records import ask, service

LANZHOU, CHENGGUAN, JIUQUANLU, ZHANGYELU = 2, 4, 6, 7
AFTER_SERVICES = ["fct_figure_changes", "rpt_figures"]


def served() -> list[tuple]:
    return ask(
        "select indicator, value from marts.rpt_figures where office_key = 4 and period = '2023-06'"
        " and indicator in ('volunteers_served', 'service_hours') order by 1"
    )


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A build that stops after fct_services: nothing that is made of it is brought up to date."""
    invoke = build.invoke

    def stopped() -> None:
        with monkeypatch.context() as patch:

            def invoke_some(*arguments: str, **how: bool) -> build.Run:
                invoke(*arguments, "--exclude", *(f"{name}+" for name in AFTER_SERVICES), "resource_type:test", **how)
                raise BuildFailed("stopped after fct_services")

            patch.setattr(build, "invoke", invoke_some)
            with pytest.raises(BuildFailed, match="stopped"):
                build.build("2023-07")

    return stopped


def send(offices: Offices) -> None:
    """Two numbers of two streets, of whom nobody knows yet that they are one person."""
    for period in ("2023-06", "2023-07"):
        expect(CHENGGUAN, JIUQUANLU, ZHANGYELU, period=period)
    for office_key in (JIUQUANLU, ZHANGYELU):
        offices.submit(office_key, "2023-06", services=[service(1, "E1", JIUQUANLU, "2023-06-05")])
    offices.submit(JIUQUANLU, "2023-06", registrations=[registration(1, "2023-06-02", "a")])


def test_a_build_cut_off_after_the_services_is_made_good(empty: str, cut_off: Callable[[], None]) -> None:
    """A registration of July says who served in June: persons served and hours follow."""
    offices = Offices()
    send(offices)
    build.build("2023-06")
    assert served() == [("service_hours", 5), ("volunteers_served", 2)]
    offices.submit(ZHANGYELU, "2023-07", registrations=[registration(1, "2023-07-02", "a")])
    cut_off()
    assert ask("select count(distinct person_key) from marts.fct_services") == [(1,)]
    build.build("2023-07")
    assert [value for _, value in served()] == [pytest.approx(2.5), 1]
    bit_by_bit, at_once = snapshot(), build_everything()
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table


def test_what_was_corrected_while_a_build_was_cut_off_is_not_half_there(
    empty: str, cut_off: Callable[[], None]
) -> None:
    """The correction takes back what the build had begun: ledger and raw say nothing changed, half of the marts did."""
    offices = Offices()
    send(offices)
    offices.submit(ZHANGYELU, "2023-07", registrations=[])
    build.build("2023-07")
    offices.submit(ZHANGYELU, "2023-07", registrations=[registration(1, "2023-07-02", "a")])
    cut_off()
    offices.submit(ZHANGYELU, "2023-07", registrations=[])
    build.build("2023-07")
    assert [value for _, value in served()] == [5, 2]
    bit_by_bit, at_once = snapshot(), build_everything()
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table
