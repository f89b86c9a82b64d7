{%- for day, measures in indicators_of_records()['needs'].items() %}
{{ daily_flows(ref('fct_needs'), day, measures) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
