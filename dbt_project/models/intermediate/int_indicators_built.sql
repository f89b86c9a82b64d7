{{ config(materialized='table') }}
{%- set indicators_of_datasets = {
    'units': unit_indicators().keys() | list + ['alliances'],
    'registrations': ['volunteers', 'volunteers_backbone'],
    'events': event_indicators().keys() | list,
    'funding': funding_indicators().keys() | list + ['funding_balance_yuan', 'funding_unmatched_yuan'],
} %}

with built as (
    select
        indicators.indicator,
        indicators.dataset
    from (
        values
        {%- for dataset, indicators in indicators_of_datasets.items() %}
        {%- set last_dataset = loop.last %}
        {%- for indicator in indicators %}
        ('{{ indicator }}', '{{ dataset }}'){% if not (last_dataset and loop.last) %},{% endif %}
        {%- endfor %}
        {%- endfor %}
    ) as indicators (indicator, dataset)
)

select
    built.indicator,
    built.dataset,
    defined.label_zh,
    defined.nature,
    defined.additive
from built
inner join {{ ref('indicators') }} as defined on built.indicator = defined.indicator
