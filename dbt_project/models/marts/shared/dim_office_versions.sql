with versions as (
    select
        *,
        row_number() over (partition by office_key order by valid_from nulls first) as version_no,
        row_number() over (
            partition by office_key
            order by valid_to desc nulls first, valid_from desc nulls last
        ) as versions_back
    from {{ ref('offices') }}
)

select
    -- ids
    office_key,
    version_no::integer as version_no,
    code as office_code,
    name as office_name,
    level,
    parent_key,

    -- when
    valid_from,
    valid_to,
    versions_back = 1 as is_newest,

    -- what is known of it
    reports
from versions
