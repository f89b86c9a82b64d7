with entries as (
    {{ accepted_rows('points') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.entry_no,
        entries.holder_no,

        -- when
        entries._period as period,
        entries.booked_on,

        -- what
        entries.holder_kind,
        entries.reason,

        -- measures
        entries.points,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
