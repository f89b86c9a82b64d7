with entries as (
    {{ accepted_rows('events') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.organiser_code,
        entries.event_no,

        -- when
        entries._period as period,
        entries.started_at,
        entries.ended_at,

        -- what
        entries.title,
        entries.event_kind,
        entries.theme,
        entries.project_no,
        entries.team_no,
        entries.site_no,

        -- measures
        entries.attendees,
        entries.volunteers,
        entries.beneficiaries,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
