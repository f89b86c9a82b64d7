with versions as (
    {{ dated_versions('sites', registers()['sites']) | indent(4) }}
)

select
    -- ids
    site_key,
    office_key,
    site_no,
    site_name,

    -- when
    valid_from,
    valid_to,
    valid_to is null as is_current,
    period,
    opened_on,

    -- what
    site_kind,
    is_shared,
    site_status,

    -- measures
    area_m2::numeric(18, 2) as area_m2,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from versions
