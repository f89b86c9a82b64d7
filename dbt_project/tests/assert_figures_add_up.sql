-- One row per additive figure that is not what is recorded at the office itself plus the figures of the offices directly
-- below on the tree of the month, in the months being built. An empty value adds nothing. Where an office below was
-- split, each figure is rounded to two decimals by itself, and may be off by half of one.
with months as (
    select distinct
        months.period,
        months.last_day,
        months.tree_no
    from {{ ref('int_months_asked') }} as months
    inner join {{ source('ledger', 'slices_to_build') }} as touched on months.period = touched.period
),

figures as (
    select
        figures.office_key,
        figures.indicator,
        figures.period,
        months.tree_no,
        months.last_day,
        coalesce(figures.value, 0) as value
    from {{ ref('rpt_figures') }} as figures
    inner join {{ ref('int_indicators_built') }} as indicators on figures.indicator = indicators.indicator
    inner join months on figures.period = months.period
    where indicators.additive = 'yes'
),

{#- What counts at an office and at none below it. #}
below as (
    select
        places.tree_no,
        places.office_key,
        offices.parent_key,
        sum(places.share) as share
    from {{ ref('int_offices_in_trees') }} as places
    inner join months on places.tree_no = months.tree_no
    inner join {{ ref('dim_office_versions') }} as offices
        on
            places.ancestor_key = offices.office_key
            and months.last_day >= coalesce(offices.valid_from, months.last_day)
            and months.last_day <= coalesce(offices.valid_to, months.last_day)
    group by places.tree_no, places.office_key, offices.parent_key, months.period
),

placed as (
    select distinct
        places.tree_no,
        places.office_key,
        places.ancestor_key,
        places.share - coalesce(below.share, 0) as share
    from {{ ref('int_offices_in_trees') }} as places
    left join below
        on
            places.tree_no = below.tree_no
            and places.office_key = below.office_key
            and places.ancestor_key = below.parent_key
    where places.share > coalesce(below.share, 0)
),

own as (
    select
        placed.ancestor_key as office_key,
        own.indicator,
        own.period,
        sum(own.change * placed.share) as value
    from {{ ref('int_figures_of_offices') }} as own
    inner join months on own.period = months.period
    inner join placed on months.tree_no = placed.tree_no and own.office_key = placed.office_key
    group by placed.ancestor_key, own.indicator, own.period
),

children as (
    select
        offices.parent_key as office_key,
        figures.indicator,
        figures.period,
        sum(figures.value) as value,
        count(*) as offices
    from figures
    inner join {{ ref('dim_office_versions') }} as offices
        on
            figures.office_key = offices.office_key
            and figures.last_day >= coalesce(offices.valid_from, figures.last_day)
            and figures.last_day <= coalesce(offices.valid_to, figures.last_day)
    group by offices.parent_key, figures.indicator, figures.period
),

splits as (
    select distinct tree_no
    from {{ ref('int_offices_in_trees') }}
    where share < 1
)

select
    figures.office_key,
    figures.indicator,
    figures.period,
    figures.value,
    own.value as own_value,
    children.value as value_below
from figures
left join own
    on
        figures.office_key = own.office_key
        and figures.indicator = own.indicator
        and figures.period = own.period
left join children
    on
        figures.office_key = children.office_key
        and figures.indicator = children.indicator
        and figures.period = children.period
where
    abs(figures.value - coalesce(own.value, 0) - coalesce(children.value, 0))
    > case
        when exists (select 1 from splits where splits.tree_no = figures.tree_no)
            then 0.005 * (1 + coalesce(children.offices, 0))
        else 0
    end
