with members as (
    select
        months.period as window_id,
        'alliances' as indicator,
        places.tree_no,
        places.office_key,
        places.ancestor_key,
        places.share,
        months.last_day as to_day
    from {{ ref('int_months_asked') }} as months
    inner join {{ ref('int_offices_in_trees') }} as places on months.tree_no = places.tree_no
    where months.dataset = 'units' and months.is_asked
),

netted as (
    {{ alliances_counted_again('members') | indent(4) }}
)

select
    ancestor_key as office_key,
    indicator,
    window_id as period,
    change
from netted
