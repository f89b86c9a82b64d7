with targets as (
    select distinct
        offices.office_key,
        indicators.indicator,
        indicators.dataset,
        indicators.nature,
        indicators.is_distinct,
        indicators.is_mean
    from {{ ref('int_offices_counted') }} as offices
    cross join {{ ref('int_indicators_built') }} as indicators
    where {{ in_scope(['offices.office_key', 'indicators.dataset']) }}
),

own as (
    select
        figures.*,
        trees.tree_no
    from {{ ref('int_figures_of_offices') }} as figures
    inner join {{ ref('int_trees') }} as trees
        on to_date(figures.period, 'YYYY-MM') between trees.reported_from and trees.reported_to
    where figures.dataset = any(array(select targets.dataset from targets))
),

{#- A row for every month asked for, one for every month in which something happened; corrections make none. #}
parts as (
    select
        targets.office_key,
        targets.indicator,
        slices.period,
        0 as change,
        null::numeric as of_count,
        1 as is_asked,
        0 as moves
    from targets
    inner join {{ ref('int_slices_counted') }} as slices
        on targets.office_key = slices.office_key and targets.dataset = slices.dataset
    where slices.is_asked
    union all
    select
        targets.office_key,
        targets.indicator,
        own.period,
        sum(own.change * case when targets.is_distinct then 1 else places.share end) as change,
        sum(own.of_count * places.share) as of_count,
        0 as is_asked,
        count(*) as moves
    from own
    inner join {{ ref('int_offices_in_trees') }} as places
        on own.tree_no = places.tree_no and own.office_key = places.office_key
    inner join targets on places.ancestor_key = targets.office_key and own.indicator = targets.indicator
    group by targets.office_key, targets.indicator, own.period
    union all
    select
        targets.office_key,
        targets.indicator,
        netted.period,
        netted.change,
        null::numeric as of_count,
        0 as is_asked,
        0 as moves
    from {{ ref('int_figures_netted') }} as netted
    inner join targets on netted.office_key = targets.office_key and netted.indicator = targets.indicator
),

summed as (
    select
        office_key,
        indicator,
        period,
        sum(change) as change,
        sum(of_count) as of_count,
        sum(moves) > 0 as has_moved
    from parts
    group by office_key, indicator, period
    having sum(is_asked) > 0 or sum(moves) > 0
),

valued as (
    select
        summed.office_key,
        summed.period,
        targets.indicator,
        targets.dataset,
        targets.nature,
        coalesce(slices.slices_expected, 0) as slices_expected,
        coalesce(slices.slices_accepted, 0) as slices_accepted,
        (to_date(summed.period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date as last_day,
        case
            when
                not summed.has_moved
                and not coalesce(
                    case when targets.nature = 'flow' then slices.is_told else slices.is_told_by_then end, false
                )
                then null
            when targets.is_mean then summed.change / nullif(summed.of_count, 0)
            else summed.change
        end::numeric(38, 2) as value
    from summed
    inner join targets on summed.office_key = targets.office_key and summed.indicator = targets.indicator
    left join {{ ref('int_slices_counted') }} as slices
        on
            summed.office_key = slices.office_key
            and targets.dataset = slices.dataset
            and summed.period = slices.period
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
    valued.value,
    claims.claimed_value,
    (claims.claimed_value - valued.value)::numeric(38, 2) as difference,
    valued.slices_expected,
    valued.slices_accepted,
    case
        when valued.dataset in ({{ quoted(registers()) }}) then coalesce(earlier.entries, 0)
    end as entries_from_earlier_lists
from valued
inner join {{ ref('dim_office_versions') }} as offices
    on
        valued.office_key = offices.office_key
        and valued.last_day >= coalesce(offices.valid_from, valued.last_day)
        and valued.last_day <= coalesce(offices.valid_to, valued.last_day)
inner join {{ ref('int_indicators_built') }} as indicators on valued.indicator = indicators.indicator
left join {{ ref('int_claims_of_months') }} as claims
    on
        valued.office_key = claims.office_key
        and valued.indicator = claims.indicator
        and valued.period = claims.period
left join {{ ref('int_entries_from_earlier_lists') }} as earlier
    on
        valued.office_key = earlier.office_key
        and valued.indicator = earlier.indicator
        and valued.period = earlier.period
