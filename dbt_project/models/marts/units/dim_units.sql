with versions as (
    {{ dated_versions('units', registers()['units']) | indent(4) }}
)

select
    -- ids
    unit_key,
    office_key,
    unit_no,
    unit_name,
    credit_code,

    -- when
    valid_from,
    valid_to,
    valid_to is null as is_current,
    period,
    honoured_on,

    -- what
    unit_kind,
    honour_level,
    honour_session,
    honour_status,
    pool,
    alliance_kind,
    alliance_name,
    industry,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from versions
