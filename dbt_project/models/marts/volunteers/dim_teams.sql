with versions as (
    {{ dated_versions('teams', registers()['teams']) | indent(4) }}
)

select
    -- ids
    team_key,
    office_key,
    team_no,
    team_name,

    -- when
    valid_from,
    valid_to,
    valid_to is null as is_current,
    period,
    registered_on,

    -- what
    team_tier,
    team_kind,
    specialty,
    team_status,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from versions
