with vouchers as (
    select * from {{ ref('int_funding_deduplicated') }}
),

attributed as (
    select
        vouchers.*,
        {{ office_called('counterparties') }} as counterparty_key,
        vouchers.funding_kind in ('transfer_in', 'transfer_out') as is_transfer,
        case
            when
                vouchers.funding_kind = 'budget' and extract(year from vouchers.booked_on) < vouchers.budget_year
                then vouchers.budget_year || '-01'
            when
                vouchers.funding_kind = 'budget' and extract(year from vouchers.booked_on) > vouchers.budget_year
                then vouchers.budget_year || '-12'
            else to_char(vouchers.booked_on, 'YYYY-MM')
        end as counted_in
    from vouchers
    {{
        join_offices_called('counterparties', 'vouchers.counterparty_code', 'vouchers.booked_on', 'vouchers.period')
        | indent(4)
    }}
)

select * from attributed
