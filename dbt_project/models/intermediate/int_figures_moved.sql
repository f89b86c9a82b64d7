{#- What each office's own records change, and what must not count in an office although it counts below. -#}
{%- set own = [
    'int_figures_from_units',
    'int_figures_from_registrations',
    'int_figures_from_events',
    'int_figures_from_funding',
] -%}
{%- set in_ancestors = ['int_alliances_counted', 'int_volunteers_netted', 'int_transfers_netted'] -%}

{%- for model in own + in_ancestors %}
select
    office_key,
    indicator,
    period,
    change,
    {{ 'true' if model in own else 'false' }} as counts_in_ancestors
from {{ ref(model) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
