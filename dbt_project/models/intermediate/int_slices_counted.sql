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
        expected.due_at is not null as is_expected,
        accepted.submission_id is not null as is_accepted
    from {{ source('ledger', 'expected_slices') }} as expected
    full join {{ source('ledger', 'slices') }} as accepted using (period, office_key, dataset)
),

first_accepted as (
    select
        office_key,
        dataset,
        min(period) as period
    from {{ source('ledger', 'slices') }}
    group by office_key, dataset
),

told as (
    select
        office_key,
        dataset,
        period,
        (is_expected)::integer as expected,
        (is_expected and is_accepted)::integer as accepted,
        (is_accepted)::integer as told,
        0 as told_by_then
    from slices
    union all
    select
        first_accepted.office_key,
        months.dataset,
        months.period,
        0 as expected,
        0 as accepted,
        0 as told,
        1 as told_by_then
    from {{ ref('int_months_asked') }} as months
    inner join first_accepted on months.dataset = first_accepted.dataset and months.period >= first_accepted.period
),

counted as (
    select
        above.ancestor_key as office_key,
        told.dataset,
        told.period,
        sum(told.expected)::integer as slices_expected,
        sum(told.accepted)::integer as slices_accepted,
        sum(told.told) > 0 as is_told,
        sum(told.told_by_then) > 0 as is_told_by_then
    from told
    inner join {{ ref('int_months_asked') }} as months
        on told.dataset = months.dataset and told.period = months.period
    inner join {{ ref('int_offices_in_trees') }} as above
        on months.tree_no = above.tree_no and told.office_key = above.office_key
    group by above.ancestor_key, told.dataset, told.period
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
    months.last_day,
    months.tree_no,
    coalesce(counted.slices_expected, 0) as slices_expected,
    coalesce(counted.slices_accepted, 0) as slices_accepted,
    coalesce(counted.is_told, false) as is_told,
    coalesce(counted.is_told_by_then, false) as is_told_by_then,
    witnesses.witness
from {{ ref('int_months_asked') }} as months
inner join witnesses on months.dataset = witnesses.dataset
inner join {{ ref('int_offices_counted') }} as offices on months.tree_no = offices.tree_no
left join counted
    on
        offices.office_key = counted.office_key
        and months.dataset = counted.dataset
        and months.period = counted.period
