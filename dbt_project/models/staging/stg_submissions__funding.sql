with entries as (
    {{ accepted_rows('funding') }}
),

renamed as (
    select
        -- ids
        entries._office_key as reporter_key,
        entries.voucher_no,
        entries.funding_kind,

        -- when
        entries._period as period,
        entries.booked_on,
        entries.budget_year,

        -- what
        entries.fund_source,
        entries.purpose,
        entries.counterparty_code,

        -- measures
        entries.amount_yuan,

        -- lineage
        entries._revision as told_revision,
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
)

select * from renamed
