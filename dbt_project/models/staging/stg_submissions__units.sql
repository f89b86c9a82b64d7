with entries as (
    {{ accepted_rows('units') }}
),

renamed as (
    select
        -- ids
        entries._office_key as office_key,
        entries._office_key || '/' || entries.unit_no as unit_key,
        entries.unit_no,

        -- when
        entries._period as period,
        entries.honoured_on,

        -- what
        entries.unit_name,
        entries.credit_code,
        entries.unit_kind,
        entries.honour_level,
        entries.honour_session,
        entries.honour_status,
        entries.pool,
        entries.alliance_kind,
        entries.alliance_name,
        entries.leads_alliance,
        entries.industry,

        -- measures
        entries.staff_count,
        entries.assessment_score,

        -- lineage
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
