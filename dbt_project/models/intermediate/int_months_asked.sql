{#- Months asked of anyone, or accepted from anyone, of each dataset. -#}
with months as (
    select
        dataset,
        period,
        true as is_asked
    from {{ source('ledger', 'expected_slices') }}
    union
    select
        dataset,
        period,
        false as is_asked
    from {{ source('ledger', 'slices') }}
),

dated as (
    select
        dataset,
        period,
        bool_or(is_asked) as is_asked,
        (to_date(period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date as last_day
    from months
    group by dataset, period
)

select
    dated.dataset,
    dated.period,
    dated.is_asked,
    dated.last_day,
    trees.tree_no
from dated
inner join {{ ref('int_trees') }} as trees on dated.last_day between trees.reported_from and trees.reported_to
