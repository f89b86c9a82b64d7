"""Which rows a published figure counts, as `indicators.csv` defines it. Alliances are not here: they are no rows."""

from collections.abc import Callable
from dataclasses import dataclass

from demo.records.row import Row

ACTIVE = "active"


@dataclass(frozen=True)
class Counted:
    """
    The rows of `dataset` that an indicator counts by the day in column `on`, when `counts` says so.

    `is_register`: the row stands from that day on, and is in every list.
    """

    dataset: str
    on: str
    counts: Callable[[Row], bool]
    is_register: bool = False


def always(row: Row) -> bool:
    return True


def honour(level: str) -> Counted:
    return Counted("units", "honoured_on", lambda row: row["honour_level"] == level and holds(row), True)


def holds(row: Row) -> bool:
    return bool(row["honour_level"] != "none" and row["honour_status"] not in ("revoked", "applying"))


def site(kind: str) -> Counted:
    return Counted("sites", "opened_on", lambda row: row["site_kind"] == kind and row["site_status"] == ACTIVE, True)


def team(counts: Callable[[Row], bool]) -> Counted:
    return Counted("teams", "registered_on", lambda row: counts(row) and row["team_status"] == ACTIVE, True)


def brigade(kind: str) -> Counted:
    return team(lambda row: row["team_tier"] == "brigade" and row["team_kind"] == kind)


def project(kind: str) -> Counted:
    return Counted(
        "projects", "started_on", lambda row: row["project_kind"] == kind and row["project_status"] == ACTIVE, True
    )


def events(**same: str) -> Counted:
    return Counted("events", "started_at", lambda row: all(row[name] == value for name, value in same.items()))


def solved(kind: str) -> Counted:
    return Counted("needs", "finished_on", lambda row: row["need_kind"] == kind and row["need_status"] == "done")


def funding(**same: str) -> Counted:
    return Counted("funding", "booked_on", lambda row: all(row[name] == value for name, value in same.items()))


COUNTED = {
    "units": Counted("units", "honoured_on", holds, True),
    "units_national": honour("national"),
    "units_provincial": honour("provincial"),
    "units_municipal": honour("municipal"),
    "site_centres": site("centre"),
    "site_institutes": site("institute"),
    "site_stations": site("station"),
    "site_points": site("point"),
    "site_bases": site("base"),
    "site_plazas": site("plaza"),
    "site_platforms": site("platform"),
    "teams": team(lambda row: row["team_tier"] != "organisation"),
    "team_corps": team(lambda row: row["team_tier"] == "corps"),
    "team_brigades_standing": brigade("standing"),
    "team_brigades_industry": brigade("industry"),
    "team_brigades_township": brigade("township"),
    "team_detachments": team(lambda row: row["team_tier"] == "detachment"),
    "teams_featured": team(lambda row: row["team_kind"] == "featured"),
    "volunteer_organisations": team(lambda row: row["team_tier"] == "organisation"),
    "projects": project("service"),
    "brands": project("brand"),
    "practices": project("practice"),
    "volunteers": Counted("registrations", "changed_on", always),
    "volunteers_backbone": Counted("registrations", "changed_on", always),
    "events": events(),
    "events_talk": events(event_kind="talk"),
    "events_role_model": events(event_kind="role_model"),
    "events_exhibition": events(event_kind="exhibition"),
    "events_festival": events(theme="our_festivals"),
    "events_practice_day": events(theme="practice_day"),
    "events_study": events(event_kind="study"),
    "events_dispatch": events(event_kind="dispatch"),
    "events_training": events(event_kind="training"),
    "events_party_class": events(event_kind="party_class"),
    "talk_attendees": events(event_kind="talk"),
    "dispatch_attendees": Counted("events", "started_at", lambda row: row["event_kind"] in ("dispatch", "study")),
    "event_attendees": events(),
    "event_volunteers": events(),
    "event_beneficiaries": events(),
    "needs": Counted("needs", "raised_on", lambda row: row["need_kind"] == "need"),
    "resident_problems_resolved": solved("resident_problem"),
    "creation_problems_resolved": solved("creation_problem"),
    "inspections": Counted("inspections", "inspected_on", always),
    "problems_resolved": Counted("inspections", "inspected_on", lambda row: row["problems_resolved"] > 0),
    "role_models": Counted("role_models", "selected_on", always),
    "points_redeemed": Counted("points", "booked_on", lambda row: row["reason"] == "redeemed"),
    "funding_budget_yuan": funding(funding_kind="budget"),
    "funding_in_provincial_yuan": funding(funding_kind="transfer_in", fund_source="provincial"),
    "funding_awards_out_yuan": funding(funding_kind="transfer_out", purpose="awards"),
}
