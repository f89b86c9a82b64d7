with events as (
    select * from {{ ref('int_events_deduplicated') }}
),

attributed as (
    select
        -- ids
        events.office_key,
        events.organiser_code,
        events.event_no,
        organisers.office_key as organiser_key,
        coalesce(organisers.office_key = events.office_key, false) as is_organiser,

        -- when
        events.period,
        (events.started_at at time zone 'Asia/Shanghai')::date as started_on,
        (events.ended_at at time zone 'Asia/Shanghai')::date as ended_on,
        events.started_at,
        events.ended_at,

        -- what
        events.title,
        events.event_kind,
        events.theme,
        events.project_no,
        events.team_no,
        events.site_no,

        -- measures
        events.attendees,
        events.volunteers,
        events.beneficiaries,

        -- lineage
        events.submission_id,
        events.source_sheet,
        events.source_row
    from events
    left join {{ ref('int_offices_called') }} as organisers
        on
            events.organiser_code = organisers.office_code
            and events.period = organisers.period
)

select * from attributed
