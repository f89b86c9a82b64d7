with latest as (
    {{ latest_reports('events', records()['events']) | indent(4) }}
),

{#- An heir that names itself as the organiser of what another office organised. #}
organised as (
    select
        *,
        case when named_key = reporter_key then office_key else named_key end as organiser_key
    from latest
)

select
    -- ids
    office_key,
    reporter_key,
    {{ event_key(organiser('organiser_key', 'organiser_code'), 'started_on', 'event_no') }} as event_key,
    organiser_code,
    event_no,
    organiser_key,
    coalesce(organiser_key = office_key, false) as is_organiser,

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
from organised
