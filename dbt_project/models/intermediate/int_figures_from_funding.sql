{#- A budget counts in the nearest month of its year: on its first or last day where it was booked outside of it. -#}
with vouchers as (
    select
        *,
        case
            when to_char(booked_on, 'YYYY-MM') = counted_in then booked_on
            when booked_on < to_date(counted_in, 'YYYY-MM') then make_date(budget_year, 1, 1)
            else make_date(budget_year, 12, 31)
        end as counted_on
    from {{ ref('fct_funding') }}
),

moves as (
    select
        vouchers.office_key,
        figures.indicator,
        figures.day,
        figures.change
    from vouchers
    cross join lateral (
        values
        {%- for indicator, predicate in funding_indicators().items() %}
        ('{{ indicator }}', vouchers.counted_on, case when {{ predicate }} then vouchers.amount_yuan end),
        {%- endfor %}
        ('funding_balance_yuan', vouchers.counted_on, vouchers.signed_amount_yuan),
        (
            'funding_unmatched_yuan',
            vouchers.counted_on,
            case
                when not vouchers.is_matched or vouchers.other_booked_on > vouchers.counted_on then vouchers.amount_yuan
                else 0
            end
        ),
        (
            'funding_unmatched_yuan',
            vouchers.other_booked_on,
            case when vouchers.other_booked_on > vouchers.counted_on then -vouchers.amount_yuan end
        ),
        {#- By how much the two ends differ, from the day on which both are booked: once, at the payer. #}
        (
            'funding_unmatched_yuan',
            greatest(vouchers.counted_on, vouchers.other_booked_on),
            case
                when vouchers.is_matched and vouchers.funding_kind = 'transfer_out'
                    then nullif(abs(vouchers.amount_yuan - vouchers.other_amount_yuan), 0)
            end
        )
    ) as figures (indicator, day, change)
    where figures.change is not null
)

{#- A change of zero stays: it says that something is known of the day. #}
select
    office_key,
    indicator,
    day,
    sum(change)::numeric(38, 2) as change,
    null::bigint as of_count
from moves
group by office_key, indicator, day
