{{ config(
    materialized='table',
    indexes=[
        {'columns': ['office_key', 'ancestor_key'], 'unique': true},
        {'columns': ['ancestor_key', 'office_key'], 'unique': true},
    ],
    post_hook="analyze {{ this }}",
) }}

select
    located.office_key,
    ancestors.ancestor_key
from {{ ref('int_offices_located') }} as located
cross join lateral (
    values
    (located.office_key),
    (located.parent_key),
    (located.second_parent_key),
    (located.third_parent_key)
) as ancestors (ancestor_key)
where ancestors.ancestor_key is not null
