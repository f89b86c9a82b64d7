{#- A month that nobody was asked for counts only when a slice of it was accepted all the same. -#}
with slices as (
    select
        office_key,
        dataset,
        period,
        1 as expected,
        0 as accepted
    from {{ source('ledger', 'expected_slices') }}
    union all
    select
        office_key,
        dataset,
        period,
        0 as expected,
        1 as accepted
    from {{ source('ledger', 'slices') }}
),

asked as (
    select distinct
        dataset,
        period
    from {{ source('ledger', 'expected_slices') }}
),

counted as (
    select
        above.ancestor_key as office_key,
        slices.dataset,
        slices.period,
        sum(slices.expected)::integer as slices_expected,
        sum(slices.accepted)::integer as slices_accepted
    from slices
    inner join asked on slices.dataset = asked.dataset and slices.period = asked.period
    inner join {{ ref('int_offices_with_ancestors') }} as above on slices.office_key = above.office_key
    group by above.ancestor_key, slices.dataset, slices.period
),

{#- One indicator of each dataset, by which a figure's own completeness is found. #}
witnesses as (
    select
        dataset,
        min(indicator) as witness
    from {{ ref('int_indicators_built') }}
    group by dataset
)

select
    counted.office_key,
    counted.dataset,
    counted.period,
    counted.slices_expected,
    counted.slices_accepted,
    witnesses.witness
from counted
inner join witnesses on counted.dataset = witnesses.dataset
