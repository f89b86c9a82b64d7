with entries as (
    {{ accepted_rows('services') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.volunteer_no,
        entries.event_no,
        entries.organiser_code,

        -- when
        entries._period as period,
        entries.served_on,

        -- measures
        entries.hours,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
