select
    -- ids
    office_key,
    model_no,

    -- when
    period,
    selected_on,

    -- what
    model_kind,
    honour_level,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_role_models_deduplicated') }}
where {{ in_scope() }}
