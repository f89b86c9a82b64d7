{{ config(
    materialized='table',
    indexes=[{'columns': ['office_key', 'dataset', 'period'], 'unique': true}],
    post_hook="analyze {{ this }}",
) }}

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

months as (
    select
        dataset,
        period,
        sum(expected) > 0 as is_asked
    from slices
    group by dataset, period
),

counted as (
    select
        above.ancestor_key as office_key,
        slices.dataset,
        slices.period,
        sum(slices.expected)::integer as slices_expected,
        sum(slices.accepted)::integer as slices_accepted
    from slices
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
    offices.office_key,
    months.dataset,
    months.period,
    months.is_asked,
    coalesce(counted.slices_expected, 0) as slices_expected,
    coalesce(counted.slices_accepted, 0) as slices_accepted,
    witnesses.witness
from months
inner join witnesses on months.dataset = witnesses.dataset
cross join {{ ref('int_offices_counted') }} as offices
left join counted
    on
        offices.office_key = counted.office_key
        and months.dataset = counted.dataset
        and months.period = counted.period
