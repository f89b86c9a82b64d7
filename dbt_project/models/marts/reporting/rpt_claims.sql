{#- Most windows are a month's, which rpt_figures has; the others are counted one by one. #}
with claims as (
    select
        totals.*,
        indicators.label_zh,
        indicators.dataset,
        indicators.nature,
        row_number() over (order by totals.submission_id, totals.source_sheet, totals.source_row) as window_id,
        case when indicators.nature = 'flow' then totals.from_date end as from_day
    from {{ ref('fct_totals') }} as totals
    inner join {{ ref('int_indicators_built') }} as indicators on totals.indicator = indicators.indicator
),

compared as (
    select
        claims.*,
        shown.value as month_value,
        shown.office_key is not null as is_shown
    from claims
    left join {{ ref('rpt_figures') }} as shown
        on
            claims.office_key = shown.office_key
            and claims.indicator = shown.indicator
            and to_char(claims.to_date, 'YYYY-MM') = shown.period
            and claims.to_date = (date_trunc('month', claims.to_date) + interval '1 month' - interval '1 day')::date
            and coalesce(claims.from_day, date_trunc('month', claims.to_date))
            = date_trunc('month', claims.to_date)
),

windows as (
    select
        window_id,
        indicator,
        from_day,
        to_date as to_day,
        null::date as tree_on,
        office_key as scope_key
    from compared
    where not is_shown
),

{{ figures_of_windows(has_scope=true) }}

select
    -- ids
    compared.office_key,
    compared.indicator,
    compared.label_zh as indicator_label_zh,
    compared.dataset,
    compared.nature,

    -- when
    compared.period,
    compared.from_date,
    compared.to_date,

    -- measures
    compared.claimed_value,
    coalesce(compared.month_value, figures.value)::numeric(38, 2) as value,
    (compared.claimed_value - coalesce(compared.month_value, figures.value))::numeric(38, 2) as difference,

    -- lineage
    compared.submission_id,
    compared.source_sheet,
    compared.source_row
from compared
left join figures on compared.window_id = figures.window_id
