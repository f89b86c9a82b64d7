select
    -- ids
    unit_key,
    office_key,
    unit_no,

    -- when
    period,
    honoured_on,

    -- what
    unit_kind,
    honour_level,
    honour_session,
    honour_status,
    honour_level <> 'none' and coalesce(honour_status, 'kept') <> 'revoked' as is_honoured,
    pool,
    alliance_kind,
    alliance_name,
    leads_alliance,

    -- measures
    staff_count,
    assessment_score::numeric(7, 4) as assessment_score,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('stg_submissions__units') }}
where {{ in_this_run('units', reporter='office_key') }}
