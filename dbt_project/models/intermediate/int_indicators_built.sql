{{ config(materialized='table') }}

with built as (
    select
        indicators.indicator,
        indicators.dataset
    from (
        values
        {%- for dataset, indicators in indicators_of_datasets().items() %}
        {%- set last_dataset = loop.last %}
        {%- for indicator in indicators %}
        ('{{ indicator }}', '{{ dataset }}'){% if not (last_dataset and loop.last) %},{% endif %}
        {%- endfor %}
        {%- endfor %}
    ) as indicators (indicator, dataset)
)

select
    defined.indicator,
    built.dataset,
    defined.label_zh,
    defined.nature,
    defined.additive,
    defined.indicator in ({{ quoted(distinct_indicators()) }}) as is_distinct,
    defined.indicator in ({{ quoted(mean_indicators()) }}) as is_mean
from {{ ref('indicators') }} as defined
left join built on defined.indicator = built.indicator
