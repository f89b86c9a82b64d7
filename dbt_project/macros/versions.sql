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
    What the accepted lists have of each entry, and where they held its row: one row per entry and list that names it,
    from the lists of the offices touched; the CTEs from `lists` to `listings`. *register* is that of registers(), which
    sqlfluff can call only from a model.
    Where a row `was_held`, the entry stands as it was last accepted. A held row whose number could not be read may be
    of any entry: then none can be said to be missing from the list. An entry that is named list after list, held or
    not, is so within one `run_no`, which ended on `run_closed_on`, and stands where that is empty.
-#}
{% macro entries_in_lists(dataset, register) -%}
    {%- set key = register.entry ~ '_key' -%}
    {%- set number = register.entry ~ '_no' -%}
    {%- set of_list = ['list_no', 'first_day', 'speaks_to', 'spoken_to', 'closed_on'] -%}
lists as (
    {{ accepted_lists(dataset) | indent(4) }}
),

accepted as (
    select
        entries.*,
        {%- for column in of_list %}
        lists.{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('stg_submissions__' ~ dataset) }} as entries
    inner join lists on entries.period = lists.period and entries.submission_id = lists.submission_id
),

known as (
    select
        office_key,
        {{ key }},
        {{ number }},
        min(list_no) as known_since
    from accepted
    group by office_key, {{ key }}, {{ number }}
),

held_rows as (
    select distinct
        lists.*,
        case when held.payload ->> '{{ number }}' not like '%…%' then held.payload ->> '{{ number }}' end as {{ number }}
    from {{ source('quarantine', 'rows') }} as held
    inner join lists on held.submission_id = lists.submission_id
    where held.dataset = '{{ dataset }}'
),

held as (
    select distinct
        known.office_key,
        known.{{ key }},
        known.{{ number }},
        {%- for column in of_list %}
        held_rows.{{ column }},
        {%- endfor %}
        held_rows.period
    from held_rows
    inner join known
        on
            held_rows.office_key = known.office_key
            and coalesce(held_rows.{{ number }}, known.{{ number }}) = known.{{ number }}
            and held_rows.list_no > known.known_since
    left join accepted
        on
            known.office_key = accepted.office_key
            and known.{{ number }} = accepted.{{ number }}
            and held_rows.list_no = accepted.list_no
    where accepted.office_key is null
),

named as (
    select
        office_key,
        {{ key }},
        {{ number }},
        {%- for column in of_list %}
        {{ column }},
        {%- endfor %}
        period,
        {%- for attribute in register.attributes %}
        {{ attribute }},
        {%- endfor %}
        submission_id,
        source_sheet,
        source_row,
        false as was_held
    from accepted
    union all
    select
        office_key,
        {{ key }},
        {{ number }},
        {%- for column in of_list %}
        {{ column }},
        {%- endfor %}
        period,
        {%- for attribute in register.attributes %}
        null as {{ attribute }},
        {%- endfor %}
        null as submission_id,
        null as source_sheet,
        null as source_row,
        true as was_held
    from held
),

in_runs as (
    select
        *,
        list_no - row_number() over (partition by office_key, {{ number }} order by list_no) as run_no
    from named
),

listings as (
    select
        *,
        last_value(closed_on) over (
            partition by office_key, {{ number }}, run_no order by list_no
            rows between unbounded preceding and unbounded following
        ) as run_closed_on,
        case
            when
                {{ register.stated_on }} > coalesce(spoken_to, '-infinity')
                and {{ register.stated_on }} <= speaks_to
                then {{ register.stated_on }}
            else first_day
        end as begins_on
    from in_runs
)
{%- endmacro %}

{#-
    The dated versions of a register's entries: one row per entry and version, from the lists of the offices touched.
    Equal statements of consecutive lists are one version. It begins on the date its row states, where no list has
    spoken for that day before and its own does; else on the first day of its list's month. It is told where it was
    first said: attributes and lineage are of that row.
-#}
{% macro dated_versions(dataset, register) -%}
    {%- set key = register.entry ~ '_key' -%}
    with {{ entries_in_lists(dataset, register) }},

    statements as (
        select
            *,
            (
                (
                    {%- for attribute in register.attributes %}
                    {{ attribute }}{% if not loop.last %},{% endif %}
                    {%- endfor %}
                ) is distinct from (
                    {%- for attribute in register.attributes %}
                    lag({{ attribute }}) over runs{% if not loop.last %},{% endif %}
                    {%- endfor %}
                )
            ) as is_changed,
            row_number() over runs = 1 as begins_run
        from listings
        where not was_held
        window runs as (partition by office_key, {{ register.entry }}_no, run_no order by list_no)
    )

    select
        {{ key }},
        office_key,
        {{ register.entry }}_no,
        begins_on as valid_from,
        coalesce(
            lead(begins_on) over (partition by office_key, {{ register.entry }}_no, run_no order by list_no) - 1,
            run_closed_on
        ) as valid_to,
        period,
        {%- for attribute in register.attributes %}
        {{ attribute }},
        {%- endfor %}
        submission_id,
        source_sheet,
        source_row
    from statements
    where is_changed or begins_run
{%- endmacro %}

{#-
    The days on which an entry of a register stands on an older list, because a later one held its row: one row per entry
    and such list.
-#}
{% macro entries_held(dataset, register) -%}
    {%- set number = register.entry ~ '_no' -%}
    with {{ entries_in_lists(dataset, register) }},

    compared as (
        select
            *,
            count(*) filter (where not was_held) over runs as accepted_before,
            min(case when not was_held then begins_on end) over (
                partition by office_key, {{ number }}, run_no order by list_no
                rows between 1 following and unbounded following
            ) as next_begins_on,
            max(case when not was_held then period end) over runs as accepted_in
        from listings
        window runs as (partition by office_key, {{ number }}, run_no order by list_no)
    )

    select
        office_key,
        {{ register.entry }}_key as entry_key,
        {{ number }} as entry_no,
        period as held_in,
        accepted_in,
        first_day as valid_from,
        least(closed_on, next_begins_on - 1) as valid_to
    from compared
    where was_held and accepted_before > 0
{%- endmacro %}
