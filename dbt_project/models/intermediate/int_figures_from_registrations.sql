with states as (
    select
        office_key,
        volunteer_no,
        person_key,
        changed_on,
        (change <> 'withdrawn')::integer as registered,
        (change <> 'withdrawn' and is_backbone)::integer as backbone
    from {{ ref('fct_registrations') }}
),

presences as (
    select
        office_key,
        person_key as holder,
        changed_on as day,
        registered - coalesce(lag(registered) over registrations, 0) as volunteers,
        backbone - coalesce(lag(backbone) over registrations, 0) as volunteers_backbone
    from states
    window registrations as (partition by office_key, volunteer_no order by changed_on)
),

{#- Distinct within the office: a person may hold two registrations in one. #}
changes as (
    {{ daily_distinct('presences', ['volunteers', 'volunteers_backbone']) | indent(4) }}
)

select * from changes
