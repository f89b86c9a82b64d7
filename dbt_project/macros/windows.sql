{#-
    The figures of any windows of days: the CTEs from `pieces` to `figures`, to stand after one named *windows*.

    *windows* has rows of `window_id`, `indicator`, `from_day` (empty for a stock), `to_day`, `tree_on` (empty: as
    reported, every month on the tree of its last day) and `scope_key`, the office asked for; without *has_scope* that
    is every office. `figures` has one row per window and office: `window_id`, `ancestor_key`, `value`.

    Nothing is materialized: so that PostgreSQL knows the one indicator and office that are asked for, and passes by
    what is not.
-#}
{% macro figures_of_windows(has_scope) -%}
pieces as not materialized (
    select
        windows.window_id,
        windows.indicator,
        windows.scope_key,
        trees.tree_no,
        case
            when windows.from_day is null then '-infinity'
            when windows.tree_on is null then greatest(windows.from_day, trees.reported_from)
            else windows.from_day
        end::date as from_day,
        case
            when windows.from_day is not null and windows.tree_on is null
                then least(windows.to_day, trees.reported_to)
            else windows.to_day
        end as to_day
    from windows
    inner join {{ ref('dim_trees') }} as trees
        on
            case
                when windows.tree_on is not null
                    then
                        windows.tree_on
                        between coalesce(trees.tree_from, '-infinity') and coalesce(trees.tree_to, 'infinity')
                when windows.from_day is null then windows.to_day between trees.reported_from and trees.reported_to
                else windows.from_day <= trees.reported_to and windows.to_day >= trees.reported_from
            end
            and (windows.tree_on is not null or trees.reported_from <= trees.reported_to)
),

members as not materialized (
    select
        pieces.window_id,
        pieces.indicator,
        pieces.tree_no,
        places.office_key,
        places.ancestor_key,
        places.share,
        places.own_share,
        pieces.from_day,
        pieces.to_day
    from pieces
    inner join {{ ref('bridge_offices_trees') }} as places
        on
            pieces.tree_no = places.tree_no
            {%- if has_scope %}
            and pieces.scope_key = places.ancestor_key
            {%- endif %}
),

contributions as not materialized (
    select
        members.window_id,
        members.ancestor_key,
        members.indicator,
        sum(
            changes.change
            * case when members.indicator in ({{ quoted(distinct_indicators()) }}) then 1 else members.share end
        ) as change,
        sum(changes.of_count * members.share) as of_count
    from members
    inner join {{ ref('fct_figure_changes') }} as changes
        on
            members.office_key = changes.office_key
            and members.indicator = changes.indicator
            and changes.day between members.from_day and members.to_day
    group by members.window_id, members.ancestor_key, members.indicator
    {%- for counted in [
        persons_counted_again, units_counted_again, alliances_counted_again, transfers_within, persons_served
    ] %}
    union all
    select
        window_id,
        ancestor_key,
        indicator,
        change,
        null as of_count
    from (
        {{ counted('members') | indent(8) }}
    ) as counted
    {%- endfor %}
    union all
    {#- An accepted slice tells of its whole month, be it that nothing happened; of a stock it goes on telling. #}
    select distinct
        members.window_id,
        members.ancestor_key,
        members.indicator,
        0 as change,
        null::numeric as of_count
    from members
    inner join {{ ref('fct_slices') }} as slices
        on
            members.office_key = slices.office_key
            and slices.dataset = case members.indicator
                {%- for dataset, indicators in indicators_of_datasets().items() %}
                {%- for indicator in indicators %}
                when '{{ indicator }}' then '{{ dataset }}'
                {%- endfor %}
                {%- endfor %}
            end
            {#- By days, for to_day may be infinity, which lies in no month. #}
            and to_date(slices.period, 'YYYY-MM') <= members.to_day
            and to_date(slices.period, 'YYYY-MM') + interval '1 month' > members.from_day
),

figures as (
    select
        window_id,
        ancestor_key,
        (
            sum(change)
            / case when indicator in ({{ quoted(mean_indicators()) }}) then nullif(sum(of_count), 0) else 1 end
        )::numeric(38, 2) as value
    from contributions
    group by window_id, ancestor_key, indicator
)
{%- endmacro %}
