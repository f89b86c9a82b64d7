select
    -- ids
    office_key,
    need_no,
    office_key || '/' || team_no as team_key,

    -- when
    period,
    raised_on,
    dispatched_on,
    accepted_on,
    finished_on,

    -- what
    need_kind,
    category,
    channel,
    need_status,
    team_no,

    -- measures
    dispatched_on - raised_on as days_to_dispatch,
    accepted_on - dispatched_on as days_to_accept,
    finished_on - accepted_on as days_to_serve,
    finished_on - raised_on as days_to_finish,
    rating,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_needs_deduplicated') }}
where {{ in_scope() }}
