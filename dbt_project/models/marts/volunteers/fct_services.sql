with entries as (
    select *
    from {{ ref('int_services_deduplicated') }}
    where {{ in_this_run('services') }}
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

{#-
    The event of that number whose days hold the day served, else the last one that had begun by then; as its organiser
    tells of it. An organiser that took others over may stand for them.
-#}
attended as (
    select
        days.*,
        coalesce(events.event_key, days.organiser || '/?/' || days.event_no) as event_key
    from days
    left join lateral (
        select begun.event_key
        from (
            select distinct on (candidates.event_key)
                candidates.event_key,
                candidates.started_on,
                candidates.ended_on,
                candidates.is_taken_over
            from (
                select
                    own.*,
                    false as is_taken_over
                from {{ ref('fct_events') }} as own
                where days.organiser_key = own.organiser_key and days.event_no = own.event_no
                union all
                select
                    unknown.*,
                    false as is_taken_over
                from {{ ref('fct_events') }} as unknown
                where
                    days.organiser_key is null
                    and unknown.organiser_key is null
                    and days.organiser_code = unknown.organiser_code
                    and days.event_no = unknown.event_no
                union all
                select
                    others.*,
                    true as is_taken_over
                from {{ ref('int_offices_taken_over') }} as taken
                inner join {{ ref('fct_events') }} as others on taken.office_key = others.organiser_key
                where
                    days.organiser_key = taken.heir_key
                    and days.period >= taken.heard_from
                    and days.event_no = others.event_no
            ) as candidates
            order by candidates.event_key asc, candidates.is_organiser desc, candidates.office_key asc
        ) as begun
        where begun.started_on <= days.served_on
        order by
            (days.served_on > coalesce(begun.ended_on, begun.started_on)) asc,
            begun.is_taken_over asc,
            begun.started_on desc,
            begun.event_key asc
        limit 1
    ) as events on true
),

{#- A number of ten characters or more is the same person wherever it serves, when one office alone registered it. -#}
unified as (
    select
        volunteer_no,
        min(person_key::text)::uuid as person_key,
        min(office_key) as office_key
    from {{ ref('fct_registrations') }}
    where volunteer_no = any(array(select entries.volunteer_no from entries where length(entries.volunteer_no) >= 10))
    group by volunteer_no
    having count(distinct office_key) = 1
),

own as (
    select distinct
        office_key,
        volunteer_no,
        person_key
    from {{ ref('fct_registrations') }}
    where {{ in_touched_offices('services') }}
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
