with vouchers as (
    select
        *,
        to_char(other_booked_on, 'YYYY-MM') as other_counted_in
    from {{ ref('fct_funding') }}
    where {{ in_touched_offices('funding') }}
),

moves as (
    {%- for indicator, predicate in funding_indicators().items() %}
    select
        office_key,
        '{{ indicator }}' as indicator,
        counted_in as period,
        amount_yuan as change
    from vouchers
    where {{ predicate }}
    union all
    {%- endfor %}
    select
        office_key,
        'funding_balance_yuan' as indicator,
        counted_in as period,
        signed_amount_yuan as change
    from vouchers
    union all
    select
        office_key,
        'funding_unmatched_yuan' as indicator,
        counted_in as period,
        case when not is_matched or other_counted_in > counted_in then amount_yuan else 0 end as change
    from vouchers
    union all
    select
        office_key,
        'funding_unmatched_yuan' as indicator,
        other_counted_in as period,
        -amount_yuan as change
    from vouchers
    where other_counted_in > counted_in
)

{#- A change of zero stays: it says that something is known of the month. #}
select
    office_key,
    indicator,
    period,
    sum(change)::numeric(18, 2) as change
from moves
group by office_key, indicator, period
