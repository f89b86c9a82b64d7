with lists as (
    select
        office_key,
        period
    from {{ source('ledger', 'slices') }}
    where dataset = 'units' and {{ in_touched_offices('units') }}
),

{#- An accepted list without units is a list: it says zero. #}
counted as (
    select
        lists.office_key,
        lists.period,
        {%- for indicator, predicate in unit_indicators().items() %}
        count(*) filter (where {{ predicate }}) as {{ indicator }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from lists
    left join {{ ref('fct_unit_months') }} as units
        on lists.office_key = units.office_key and lists.period = units.period
    group by lists.office_key, lists.period
),

listed as (
    select
        counted.office_key,
        counted.period,
        figures.indicator,
        figures.value
    from counted
    cross join lateral (
        values
        {%- for indicator in unit_indicators() %}
        ('{{ indicator }}', counted.{{ indicator }}){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as figures (indicator, value)
),

changed as (
    select
        office_key,
        indicator,
        period,
        value - coalesce(lag(value) over (partition by office_key, indicator order by period), 0) as change
    from listed
)

select
    office_key,
    indicator,
    period,
    change::numeric(18, 2) as change
from changed
where change <> 0
