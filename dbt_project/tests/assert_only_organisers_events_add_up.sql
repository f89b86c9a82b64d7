-- One row per month in which the provinces' events are not the events at their organisers: one was counted twice, or
-- at a participant.
with figures as (
    select
        figures.period,
        sum(figures.value) as value
    from {{ ref('rpt_figures') }} as figures
    where figures.indicator = 'events' and figures.level = 'province'
    group by figures.period
),

organised as (
    select
        to_char(started_on, 'YYYY-MM') as period,
        count(distinct event_key) as value
    from {{ ref('fct_events') }}
    where is_organiser
    group by to_char(started_on, 'YYYY-MM')
)

select
    period,
    figures.value,
    organised.value as organised
from figures
full join organised using (period)
where coalesce(figures.value, 0) <> coalesce(organised.value, 0)
