"""Files as offices send them, of clean rows and what a test changes in them. No row is of a real person."""

import csv
import io
import json
from typing import Any

import openpyxl

from rollcall.datasets import datasets

ID_NUMBER, NAME, PHONE = "11010519491231002X", "示例志愿者甲", "10012345678"
CLEAN: dict[str, dict[str, Any]] = {
    "units": {"unit_no": "U{}", "unit_name": "示例小学{}", "unit_kind": "campus", "honour_level": "municipal",
              "honour_session": "第七届", "credit_code": "91110000600037341L"},
    "registrations": {"volunteer_no": "V{}", "changed_on": "2023-07-09", "change": "new", "id_number": ID_NUMBER,
                      "name": NAME, "phone": PHONE, "birth_date": "1949-12-31"},
    "events": {"event_no": "E{}", "title": "示例活动{}", "event_kind": "talk", "organiser_code": "990100000000",
               "started_at": "2023-07-09T09:00:00+08:00", "attendees": 30},
    "funding": {"voucher_no": "F{}", "funding_kind": "spending", "fund_source": "county", "purpose": "events",
                "amount_yuan": "12.50", "booked_on": "2023-07-09", "budget_year": 2023},
    "sites": {"site_no": "S{}", "site_name": "示例站{}", "site_kind": "station", "area_m2": "80.25",
              "opened_on": "2020-05-01", "site_status": "active"},
    "teams": {"team_no": "T{}", "team_name": "示例队{}", "team_tier": "squad", "registered_on": "2020-05-01",
              "team_status": "active"},
    "projects": {"project_no": "P{}", "project_name": "示例项目{}", "project_kind": "service",
                 "started_on": "2021-03-05", "project_status": "active"},
    "services": {"volunteer_no": "V{}", "event_no": "E1", "organiser_code": "990100000000",
                 "served_on": "2023-07-09", "hours": "2.5"},
    "needs": {"need_no": "N{}", "need_kind": "need", "raised_on": "2023-07-09", "need_status": "raised"},
    "inspections": {"inspection_no": "I{}", "inspection_kind": "special", "inspected_on": "2023-07-09",
                    "problems_found": 3, "problems_resolved": 2},
    "role_models": {"model_no": "M{}", "model_kind": "good_person", "honour_level": "county",
                    "selected_on": "2023-07-09", "name": NAME},
    "points": {"entry_no": "L{}", "holder_no": "H{}", "holder_kind": "person", "reason": "service", "points": "5.5",
               "booked_on": "2023-07-09"},
    "totals": {"indicator": "units", "to_date": "2023-07-{:02}", "value": 12},
    "reviews": {"reviewed_code": "990101000000", "dataset": "units", "reviewed_period": "2023-06", "revision": "{}",
                "decision": "approve", "reviewed_on": "2023-07-09"},
}  # fmt: skip


def rows_of(dataset: str, /, count: int, first: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Clean rows with keys of their own, and what a test changes in all of them."""
    return [
        {name: value.format(number) if isinstance(value, str) else value for name, value in CLEAN[dataset].items()}
        | changes
        for number in range(first, first + count)
    ]


def as_csv(dataset: str, rows: list[dict[str, Any]]) -> bytes:
    columns = datasets()[dataset].columns
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.label for column in columns])
    writer.writerows([[row.get(column.name, "") for column in columns] for row in rows])
    return buffer.getvalue().encode()


def as_json(**found: list[dict[str, Any]]) -> bytes:
    return json.dumps({"datasets": found}).encode()


def as_xlsx(**found: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for dataset, rows in found.items():
        sheet = book.create_sheet(datasets()[dataset].sheet_zh)
        columns = datasets()[dataset].columns
        sheet.append([column.label for column in columns])
        for row in rows:
            sheet.append([row.get(column.name) for column in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
