{#-
    The registers that offices send whole: what one entry is called, the date that its row states, and what makes a
    version of it. What moves every month (scores, staff, who leads an alliance) is not part of a version.
-#}
{% macro registers() -%}
    {{ return({
        'units': {'entry': 'unit', 'stated_on': 'honoured_on', 'attributes': [
            'unit_name', 'credit_code', 'honoured_on', 'unit_kind', 'honour_level', 'honour_session', 'honour_status',
            'pool', 'alliance_kind', 'alliance_name', 'industry',
        ]},
        'sites': {'entry': 'site', 'stated_on': 'opened_on', 'attributes': [
            'site_name', 'opened_on', 'site_kind', 'is_shared', 'site_status', 'area_m2',
        ]},
        'teams': {'entry': 'team', 'stated_on': 'registered_on', 'attributes': [
            'team_name', 'registered_on', 'team_tier', 'team_kind', 'specialty', 'team_status',
        ]},
        'projects': {'entry': 'project', 'stated_on': 'started_on', 'attributes': [
            'project_name', 'started_on', 'project_kind', 'award_name', 'award_level', 'project_status',
        ]},
    }) }}
{%- endmacro %}

{#-
    The accepted lists of a register: one row per office and period. A list speaks for its month, from the first day to
    `speaks_to`; `spoken_to` is the last day of the month of the list before it; what the next list does not name again
    ended on `closed_on`, and stands where there is none. An office is heard only on the time in which it stood.
-#}
{% macro accepted_lists(dataset) -%}
    select
        months.office_key,
        months.period,
        months.submission_id,
        greatest(months.first_day, lives.began_on) as first_day,
        row_number() over lists as list_no,
        least(months.last_day, lives.ended_on) as speaks_to,
        coalesce(lag(months.last_day) over lists, lives.began_on - 1) as spoken_to,
        coalesce(lead(months.first_day) over lists - 1, lives.ended_on) as closed_on
    from (
        select
            office_key,
            period,
            submission_id,
            to_date(period, 'YYYY-MM') as first_day,
            (to_date(period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date as last_day
        from {{ source('ledger', 'slices') }}
        where dataset = '{{ dataset }}' and {{ in_scope() }}
    ) as months
    left join {{ ref('int_offices_lifetimes') }} as lives on months.office_key = lives.office_key
    where
        months.last_day >= coalesce(lives.began_on, months.last_day)
        and months.first_day <= coalesce(lives.ended_on, months.first_day)
    window lists as (partition by months.office_key order by months.period)
{%- endmacro %}

{#-
    The dated versions of a register's entries: one row per entry and version, from the lists of the offices touched.
    *register* is that of registers(), which sqlfluff can call only from a model.
    Equal statements of consecutive lists are one version. It begins on the date its row states, where no list has
    spoken for that day before and its own does; else on the first day of its list's month. It is told where it was
    first said: attributes and lineage are of that row.
-#}
{% macro dated_versions(dataset, register) -%}
    {%- set key = register.entry ~ '_key' -%}
    with lists as (
        {{ accepted_lists(dataset) | indent(8) }}
    ),

    statements as (
        select
            entries.*,
            lists.list_no,
            case
                when
                    entries.{{ register.stated_on }} > coalesce(lists.spoken_to, '-infinity')
                    and entries.{{ register.stated_on }} <= lists.speaks_to
                    then entries.{{ register.stated_on }}
                else lists.first_day
            end as begins_on,
            lag(lists.list_no) over listings as previous_list_no,
            lag(lists.closed_on) over listings as previous_closed_on,
            last_value(lists.closed_on) over (
                listings rows between unbounded preceding and unbounded following
            ) as last_closed_on,
            (
                (
                    {%- for attribute in register.attributes %}
                    entries.{{ attribute }}{% if not loop.last %},{% endif %}
                    {%- endfor %}
                ) is distinct from (
                    {%- for attribute in register.attributes %}
                    lag(entries.{{ attribute }}) over listings{% if not loop.last %},{% endif %}
                    {%- endfor %}
                )
            ) as is_changed
        from {{ ref('stg_submissions__' ~ dataset) }} as entries
        inner join lists on entries.period = lists.period and entries.submission_id = lists.submission_id
        window listings as (partition by entries.office_key, entries.{{ register.entry }}_no order by lists.list_no)
    )

    select
        {{ key }},
        office_key,
        {{ register.entry }}_no,
        begins_on as valid_from,
        coalesce(
            lead(
                case when previous_list_no = list_no - 1 then begins_on - 1 else previous_closed_on end
            ) over (partition by office_key, {{ register.entry }}_no order by list_no),
            last_closed_on
        ) as valid_to,
        period,
        {%- for attribute in register.attributes %}
        {{ attribute }},
        {%- endfor %}
        submission_id,
        source_sheet,
        source_row
    from statements
    where is_changed or previous_list_no is distinct from list_no - 1
{%- endmacro %}
