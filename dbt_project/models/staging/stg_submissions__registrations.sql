with entries as (
    {{ accepted_rows('registrations') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.volunteer_no,
        entries.person_key,

        -- when
        entries._period as period,
        entries.changed_on,

        -- what
        entries.change,
        entries.has_id_number,
        entries.sex,
        extract(year from entries.birth_date)::integer as birth_year,
        entries.political_status,
        entries.team_no,
        entries.is_backbone,
        entries.guardian_consent,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
