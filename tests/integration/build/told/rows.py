"""Rows of the told cases: what a case does not say is as plain as can be."""

from datetime import date, timedelta
from typing import Any

from tests.integration.build import records
from tests.integration.build.records import PERSON, voucher

Cells = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(text)


def unit(number: str, **cells: Any) -> Cells:
    return {"unit_no": number, "unit_name": number, "unit_kind": "unit", "honour_level": "none"} | cells


def site(number: str, **cells: Any) -> Cells:
    return {"site_no": number, "site_name": number, "site_kind": "station", "site_status": "active"} | cells


def team(number: str, **cells: Any) -> Cells:
    return {"team_no": number, "team_name": number, "team_tier": "squad", "team_status": "active"} | cells


def project(number: str, **cells: Any) -> Cells:
    return {"project_no": number, "project_name": number, "project_kind": "brand", "project_status": "active"} | cells


def registration(number: str, on: str, person: str, change: str = "new", **cells: Any) -> Cells:
    return {
        "volunteer_no": number,
        "changed_on": day(on),
        "change": change,
        "person_key": PERSON[person],
        "has_id_number": True,
    } | cells


def event(number: str, organiser_code: str, on: str, days: int = 1, **cells: Any) -> Cells:
    told = records.event(number, organiser_code, on, **cells)
    return told | {"ended_at": None if days == 1 else told["started_at"] + timedelta(days=days - 1)}


def service(volunteer_no: str, event_no: str, organiser_code: str, on: str, hours: str = "2") -> Cells:
    return {
        "volunteer_no": volunteer_no,
        "event_no": event_no,
        "organiser_code": organiser_code,
        "served_on": day(on),
        "hours": hours,
    }


def need(number: str, raised: str, finished: str | None = None, **cells: Any) -> Cells:
    return {
        "need_no": number,
        "need_kind": "need",
        "raised_on": day(raised),
        "finished_on": day(finished) if finished else None,
        "need_status": "done" if finished else "raised",
    } | cells


def paid(number: str, amount: str, on: str, to: str, **cells: Any) -> Cells:
    return voucher(number, "transfer_out", amount, on, to, **cells)


def got(number: str, amount: str, on: str, of: str, **cells: Any) -> Cells:
    return voucher(number, "transfer_in", amount, on, of, **cells)


def inspection(number: str, on: str, resolved: int = 1) -> Cells:
    return {
        "inspection_no": number,
        "inspection_kind": "supervision",
        "inspected_on": day(on),
        "inspected_code": None,
        "problems_found": 9,
        "problems_resolved": resolved,
    }


def role_model(number: str, on: str) -> Cells:
    return {"model_no": number, "model_kind": "good_person", "honour_level": "county", "selected_on": day(on)}


def points(number: str, reason: str, amount: str, on: str, **cells: Any) -> Cells:
    return {
        "entry_no": number,
        "holder_no": "H1",
        "holder_kind": "household",
        "reason": reason,
        "points": amount,
        "booked_on": day(on),
    } | cells
