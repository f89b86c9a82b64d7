-- One row per additive figure that is not what the office's own records make it plus the figures of the offices
-- directly below, in the months being built. An empty value adds nothing.
with figures as (
    select
        figures.office_key,
        figures.indicator,
        figures.period,
        figures.nature,
        coalesce(figures.value, 0) as value
    from {{ ref('rpt_figures') }} as figures
    inner join {{ ref('int_indicators_built') }} as indicators on figures.indicator = indicators.indicator
    where
        indicators.additive = 'yes'
        and figures.period in (select touched.period from {{ source('ledger', 'slices_to_build') }} as touched)
),

own as (
    select
        figures.office_key,
        figures.indicator,
        figures.period,
        sum(moves.change) as value
    from figures
    inner join {{ ref('int_figures_moved') }} as moves
        on
            figures.office_key = moves.office_key
            and figures.indicator = moves.indicator
            and (moves.period = figures.period or (figures.nature = 'stock' and moves.period < figures.period))
    where moves.counts_in_ancestors
    group by figures.office_key, figures.indicator, figures.period
),

below as (
    select
        offices.parent_key as office_key,
        figures.indicator,
        figures.period,
        sum(figures.value) as value
    from figures
    inner join {{ ref('dim_offices') }} as offices on figures.office_key = offices.office_key
    group by offices.parent_key, figures.indicator, figures.period
)

select
    figures.office_key,
    figures.indicator,
    figures.period,
    figures.value,
    own.value as own_value,
    below.value as value_below
from figures
left join own
    on
        figures.office_key = own.office_key
        and figures.indicator = own.indicator
        and figures.period = own.period
left join below
    on
        figures.office_key = below.office_key
        and figures.indicator = below.indicator
        and figures.period = below.period
where figures.value <> coalesce(own.value, 0) + coalesce(below.value, 0)
