{{ config(materialized='reader_view') }}

with changes as (
    select
        *,
        lead(changed_on) over registrations - 1 as unchanged_to
    from {{ ref('fct_registrations') }}
    window registrations as (partition by office_key, volunteer_no order by changed_on)
)

select
    -- ids
    office_key,
    volunteer_no,
    person_key,

    -- when
    changed_on as valid_from,
    unchanged_to as valid_to,
    unchanged_to is null as is_current,

    -- what
    team_no,
    is_backbone,

    -- lineage
    period,
    submission_id,
    source_sheet,
    source_row
from changes
where change <> 'withdrawn'
