{{ config(materialized='table', post_hook="analyze {{ this }}") }}

with versions as (
    select
        office_key,
        parent_key,
        valid_from,
        valid_to,
        lag(parent_key) over versions as parent_before,
        lag(valid_to) over versions as valid_to_before,
        lead(valid_from) over versions as next_from
    from {{ ref('offices') }}
    window versions as (partition by office_key order by valid_from nulls first)
),

{#- Days on which an office begins, ends or hangs elsewhere; another name or code leaves the tree as it is. #}
turns as (
    select valid_from as turns_on
    from versions
    where
        valid_from is not null
        and (valid_to_before is distinct from valid_from - 1 or parent_key is distinct from parent_before)
    union
    select valid_to + 1 as turns_on
    from versions
    where valid_to is not null and next_from is distinct from valid_to + 1
),

trees as (
    select
        turns_on as tree_from,
        lead(turns_on) over (order by turns_on nulls first) - 1 as tree_to,
        row_number() over (order by turns_on nulls first) as tree_no
    from (
        select null::date as turns_on
        union all
        select turns_on from turns
    ) as beginnings
)

{#- A month is reported on the tree of its last day: what happens in it counts there. #}
select
    tree_no::integer as tree_no,
    tree_from,
    tree_to,
    coalesce(date_trunc('month', tree_from)::date, '-infinity') as reported_from,
    coalesce(date_trunc('month', tree_to + 1)::date - 1, 'infinity') as reported_to
from trees
