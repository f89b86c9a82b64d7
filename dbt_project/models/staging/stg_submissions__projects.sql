with entries as (
    {{ accepted_rows('projects') }}
),

renamed as (
    select
        -- ids
        entries._office_key as office_key,
        entries._office_key || '/' || entries.project_no as project_key,
        entries.project_no,

        -- when
        entries._period as period,
        entries.started_on,

        -- what
        entries.project_name,
        entries.project_kind,
        entries.award_name,
        entries.award_level,
        entries.project_status,

        -- lineage
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
