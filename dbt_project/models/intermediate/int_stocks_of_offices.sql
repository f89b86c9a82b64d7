{#- How it stood at the end of each month asked for, from the month in which something is known. #}
with months as (
    select
        *,
        lag(last_day, 1, '-infinity') over (partition by dataset order by period) as last_day_before
    from {{ ref('int_months_asked') }}
    where is_asked
),

changes as (
    select
        own.office_key,
        own.dataset,
        own.indicator,
        months.period,
        sum(own.change) as change
    from {{ ref('fct_figure_changes') }} as own
    inner join {{ ref('int_indicators_built') }} as indicators on own.indicator = indicators.indicator
    inner join months
        on own.dataset = months.dataset and own.day > months.last_day_before and own.day <= months.last_day
    where indicators.nature = 'stock'
    group by own.office_key, own.dataset, own.indicator, months.period
),

first_changes as (
    select
        office_key,
        dataset,
        indicator,
        min(period) as period
    from changes
    group by office_key, dataset, indicator
)

select
    known.office_key,
    known.dataset,
    known.indicator,
    months.period,
    sum(coalesce(changes.change, 0)) over (
        partition by known.office_key, known.dataset, known.indicator order by months.period
    ) as change
from first_changes as known
inner join months on known.dataset = months.dataset and known.period <= months.period
left join changes
    on
        known.office_key = changes.office_key
        and known.indicator = changes.indicator
        and months.period = changes.period
