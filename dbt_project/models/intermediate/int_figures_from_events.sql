with organised as (
    select
        office_key,
        to_char(started_on, 'YYYY-MM') as period,
        {%- for indicator, measure in event_indicators().items() %}
        sum({{ measure }}) as {{ indicator }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('fct_events') }}
    where is_organiser and {{ in_touched_offices('events') }}
    group by office_key, to_char(started_on, 'YYYY-MM')
)

select
    organised.office_key,
    figures.indicator,
    organised.period,
    figures.change::numeric(18, 2) as change
from organised
cross join lateral (
    values
    {%- for indicator in event_indicators() %}
    ('{{ indicator }}', organised.{{ indicator }}){% if not loop.last %},{% endif %}
    {%- endfor %}
) as figures (indicator, change)
where figures.change is not null
