with inspections as (
    select *
    from {{ ref('int_inspections_deduplicated') }}
    where {{ in_scope() }}
)

select
    -- ids
    inspections.office_key,
    inspections.inspection_no,
    {{ office_called('inspected') }} as inspected_key,
    inspections.inspected_code,

    -- when
    inspections.period,
    inspections.inspected_on,

    -- what
    inspections.inspection_kind,

    -- measures
    inspections.problems_found,
    inspections.problems_resolved,

    -- lineage
    inspections.submission_id,
    inspections.source_sheet,
    inspections.source_row
from inspections
{{ join_offices_called('inspected', 'inspections.inspected_code', 'inspections.inspected_on', 'inspections.period') }}
