{%- for netted in ['volunteers', 'units', 'alliances', 'transfers', 'services'] %}
select
    office_key,
    indicator,
    period,
    change
from {{ ref('int_' ~ netted ~ '_netted') }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
