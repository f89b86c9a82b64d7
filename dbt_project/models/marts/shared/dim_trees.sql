select
    tree_no,
    tree_from,
    tree_to,
    reported_from,
    reported_to
from {{ ref('int_trees') }}
