with entries as (
    select *
    from {{ ref('int_services_deduplicated') }}
    where {{ in_scope() }}
),

registered as (
    select distinct
        office_key,
        volunteer_no,
        person_key
    from {{ ref('fct_registrations') }}
    where {{ has_value_in_scope('office_key') }}
),

identified as (
    select
        entries.*,
        registered.person_key
    from entries
    left join registered
        on entries.office_key = registered.office_key and entries.volunteer_no = registered.volunteer_no
),

{#- What another registration of the same person tells of the same event and day, when that is the one that counts. #}
told_elsewhere as (
    select distinct
        identified.office_key,
        identified.volunteer_no,
        identified.event_key,
        identified.served_on
    from identified
    inner join {{ ref('fct_registrations') }} as others
        on
            identified.person_key = others.person_key
            and (identified.office_key, identified.volunteer_no) <> (others.office_key, others.volunteer_no)
    inner join {{ ref('int_services_deduplicated') }} as told
        on
            others.office_key = told.office_key
            and others.volunteer_no = told.volunteer_no
            and identified.event_no = told.event_no
            and identified.event_key = told.event_key
            and identified.served_on = told.served_on
    where
        (not told.is_organiser, told.office_key, told.volunteer_no)
        < (not identified.is_organiser, identified.office_key, identified.volunteer_no)
)

select
    -- ids
    identified.office_key,
    identified.volunteer_no,
    identified.event_key,
    identified.person_key,
    identified.organiser_code,
    identified.event_no,
    identified.organiser_key,
    identified.is_organiser,

    -- when
    identified.period,
    identified.served_on,

    -- measures
    identified.hours::numeric(5, 2) as hours,
    told_elsewhere.office_key is null as is_counted,

    -- lineage
    identified.submission_id,
    identified.source_sheet,
    identified.source_row
from identified
left join told_elsewhere
    on
        identified.office_key = told_elsewhere.office_key
        and identified.volunteer_no = told_elsewhere.volunteer_no
        and identified.event_key = told_elsewhere.event_key
        and identified.served_on = told_elsewhere.served_on
