with events as (
    select
        *,
        (started_at at time zone 'Asia/Shanghai')::date as started_on,
        (ended_at at time zone 'Asia/Shanghai')::date as ended_on
    from {{ ref('stg_submissions__events') }}
),

attributed as (
    select
        events.*,
        {{ office_called('organisers') }} as named_key
    from events
    {{ join_offices_called('organisers', 'events.organiser_code', 'events.started_on', 'events.period') | indent(4) }}
)

select
    -- ids
    reporter_key,
    {{ organiser('named_key', 'organiser_code') }} as organiser,
    organiser_code,
    event_no,
    named_key,

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
    told_revision,
    submission_id,
    source_sheet,
    source_row
from attributed
