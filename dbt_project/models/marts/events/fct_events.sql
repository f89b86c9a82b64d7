select
    -- ids
    office_key,
    event_key,
    organiser_code,
    event_no,
    organiser_key,
    is_organiser,
    office_key || '/' || project_no as project_key,
    office_key || '/' || site_no as site_key,
    office_key || '/' || team_no as team_key,

    -- when
    period,
    started_on,
    ended_on,
    started_at,
    ended_at,

    -- what
    title,
    event_kind,
    theme,
    project_no,
    team_no,
    site_no,

    -- measures
    attendees,
    volunteers,
    beneficiaries,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_events_deduplicated') }}
where {{ in_scope() }}
