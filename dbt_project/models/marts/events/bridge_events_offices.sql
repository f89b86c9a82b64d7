select
    -- ids
    event_key,
    office_key,
    organiser_key,
    is_organiser,

    -- when
    period,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('fct_events') }}
where {{ was_told_in_this_run('events') }}
