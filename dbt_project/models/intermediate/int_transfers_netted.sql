with internal as (
    select
        above.ancestor_key as office_key,
        transfers.counted_in as period,
        transfers.funding_kind,
        transfers.fund_source,
        transfers.purpose,
        transfers.amount_yuan
    from {{ ref('fct_funding') }} as transfers
    inner join {{ ref('int_offices_with_ancestors') }} as above
        on transfers.office_key = above.office_key
    inner join {{ ref('int_offices_with_ancestors') }} as above_counterparty
        on
            transfers.counterparty_key = above_counterparty.office_key
            and above.ancestor_key = above_counterparty.ancestor_key
    where transfers.funding_kind in ('transfer_in', 'transfer_out')
),

netted as (
    {%- for indicator, predicate in netted_indicators().items() %}
    select
        office_key,
        '{{ indicator }}' as indicator,
        period,
        -amount_yuan as change
    from internal
    where {{ predicate }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    office_key,
    indicator,
    period,
    sum(change)::numeric(18, 2) as change
from netted
group by office_key, indicator, period
