with own as (
    {%- for dataset, register in registers().items() %}
    select
        held.office_key,
        figures.indicator,
        months.period,
        months.tree_no,
        count(*) as entries
    from {{ ref('int_entries_held') }} as held
    inner join {{ ref('int_months_asked') }} as months
        on
            held.dataset = months.dataset
            and months.last_day >= held.valid_from
            and months.last_day <= coalesce(held.valid_to, 'infinity')
    inner join {{ ref('dim_' ~ dataset) }} as versions
        on
            held.entry_key = versions.{{ register.entry }}_key
            and months.last_day >= versions.valid_from
            and months.last_day <= coalesce(versions.valid_to, 'infinity')
    cross join lateral (
        values
        {%- if dataset == 'units' %}
        ('alliances', case when {{ is_in_an_alliance() }} then 1 end),
        {%- endif %}
        {%- for indicator, measure in indicators_of_registers()[dataset].items() %}
        ('{{ indicator }}', {{ measure }}){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as figures (indicator, measure)
    where held.dataset = '{{ dataset }}' and months.is_asked and figures.measure is not null
    group by held.office_key, figures.indicator, months.period, months.tree_no
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    places.ancestor_key as office_key,
    own.indicator,
    own.period,
    sum(own.entries)::integer as entries
from own
inner join {{ ref('int_offices_in_trees') }} as places
    on own.tree_no = places.tree_no and own.office_key = places.office_key
group by places.ancestor_key, own.indicator, own.period
