{%- for model in ['int_volunteers_netted', 'int_alliances_netted', 'int_transfers_netted', 'int_services_netted'] %}
select
    office_key,
    indicator,
    period,
    change
from {{ ref(model) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
