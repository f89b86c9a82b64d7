with offices as (
    select
        scopes.office_key,
        scopes.office_code,
        scopes.office_name,
        scopes.level
    from {{ ref('dim_offices') }} as scopes
    where scopes.office_key in (
        select above.ancestor_key
        from {{ ref('int_offices_with_ancestors') }} as above
        inner join {{ ref('dim_offices') }} as members on above.office_key = members.office_key
        where
            members.reports
            or members.office_key in (select office_key from {{ source('ledger', 'expected_slices') }})
            or members.office_key in (select office_key from {{ source('ledger', 'slices') }})
    )
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

asked as (
    select distinct
        dataset,
        period
    from {{ source('ledger', 'expected_slices') }}
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

{#- A row for every month asked for, and one for every month in which something happened. #}
months as (
    select
        targets.office_key,
        targets.indicator,
        asked.period,
        0 as change,
        0 as moves
    from targets
    inner join asked on targets.dataset = asked.dataset
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
        asked.period is not null as is_asked,
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
    left join asked on targets.dataset = asked.dataset and summed.period = asked.period
    left join {{ ref('int_slices_counted') }} as slices
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
where valued.is_asked or valued.nature = 'flow'
