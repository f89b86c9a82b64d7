"""The page of results that ends a demo: what came, whether it is what was announced, and how to look further."""

from collections.abc import Sequence

from rich.console import Console

from rollcall.local import arrivals, published, trees
from rollcall.local.airflow import USER
from rollcall.local.generated import Generated
from rollcall.local.months import FIRST, LAST
from rollcall.periods import Period
from rollcall.settings import ROOT, load_settings, setting

COLUMNS = 132  # where the page does not go to a terminal, which has a width of its own


def wide_console() -> Console:
    """A console as wide as the terminal; in a file or a pipe wide enough for a line a figure."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, COLUMNS))


def show(periods: Sequence[Period], runs: Sequence[str], console: Console) -> bool:
    """
    Print the page. True where everything holds.

    No row was lost, every published figure is reached, and provincial totals are the same in every view.
    """
    asked = str(periods[0]) if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    console.rule(f"[bold]Rollcall {asked}")
    is_whole = arrivals.show(periods, runs, console)
    is_conserved = show_history(periods, console)
    return show_published(periods, console) and is_whole and is_conserved


def show_published(periods: Sequence[Period], console: Console) -> bool:
    """Print published v. warehouse. False where a figure that the demo's offices announced is not reached."""
    is_asked = is_all_of_the_demo(periods)
    found = published.figures()
    console.print(published.table(found, is_asked))
    wrong = sum(not figure.holds for figure in found)
    if is_asked:
        held = f"{len(found) - wrong} of {len(found)} published figures hold"
        console.print(f"[red]{held}: {wrong} do not[/]" if wrong else f"[green]{held}[/]")
    return not (is_asked and wrong)


def is_all_of_the_demo(periods: Sequence[Period]) -> bool:
    """Whether every row was made that the published figures add up from: all offices, all months, all rows."""
    is_all_offices = load_settings().registry == ROOT / "dbt_project" / "registry"
    is_all_rows = float(setting("ROLLCALL_DEMO_SCALE", "1")) == 1
    return is_all_offices and is_all_rows and periods[0] <= FIRST and periods[-1] >= LAST


def show_history(periods: Sequence[Period], console: Console) -> bool:
    """Print what became of offices, and of their figures. False where a province's total depends on the view."""
    found = trees.history(periods)
    if not found.events:
        return True
    console.print("History of offices", style="italic")
    for event in found.events:
        console.print(f"  {trees.sentence(event)}", highlight=False)
    console.print(trees.table(found))
    differing = found.differing()
    for office, indicator in differing:
        console.print(f"[red]{found.names[office]}, {indicator}: the total is not the same in every view[/]")
    return not differing


def say_how_to_connect(made: Generated, console: Console) -> None:
    console.print("Ask the warehouse, as a role that may only read the marts:", highlight=False)
    console.print(f"  psql '{setting('ROLLCALL_READER_URL')}'", soft_wrap=True, highlight=False)
    console.print('  make sql Q="select * from marts.dim_offices limit 5"', highlight=False)
    console.print(
        f"Airflow  http://127.0.0.1:{made['ROLLCALL_AIRFLOW_PORT']}  user {USER}  password "
        f"{made['ROLLCALL_AIRFLOW_PASSWORD']}",
        soft_wrap=True,
        highlight=False,
    )
    console.print("Stop     make down", highlight=False)
