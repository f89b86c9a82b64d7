select
    office_key,
    tree_no,
    ancestor_key,
    tree_from,
    tree_to,
    share,
    own_share
from {{ ref('int_offices_in_trees') }}
