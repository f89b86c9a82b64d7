with entries as (
    {{ accepted_rows('teams') }}
),

renamed as (
    select
        -- ids
        entries._office_key as office_key,
        entries._office_key || '/' || entries.team_no as team_key,
        entries.team_no,

        -- when
        entries._period as period,
        entries.registered_on,

        -- what
        entries.team_name,
        entries.team_tier,
        entries.team_kind,
        entries.specialty,
        entries.team_status,

        -- lineage
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
