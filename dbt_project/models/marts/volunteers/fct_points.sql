select
    -- ids
    office_key,
    entry_no,
    holder_no,

    -- when
    period,
    booked_on,

    -- what
    holder_kind,
    reason,

    -- measures
    points::numeric(18, 2) as points,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_points_deduplicated') }}
where {{ in_scope() }}
