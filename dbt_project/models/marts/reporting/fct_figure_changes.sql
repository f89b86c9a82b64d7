{#- An array, not a join: so that PostgreSQL looks at the touched offices only, inside of each view. -#}
{%- for dataset in indicators_of_datasets() %}
select
    office_key,
    indicator,
    day,
    '{{ dataset }}' as dataset,
    change,
    of_count
from {{ ref('int_figures_from_' ~ dataset) }}
{%- if not is_whole() %}
where office_key = any(array(
    select scope.office_key
    from {{ scope_of(this) }} as scope
    where scope.dataset = '{{ dataset }}'
))
{%- endif %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
