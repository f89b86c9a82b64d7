with entries as (
    {{ accepted_rows('role_models') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.model_no,

        -- when
        entries._period as period,
        entries.selected_on,

        -- what
        entries.model_kind,
        entries.honour_level,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
