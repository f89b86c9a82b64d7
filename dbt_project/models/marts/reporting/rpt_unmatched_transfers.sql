select
    -- ids
    office_key,
    voucher_no,
    funding_kind,
    counterparty_key,
    counterparty_code,

    -- when
    period,
    booked_on,
    other_booked_on,

    -- what
    fund_source,
    purpose,
    is_matched,

    -- measures
    amount_yuan,
    other_amount_yuan,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('fct_funding') }}
where not is_matched or amount_yuan <> other_amount_yuan
