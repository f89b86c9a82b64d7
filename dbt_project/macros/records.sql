{#-
    The records that offices send: the model whose rows are as reported, what makes a record the same one when it is
    reported again, and the mart that holds it. The keys are those of the layouts, but that an event is known by its
    organiser, not by the code its organiser had.
-#}
{% macro records() -%}
    {{ return({
        'registrations': {
            'reported': 'stg_submissions__registrations',
            'keys': ['volunteer_no', 'changed_on'],
            'mart': 'fct_registrations',
        },
        'events': {
            'reported': 'int_events_attributed',
            'keys': ['event_no', 'event_key'],
            'mart': 'fct_events',
        },
        'services': {
            'reported': 'int_services_attributed',
            'keys': ['volunteer_no', 'event_no', 'event_key', 'served_on'],
            'mart': 'fct_services',
        },
        'needs': {
            'reported': 'stg_submissions__needs',
            'keys': ['need_no'],
            'mart': 'fct_needs',
        },
        'funding': {
            'reported': 'stg_submissions__funding',
            'keys': ['voucher_no', 'funding_kind'],
            'mart': 'fct_funding',
        },
        'inspections': {
            'reported': 'stg_submissions__inspections',
            'keys': ['inspection_no'],
            'mart': 'fct_inspections',
        },
        'role_models': {
            'reported': 'stg_submissions__role_models',
            'keys': ['model_no'],
            'mart': 'fct_role_models',
        },
        'points': {
            'reported': 'stg_submissions__points',
            'keys': ['entry_no'],
            'mart': 'fct_points',
        },
        'totals': {
            'reported': 'stg_submissions__totals',
            'keys': ['indicator', 'from_date', 'to_date'],
            'mart': 'fct_totals',
        },
        'reviews': {
            'reported': 'stg_submissions__reviews',
            'keys': ['reviewed_code', 'dataset', 'reviewed_period', 'revision'],
            'mart': 'fct_reviews',
        },
    }) }}
{%- endmacro %}

{#-
    Whether *later* tells of the same record as *entry*, after it. Two of one slice can only be of an event whose
    organiser changed its code.
-#}
{% macro is_told_again(keys, entry, later) -%}
    {{ entry }}.office_key = {{ later }}.office_key
    {%- for key in keys %}
    and {{ entry }}.{{ key }} {{ 'is not distinct from' if key == 'from_date' else '=' }} {{ later }}.{{ key }}
    {%- endfor %}
    and {{ entry }}.period <= {{ later }}.period
    and ({{ entry }}.period < {{ later }}.period or {{ entry }}.source_row < {{ later }}.source_row)
{%- endmacro %}

{#-
    Records as the latest month that reports them has them. Not a CTE: PostgreSQL would read the whole of one that is
    named twice, for every small build.
-#}
{% macro latest_reports(record) -%}
    select entries.*
    from {{ ref(record.reported) }} as entries
    where not exists (
        select 1
        from {{ ref(record.reported) }} as later
        where
            {{ is_told_again(record['keys'], 'entries', 'later') | indent(12) }}
    )
{%- endmacro %}

{#-
    Joins that find the office named by a code: the one that bore it on the record's own day; where none did, the one
    that bore it on the last day of the month reported on. `office_called` is its key.
-#}
{% macro join_offices_called(name, code, day, period) -%}
    {%- set last_day = "(to_date(" ~ period ~ ", 'YYYY-MM') + interval '1 month' - interval '1 day')::date" -%}
    left join {{ ref('int_offices_called') }} as {{ name }}_then
        on
            {{ code }} = {{ name }}_then.office_code
            and {{ day }} >= coalesce({{ name }}_then.called_from, {{ day }})
            and {{ day }} <= coalesce({{ name }}_then.called_to, {{ day }})
    left join {{ ref('int_offices_called') }} as {{ name }}_later
        on
            {{ code }} = {{ name }}_later.office_code
            and {{ name }}_then.office_key is null
            and {{ last_day }} >= coalesce({{ name }}_later.called_from, {{ last_day }})
            and {{ last_day }} <= coalesce({{ name }}_later.called_to, {{ last_day }})
{%- endmacro %}

{% macro office_called(name) -%}
    coalesce({{ name }}_then.office_key, {{ name }}_later.office_key)
{%- endmacro %}

{#- An event, by its organiser's key and number. A code that names no office stands itself, after a question mark. -#}
{% macro event_key(organiser_key, organiser_code, event_no) -%}
    coalesce({{ organiser_key }}::text, '?' || {{ organiser_code }}) || '/' || {{ event_no }}
{%- endmacro %}
