with changes as (
    select
        *,
        case when change <> 'withdrawn' then team_no end as joined_team_no,
        lead(changed_on) over registrations as next_changed_on
    from {{ ref('fct_registrations') }}
    where {{ in_scope() }}
    window registrations as (partition by office_key, volunteer_no order by changed_on)
),

numbered as (
    select
        *,
        (joined_team_no is distinct from lag(joined_team_no) over registrations) as is_other
    from changes
    window registrations as (partition by office_key, volunteer_no order by changed_on)
),

stays as (
    select
        *,
        count(*) filter (where is_other) over (partition by office_key, volunteer_no order by changed_on) as stay_no
    from numbered
)

select
    -- ids
    person_key,
    office_key || '/' || joined_team_no as team_key,
    office_key,
    volunteer_no,
    joined_team_no as team_no,

    -- when
    min(changed_on) as valid_from,
    nullif(max(coalesce(next_changed_on - 1, 'infinity')), 'infinity') as valid_to,
    bool_or(next_changed_on is null) as is_current,

    -- lineage
    (array_agg(period order by changed_on))[1] as period,
    (array_agg(submission_id order by changed_on))[1] as submission_id,
    (array_agg(source_sheet order by changed_on))[1] as source_sheet,
    (array_agg(source_row order by changed_on))[1] as source_row
from stays
where joined_team_no is not null
group by person_key, office_key, volunteer_no, joined_team_no, stay_no
