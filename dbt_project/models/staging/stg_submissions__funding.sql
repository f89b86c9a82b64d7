with entries as (
    select * from {{ source('raw', 'funding') }}
),

counted as (
    select
        period,
        submission_id
    from {{ source('ledger', 'slices') }}
    where dataset = 'funding'
),

renamed as (
    select
        -- ids
        entries._office_key as office_key,
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
        entries._submission_id as submission_id,
        entries._sheet as source_sheet,
        entries._row as source_row
    from entries
    inner join counted on entries._period = counted.period and entries._submission_id = counted.submission_id
)

select * from renamed
