{#- What happened in each month. #}
select
    changes.office_key,
    changes.dataset,
    changes.indicator,
    to_char(changes.day, 'YYYY-MM') as period,
    sum(changes.change) as change,
    sum(changes.of_count) as of_count
from {{ ref('fct_figure_changes') }} as changes
inner join {{ ref('int_indicators_built') }} as indicators on changes.indicator = indicators.indicator
where indicators.nature = 'flow'
group by changes.office_key, changes.dataset, changes.indicator, to_char(changes.day, 'YYYY-MM')
union all
select
    office_key,
    'services' as dataset,
    'volunteers_served' as indicator,
    period,
    persons as change,
    null as of_count
from {{ ref('int_volunteers_served') }}
