{#- Within one tree an office stands all the time or not at all, under the same parent. #}
with standing as (
    select distinct
        trees.tree_no,
        versions.office_key,
        versions.parent_key
    from {{ ref('int_trees') }} as trees
    inner join {{ ref('dim_office_versions') }} as versions
        on
            coalesce(versions.valid_from, '-infinity') <= coalesce(trees.tree_to, 'infinity')
            and coalesce(versions.valid_to, 'infinity') >= coalesce(trees.tree_from, '-infinity')
),

paths as (
    select
        standing.tree_no,
        standing.office_key,
        standing.parent_key,
        {%- for level in ['province', 'city', 'county', 'township'] %}
        max(above.office_code) filter (where above.level = '{{ level }}') as {{ level }}_code,
        max(above.office_name) filter (where above.level = '{{ level }}') as {{ level }}_name
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from standing
    inner join {{ ref('int_offices_in_trees') }} as places
        on standing.tree_no = places.tree_no and standing.office_key = places.office_key
    inner join {{ ref('dim_offices') }} as above on places.ancestor_key = above.office_key
    group by standing.tree_no, standing.office_key, standing.parent_key
),

figures as (
    select
        figures.office_key,
        figures.office_code,
        figures.office_name,
        figures.level,
        figures.period,
        to_date(figures.period, 'YYYY-MM') as month_start,
        figures.indicator,
        figures.value,
        trees.tree_no
    from {{ ref('rpt_figures') }} as figures
    inner join {{ ref('int_trees') }} as trees
        on to_date(figures.period, 'YYYY-MM') between trees.reported_from and trees.reported_to
    where {{ has_value_in_scope('figures.indicator') }}
),

below as (
    select
        paths.parent_key as office_key,
        figures.period,
        figures.indicator,
        sum(figures.value) as value
    from figures
    inner join paths on figures.tree_no = paths.tree_no and figures.office_key = paths.office_key
    group by paths.parent_key, figures.period, figures.indicator
),

{#- A mean has no part that adds up; what it is made of has: the sum, and how many it is over. #}
parts as (
    select
        places.ancestor_key as office_key,
        trees.tree_no,
        to_char(changes.day, 'YYYY-MM') as period,
        changes.indicator,
        sum(changes.change * places.share) as contribution,
        sum(changes.of_count * places.share) as of_count
    from {{ ref('fct_figure_changes') }} as changes
    inner join {{ ref('int_indicators_built') }} as indicators
        on changes.indicator = indicators.indicator and indicators.is_mean
    inner join {{ ref('int_trees') }} as trees on changes.day between trees.reported_from and trees.reported_to
    inner join {{ ref('int_offices_in_trees') }} as places
        on trees.tree_no = places.tree_no and changes.office_key = places.office_key
    group by places.ancestor_key, trees.tree_no, to_char(changes.day, 'YYYY-MM'), changes.indicator
),

parts_below as (
    select
        paths.parent_key as office_key,
        parts.period,
        parts.indicator,
        sum(parts.contribution) as contribution,
        sum(parts.of_count) as of_count
    from parts
    inner join paths on parts.tree_no = paths.tree_no and parts.office_key = paths.office_key
    group by paths.parent_key, parts.period, parts.indicator
)

select
    -- ids
    figures.office_key,
    figures.office_code,
    figures.office_name,
    figures.level,

    -- where it hangs
    {%- for level in ['province', 'city', 'county', 'township'] %}
    paths.{{ level }}_code,
    paths.{{ level }}_name,
    {%- endfor %}

    -- when
    figures.period,
    figures.month_start,

    -- what
    figures.indicator,

    -- measures
    case
        when parts.office_key is not null then parts.contribution - coalesce(parts_below.contribution, 0)
        when not indicators.is_mean then figures.value - coalesce(below.value, 0)
    end::numeric(38, 2) as contribution,
    (parts.of_count - coalesce(parts_below.of_count, 0))::numeric(38, 2) as of_count
from figures
inner join {{ ref('int_indicators_built') }} as indicators on figures.indicator = indicators.indicator
inner join paths on figures.tree_no = paths.tree_no and figures.office_key = paths.office_key
left join below
    on
        figures.office_key = below.office_key
        and figures.period = below.period
        and figures.indicator = below.indicator
left join parts
    on
        figures.office_key = parts.office_key
        and figures.period = parts.period
        and figures.indicator = parts.indicator
left join parts_below
    on
        figures.office_key = parts_below.office_key
        and figures.period = parts_below.period
        and figures.indicator = parts_below.indicator
where {{ in_scope(['figures.office_key', 'figures.indicator']) }}
