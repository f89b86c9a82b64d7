{{ config(
    materialized='table',
    indexes=[
        {'columns': ['tree_no', 'ancestor_key', 'office_key'], 'unique': true},
        {'columns': ['tree_no', 'office_key', 'ancestor_key'], 'unique': true},
        {'columns': ['office_key']},
    ],
    post_hook="analyze {{ this }}",
) }}

{#- Within one tree an office stands all the time or not at all, under the same parent. #}
with standing as (
    select distinct
        trees.tree_no,
        offices.office_key,
        offices.parent_key
    from {{ ref('int_trees') }} as trees
    inner join {{ ref('offices') }} as offices
        on
            coalesce(offices.valid_from, '-infinity') <= coalesce(trees.tree_to, 'infinity')
            and coalesce(offices.valid_to, 'infinity') >= coalesce(trees.tree_from, '-infinity')
),

placed as (
    select
        tree_no,
        office_key,
        office_key as heir_key,
        1.0 as share
    from standing
    union all
    select
        trees.tree_no,
        heirs.office_key,
        heirs.heir_key,
        heirs.share
    from {{ ref('int_trees') }} as trees
    inner join {{ ref('office_heirs') }} as heirs
        on
            coalesce(heirs.from_day, '-infinity') <= coalesce(trees.tree_to, 'infinity')
            and coalesce(heirs.to_day, 'infinity') >= coalesce(trees.tree_from, '-infinity')
),

paths as (
    select
        standing.tree_no,
        standing.office_key as heir_key,
        ancestors.ancestor_key
    from standing
    left join standing as above
        on standing.tree_no = above.tree_no and standing.parent_key = above.office_key
    left join standing as second_above
        on above.tree_no = second_above.tree_no and above.parent_key = second_above.office_key
    cross join lateral (
        values
        (standing.office_key),
        (standing.parent_key),
        (above.parent_key),
        (second_above.parent_key)
    ) as ancestors (ancestor_key)
    where ancestors.ancestor_key is not null
),

gathered as (
    select
        placed.tree_no,
        placed.office_key,
        paths.ancestor_key,
        sum(placed.share) as share,
        coalesce(sum(placed.share) filter (where placed.heir_key = paths.ancestor_key), 0) as own_share
    from placed
    inner join paths on placed.tree_no = paths.tree_no and placed.heir_key = paths.heir_key
    group by placed.tree_no, placed.office_key, paths.ancestor_key
)

select
    gathered.tree_no,
    trees.tree_from,
    trees.tree_to,
    gathered.office_key,
    gathered.ancestor_key,
    trim_scale(gathered.share) as share,
    trim_scale(gathered.own_share) as own_share
from gathered
inner join {{ ref('int_trees') }} as trees on gathered.tree_no = trees.tree_no
