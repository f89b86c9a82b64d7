{#- Units that one office alone lists add up; only the few whose credit code several list need counting above them. #}
with members as (
    select
        months.period as window_id,
        indicators.indicator,
        places.tree_no,
        places.office_key,
        places.ancestor_key,
        places.share,
        months.last_day as to_day
    from {{ ref('int_months_asked') }} as months
    inner join {{ ref('int_offices_in_trees') }} as places on months.tree_no = places.tree_no
    cross join (
        values
        {%- for indicator in indicators_of_registers()['units'] %}
        ('{{ indicator }}'){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as indicators (indicator)
    where months.dataset = 'units' and months.is_asked
),

netted as (
    {{ units_counted_again('members') | indent(4) }}
)

select
    ancestor_key as office_key,
    indicator,
    window_id as period,
    change
from netted
