with entries as (
    {{ accepted_rows('totals') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.indicator,

        -- when
        entries._period as period,
        entries.from_date,
        entries.to_date,

        -- measures
        entries.value as claimed_value,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
