with internal as (
    select
        places.ancestor_key as office_key,
        to_char(transfers.booked_on, 'YYYY-MM') as period,
        transfers.funding_kind,
        transfers.fund_source,
        transfers.purpose,
        transfers.amount_yuan * {{ share_within('places', 'others') }} as amount_yuan
    from {{ ref('fct_funding') }} as transfers
    inner join {{ ref('int_trees') }} as trees
        on transfers.booked_on between trees.reported_from and trees.reported_to
    inner join {{ ref('int_offices_in_trees') }} as places
        on trees.tree_no = places.tree_no and transfers.office_key = places.office_key
    inner join {{ ref('int_offices_in_trees') }} as others
        on
            places.tree_no = others.tree_no
            and transfers.counterparty_key = others.office_key
            and places.ancestor_key = others.ancestor_key
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
    where {{ predicate }} and amount_yuan <> 0
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    office_key,
    indicator,
    period,
    sum(change) as change
from netted
group by office_key, indicator, period
