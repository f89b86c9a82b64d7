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
{%- if is_incremental() %}
where office_key = any(array(
    select touched.office_key
    from {{ source('ledger', 'offices_to_build') }} as touched
    where touched.dataset = '{{ dataset }}'
))
{%- endif %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
