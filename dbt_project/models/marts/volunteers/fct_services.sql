with entries as (
    select *
    from {{ ref('int_services_deduplicated') }}
    where {{ in_changed_slices('services') }}
),

days as (
    select distinct
        organiser,
        organiser_key,
        organiser_code,
        event_no,
        served_on,
        period
    from entries
),

{#- Events by who is named as their organiser: itself, or an office that took it over, from when it may tell of it. #}
candidates as (
    select
        coalesce(organiser_key::text, '?' || organiser_code) as named,
        '' as heard_from,
        false as is_taken_over,
        event_no,
        event_key,
        started_on,
        coalesce(ended_on, started_on) as last_day,
        is_organiser,
        office_key
    from {{ ref('fct_events') }}
    where {{ is_among('event_no', 'select distinct days.event_no from days') }}
    union all
    select
        taken.heir_key::text as named,
        taken.heard_from,
        true as is_taken_over,
        events.event_no,
        events.event_key,
        events.started_on,
        coalesce(events.ended_on, events.started_on) as last_day,
        events.is_organiser,
        events.office_key
    from {{ ref('int_offices_taken_over') }} as taken
    inner join {{ ref('fct_events') }} as events on taken.office_key = events.organiser_key
    where {{ is_among('events.event_no', 'select distinct days.event_no from days') }}
),

{#- Each as its organiser tells of it, or else the first of those that took part. #}
begun as (
    select distinct on (named, is_taken_over, event_key) *
    from candidates
    order by named asc, is_taken_over asc, event_key asc, is_organiser desc, office_key asc
),

{#-
    The event of that number whose days hold the day served, else the last one that had begun by then; as its organiser
    tells of it. An organiser that took others over may stand for them.
-#}
attended as (
    select distinct on (days.organiser, days.organiser_code, days.event_no, days.served_on, days.period)
        days.*,
        coalesce(begun.event_key, days.organiser || '/?/' || days.event_no) as event_key
    from days
    left join begun
        on
            days.organiser = begun.named
            and days.event_no = begun.event_no
            and days.served_on >= begun.started_on
            and days.period >= begun.heard_from
    order by
        days.organiser asc,
        days.organiser_code asc,
        days.event_no asc,
        days.served_on asc,
        days.period asc,
        (days.served_on > begun.last_day) asc,
        begun.is_taken_over asc,
        begun.started_on desc,
        begun.event_key asc
),

{#- A number of ten characters or more is the same person wherever it serves, when one office alone registered it. -#}
unified as (
    select
        volunteer_no,
        min(person_key::text)::uuid as person_key,
        min(office_key) as office_key
    from {{ ref('fct_registrations') }}
    where
        length(volunteer_no) >= 10
        and {{ is_among('volunteer_no', 'select entries.volunteer_no from entries') }}
    group by volunteer_no
    having count(distinct office_key) = 1
),

own as (
    select distinct
        office_key,
        volunteer_no,
        person_key
    from {{ ref('fct_registrations') }}
    where {{ in_changed_offices('services') }}
),

{#- A number that several offices know that were taken over is of the one that ended first. -#}
taken_over as (
    select distinct on (taken.heir_key, registrations.volunteer_no)
        taken.heir_key,
        taken.heard_from,
        registrations.office_key,
        registrations.volunteer_no,
        registrations.person_key
    from {{ ref('int_offices_taken_over') }} as taken
    inner join {{ ref('fct_registrations') }} as registrations on taken.office_key = registrations.office_key
    order by taken.heir_key, registrations.volunteer_no, taken.ended_on, taken.office_key
),

identified as (
    select
        entries.*,
        attended.event_key,
        coalesce(entries.organiser_key = entries.office_key, false) as is_organiser,
        coalesce(own.person_key, taken_over.person_key, unified.person_key) as person_key,
        coalesce(own.office_key, taken_over.office_key, unified.office_key) as registered_key
    from entries
    inner join attended
        on
            entries.organiser = attended.organiser
            and entries.organiser_code = attended.organiser_code
            and entries.event_no = attended.event_no
            and entries.served_on = attended.served_on
            and entries.period = attended.period
    left join own on entries.office_key = own.office_key and entries.volunteer_no = own.volunteer_no
    left join taken_over
        on
            entries.reporter_key = taken_over.heir_key
            and entries.volunteer_no = taken_over.volunteer_no
            and entries.period >= taken_over.heard_from
    left join unified on entries.volunteer_no = unified.volunteer_no
),

{#-
    Every slice that tells of a service on the same event and day is in this run. One that names the organiser, and one
    that names its heir, may tell of one record.
-#}
latest as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by office_key, volunteer_no, event_key, served_on
                order by period desc, told_revision desc, submission_id desc, source_row desc
            ) as tellings_after
        from identified
    ) as told
    where tellings_after = 1
),

ordered as (
    select
        *,
        row_number() over (
            partition by person_key, event_key, served_on
            order by is_organiser desc, office_key asc, volunteer_no asc
        ) as row_no
    from latest
)

select
    -- ids
    office_key,
    volunteer_no,
    event_key,
    person_key,
    registered_key,
    organiser_code,
    event_no,
    organiser_key,
    is_organiser,

    -- when
    period,
    served_on,

    -- measures
    hours::numeric(5, 2) as hours,
    person_key is null or row_no = 1 as is_counted,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from ordered
