with entries as (
    {{ accepted_rows('needs') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.need_no,

        -- when
        entries._period as period,
        entries.raised_on,
        entries.dispatched_on,
        entries.accepted_on,
        entries.finished_on,

        -- what
        entries.need_kind,
        entries.category,
        entries.channel,
        entries.need_status,
        entries.team_no,

        -- measures
        entries.rating,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
