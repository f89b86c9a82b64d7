{#- What an office's own records change, day by day: the pieces of fct_figure_changes. -#}

{#-
    Flows of the records of *relation*: one row per office, indicator and day on which a record says something. A mean
    carries how many things it is over.
-#}
{% macro daily_flows(relation, day, measures, condition='true') -%}
    select
        office_key,
        indicator,
        day,
        change::numeric(38, 2) as change,
        case when indicator in ({{ quoted(mean_indicators()) }}) then of_count end::bigint as of_count
    from (
        select
            daily.office_key,
            daily.day,
            figures.indicator,
            figures.change,
            figures.of_count
        from (
            select
                office_key,
                {{ day }} as day,
                {%- for indicator, measure in measures.items() %}
                sum({{ measure }}) as {{ indicator }},
                count({{ measure }}) as {{ indicator }}_count{% if not loop.last %},{% endif %}
                {%- endfor %}
            from {{ relation }}
            where {{ condition }} and {{ day }} is not null
            group by office_key, {{ day }}
        ) as daily
        cross join lateral (
            values
            {%- for indicator in measures %}
            ('{{ indicator }}', daily.{{ indicator }}, daily.{{ indicator }}_count){% if not loop.last %},{% endif %}
            {%- endfor %}
        ) as figures (indicator, change, of_count)
        where figures.of_count > 0
    ) as flows
{%- endmacro %}

{#-
    Stocks of a register: a version counts from its first day and no more on the day after its last. A change of zero
    stands on the first day of which the office's register says anything: from then on its figures are known.
-#}
{% macro daily_stocks(relation, measures) -%}
    select
        office_key,
        indicator,
        day,
        change::numeric(38, 2) as change,
        null::bigint as of_count
    from (
        select
            daily.office_key,
            daily.day,
            daily.first_day,
            figures.indicator,
            coalesce(figures.change, 0) as change
        from (
            select
                office_key,
                day,
                min(day) over (partition by office_key) as first_day,
                {%- for indicator in measures %}
                sum({{ indicator }}) as {{ indicator }}{% if not loop.last %},{% endif %}
                {%- endfor %}
            from (
                {%- for day, sign in [('valid_from', ''), ('valid_to + 1', '-')] %}
                select
                    office_key,
                    {{ day }} as day,
                    {%- for indicator, measure in measures.items() %}
                    {{ sign }}({{ measure }}) as {{ indicator }}{% if not loop.last %},{% endif %}
                    {%- endfor %}
                from {{ relation }}
                {%- if loop.first %}
                union all
                {%- else %}
                where valid_to is not null
                {%- endif %}
                {%- endfor %}
            ) as turns
            group by office_key, day
        ) as daily
        cross join lateral (
            values
            {%- for indicator in measures %}
            ('{{ indicator }}', daily.{{ indicator }}){% if not loop.last %},{% endif %}
            {%- endfor %}
        ) as figures (indicator, change)
    ) as stocks
    where change <> 0 or day = first_day
{%- endmacro %}

{#-
    By how much the number of distinct holders in an office changes on each day.

    *presences* has rows of `office_key`, `holder`, `day` and, for each of *measures*, by how much one presence of the
    holder changes (-1, 0 or 1). However often an office has one holder (a person registered twice, say), it counts
    once: when the first comes, until the last goes. A change of zero stands on the office's first day only.
-#}
{% macro daily_distinct(presences, measures) -%}
    select
        office_key,
        indicator,
        day,
        change::numeric(38, 2) as change,
        null::bigint as of_count
    from (
        select
            daily.office_key,
            daily.day,
            daily.first_day,
            figures.indicator,
            figures.change
        from (
            select
                office_key,
                day,
                min(day) over (partition by office_key) as first_day,
                {%- for measure in measures %}
                sum(
                    ({{ measure }}_held > 0)::integer - ({{ measure }}_held - {{ measure }} > 0)::integer
                ) as {{ measure }}{% if not loop.last %},{% endif %}
                {%- endfor %}
            from (
                select
                    office_key,
                    day,
                    {%- for measure in measures %}
                    {{ measure }},
                    sum({{ measure }}) over (
                        partition by office_key, holder order by day
                    ) as {{ measure }}_held{% if not loop.last %},{% endif %}
                    {%- endfor %}
                from (
                    select
                        office_key,
                        holder,
                        day,
                        {%- for measure in measures %}
                        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
                        {%- endfor %}
                    from {{ presences }}
                    group by office_key, holder, day
                ) as moved
            ) as held
            group by office_key, day
        ) as daily
        cross join lateral (
            values
            {%- for measure in measures %}
            ('{{ measure }}', daily.{{ measure }}){% if not loop.last %},{% endif %}
            {%- endfor %}
        ) as figures (indicator, change)
    ) as counted
    where change <> 0 or day = first_day
{%- endmacro %}
