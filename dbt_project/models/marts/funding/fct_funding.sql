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
    budget_year::integer as budget_year,
    counted_in,

    -- what
    fund_source,
    purpose,
    is_matched,
    other_booked_on,
    other_amount_yuan,

    -- measures
    amount_yuan,
    case
        when funding_kind in ('transfer_out', 'spending') then -amount_yuan
        else amount_yuan
    end::numeric(18, 2) as signed_amount_yuan,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_transfers_matched') }}
where {{ in_scope() }}
