with versions as (
    {{ dated_versions('projects', registers()['projects']) | indent(4) }}
)

select
    -- ids
    project_key,
    office_key,
    project_no,
    project_name,

    -- when
    valid_from,
    valid_to,
    valid_to is null as is_current,
    period,
    started_on,

    -- what
    project_kind,
    award_name,
    award_level,
    project_status,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from versions
