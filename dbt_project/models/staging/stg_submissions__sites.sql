with entries as (
    {{ accepted_rows('sites') }}
),

renamed as (
    select
        -- ids
        entries._office_key as office_key,
        entries._office_key || '/' || entries.site_no as site_key,
        entries.site_no,

        -- when
        entries._period as period,
        entries.opened_on,

        -- what
        entries.site_name,
        entries.site_kind,
        entries.is_shared,
        entries.site_status,

        -- measures
        entries.area_m2,

        -- lineage
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
