with entries as (
    {{ accepted_rows('inspections') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.inspection_no,
        entries.inspected_code,

        -- when
        entries._period as period,
        entries.inspected_on,

        -- what
        entries.inspection_kind,

        -- measures
        entries.problems_found,
        entries.problems_resolved,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
