with vouchers as (
    select *
    from {{ ref('int_funding_attributed') }}
    where {{ in_scope() }}
),

{#- The ends that may be of one transfer with those of this run: of their numbers, and of offices that they name. #}
ends as (
    select
        *,
        row_number() over (order by submission_id, source_sheet, source_row) as end_no
    from {{ ref('int_funding_attributed') }}
    where
        is_transfer
        {%- if not is_whole() %}
        and voucher_no = any(array(select vouchers.voucher_no from vouchers where vouchers.is_transfer))
        and office_key = any(array(
            select vouchers.office_key from vouchers
            union
            select vouchers.counterparty_key from vouchers
            union
            select heirs.office_key from {{ ref('office_heirs') }} as heirs
            union
            select heirs.heir_key from {{ ref('office_heirs') }} as heirs
        ))
        {%- endif %}
),

{{ other_ends('ends') }}

select
    -- ids
    vouchers.office_key,
    vouchers.voucher_no,
    vouchers.funding_kind,
    vouchers.counterparty_key,
    vouchers.counterparty_code,

    -- when
    vouchers.period,
    vouchers.booked_on,
    vouchers.budget_year::integer as budget_year,
    vouchers.counted_in,

    -- what
    vouchers.fund_source,
    vouchers.purpose,
    case when vouchers.is_transfer then others.submission_id is not null end as is_matched,
    others.booked_on as other_booked_on,
    others.amount_yuan as other_amount_yuan,

    -- measures
    vouchers.amount_yuan,
    case
        when vouchers.funding_kind in ('transfer_out', 'spending') then -vouchers.amount_yuan
        else vouchers.amount_yuan
    end::numeric(18, 2) as signed_amount_yuan,

    -- lineage
    vouchers.submission_id,
    vouchers.source_sheet,
    vouchers.source_row
from vouchers
left join others
    on
        vouchers.submission_id = others.submission_id
        and vouchers.source_sheet = others.source_sheet
        and vouchers.source_row = others.source_row
