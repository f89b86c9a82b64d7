{#- Of a stock, whatever first day it is given. #}
with claims as (
    select
        totals.office_key,
        totals.indicator,
        totals.claimed_value,
        to_char(totals.to_date, 'YYYY-MM') as period,
        row_number() over (
            partition by totals.office_key, totals.indicator, totals.to_date
            order by totals.from_date nulls first
        ) as claims_before
    from {{ ref('fct_totals') }} as totals
    inner join {{ ref('int_indicators_built') }} as indicators on totals.indicator = indicators.indicator
    where
        totals.to_date = (date_trunc('month', totals.to_date) + interval '1 month' - interval '1 day')::date
        and (indicators.nature = 'stock' or totals.from_date = date_trunc('month', totals.to_date)::date)
)

select
    office_key,
    indicator,
    period,
    claimed_value
from claims
where claims_before = 1
