select
    -- ids
    office_key,
    indicator,

    -- when
    period,
    from_date,
    to_date,

    -- measures
    claimed_value::numeric(18, 2) as claimed_value,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_totals_deduplicated') }}
where {{ in_scope() }}
