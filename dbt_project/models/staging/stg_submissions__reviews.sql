with entries as (
    {{ accepted_rows('reviews') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.reviewed_code,
        entries.dataset,
        entries.reviewed_period,
        entries.revision,

        -- when
        entries._period as period,
        entries.reviewed_on,

        -- what
        entries.decision,
        entries.reason,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
