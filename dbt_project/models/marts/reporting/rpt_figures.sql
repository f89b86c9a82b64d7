with offices as (
    select
        scopes.office_key,
        scopes.office_code,
        scopes.office_name,
        scopes.level
    from {{ ref('dim_offices') }} as scopes
    inner join {{ ref('int_offices_counted') }} as counted on scopes.office_key = counted.office_key
),

targets as (
    select
        office_key,
        indicator,
        dataset,
        nature
    from offices
    cross join {{ ref('int_indicators_built') }}
    where {{ is_affected() }}
),

slices as (
    select * from {{ ref('int_slices_counted') }}
),

moves as (
    select
        above.ancestor_key as office_key,
        own.indicator,
        own.period,
        own.change
    from {{ ref('int_figures_moved') }} as own
    inner join {{ ref('int_offices_with_ancestors') }} as above
        on
            own.office_key = above.office_key
            and (own.counts_in_ancestors or above.ancestor_key = own.office_key)
),

{#- A row for every month asked for or accepted, and one for every month in which something happened. #}
months as (
    select
        targets.office_key,
        targets.indicator,
        slices.period,
        0 as change,
        0 as moves
    from targets
    inner join slices on targets.office_key = slices.office_key and targets.dataset = slices.dataset
    union all
    select
        targets.office_key,
        targets.indicator,
        moves.period,
        moves.change,
        1 as moves
    from moves
    inner join targets on moves.office_key = targets.office_key and moves.indicator = targets.indicator
),

summed as (
    select
        office_key,
        indicator,
        period,
        sum(change) as change,
        sum(moves) as moves
    from months
    group by office_key, indicator, period
),

{#- A flow is what happened in the month; a stock is all that happened until its end. #}
valued as (
    select
        targets.*,
        summed.period,
        summed.moves,
        coalesce(slices.is_asked, false) as is_asked,
        coalesce(slices.slices_expected, 0) as slices_expected,
        coalesce(slices.slices_accepted, 0) as slices_accepted,
        case
            when targets.nature = 'flow' then summed.change
            else sum(summed.change) over until_month
        end as value,
        case
            when targets.nature = 'flow' then summed.moves + coalesce(slices.slices_accepted, 0)
            else sum(summed.moves + coalesce(slices.slices_accepted, 0)) over until_month
        end > 0 as is_known
    from summed
    inner join targets on summed.office_key = targets.office_key and summed.indicator = targets.indicator
    left join slices
        on
            summed.office_key = slices.office_key
            and targets.dataset = slices.dataset
            and summed.period = slices.period
    window until_month as (partition by summed.office_key, summed.indicator order by summed.period)
)

select
    -- ids
    valued.office_key,
    offices.office_code,
    offices.office_name,
    offices.level,

    -- when
    valued.period,

    -- what
    valued.indicator,
    indicators.label_zh as indicator_label_zh,
    valued.dataset,
    valued.nature,

    -- measures
    case when valued.is_known then valued.value end::numeric(18, 2) as value,
    valued.slices_expected,
    valued.slices_accepted
from valued
inner join offices on valued.office_key = offices.office_key
inner join {{ ref('int_indicators_built') }} as indicators on valued.indicator = indicators.indicator
where valued.is_asked or (valued.nature = 'flow' and valued.moves > 0)
