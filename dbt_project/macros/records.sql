{#-
    The records that offices send: the model whose rows are as reported, what numbers a record beside its office, the
    column of its own day, and the mart that holds it. A record is known by its office, its number and the month of its
    own day, for numbers may begin again each month; the keys of registrations and services name the day itself, and
    claims and reviews are of no month. The keys are those of the layouts, but that an event is known by its organiser,
    not by the code its organiser had. What `may_be_of_another` an heir may tell of an office that it took over.
-#}
{% macro records() -%}
    {{ return({
        'registrations': {
            'reported': 'stg_submissions__registrations',
            'keys': ['volunteer_no', 'changed_on'],
            'mart': 'fct_registrations',
            'may_be_of_another': true,
        },
        'events': {
            'reported': 'int_events_attributed',
            'keys': ['event_no', 'organiser'],
            'day': 'started_on',
            'mart': 'fct_events',
            'may_be_of_another': true,
        },
        'services': {
            'reported': 'int_services_attributed',
            'keys': ['volunteer_no', 'event_no', 'organiser', 'served_on'],
            'mart': 'fct_services',
            'may_be_of_another': true,
        },
        'needs': {
            'reported': 'stg_submissions__needs',
            'keys': ['need_no'],
            'day': 'raised_on',
            'mart': 'fct_needs',
            'may_be_of_another': true,
        },
        'funding': {
            'reported': 'stg_submissions__funding',
            'keys': ['voucher_no', 'funding_kind'],
            'day': 'booked_on',
            'mart': 'fct_funding',
            'may_be_of_another': true,
        },
        'inspections': {
            'reported': 'stg_submissions__inspections',
            'keys': ['inspection_no'],
            'day': 'inspected_on',
            'mart': 'fct_inspections',
            'may_be_of_another': true,
        },
        'role_models': {
            'reported': 'stg_submissions__role_models',
            'keys': ['model_no'],
            'day': 'selected_on',
            'mart': 'fct_role_models',
            'may_be_of_another': true,
        },
        'points': {
            'reported': 'stg_submissions__points',
            'keys': ['entry_no'],
            'day': 'booked_on',
            'mart': 'fct_points',
            'may_be_of_another': true,
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

{#- The first day of a day's month, as raw is indexed by it: `rollcall/warehouse/tables.py` writes the same. -#}
{% macro month_of(day) -%}
    date_trunc('month', {{ day }}::timestamp)::date
{%- endmacro %}

{#- Whether two tellings, both of *owner*, are of one record by their keys: what each names as itself is its owner. -#}
{% macro is_same_record(record, entry, other, owner='null') -%}
    {%- for key in record['keys'] -%}
    {%- if not loop.first %}
    and {% endif -%}
    {%- if key == 'organiser' and record.reported == 'int_events_attributed' -%}
    {{ organiser_owned(entry, owner) }} = {{ organiser_owned(other, owner) }}
    {%- else -%}
    {{ entry }}.{{ key }} {{ 'is not distinct from' if key == 'from_date' else '=' }} {{ other }}.{{ key }}
    {%- endif -%}
    {%- endfor %}
    {%- if record.day %}
    and {{ month_of(entry ~ '.' ~ record.day) }} = {{ month_of(other ~ '.' ~ record.day) }}
    {%- endif %}
{%- endmacro %}

{% macro organiser_owned(row, owner) -%}
    case when {{ row }}.named_key = {{ row }}.reporter_key then {{ owner }}::text else {{ row }}.organiser end
{%- endmacro %}

{#-
    Whether *later* was told after *entry*: in a later month, or as a later revision of one. Two tellings of one
    submission can only be of an event whose organiser changed its code, or of what an heir tells twice.
-#}
{% macro is_told_after(entry, later) -%}
    ({{ later }}.period, {{ later }}.told_revision, {{ later }}.submission_id, {{ later }}.source_row)
    > ({{ entry }}.period, {{ entry }}.told_revision, {{ entry }}.submission_id, {{ entry }}.source_row)
{%- endmacro %}

{#- Whose record a row is: that of an office its reporter took over, or the reporter's own. -#}
{% macro owner(record, reported, heard) -%}
    {%- if record.may_be_of_another -%}
    coalesce({{ heard }}.office_key, {{ reported }}.reporter_key)
    {%- else -%}
    {{ reported }}.reporter_key
    {%- endif -%}
{%- endmacro %}

{% macro join_heard_of(dataset, record, reported, heard) -%}
    {%- if record.may_be_of_another -%}
    left join {{ ref('int_records_of_heirs') }} as {{ heard }}
        on
            {{ reported }}.submission_id = {{ heard }}.submission_id
            and {{ reported }}.source_sheet = {{ heard }}.source_sheet
            and {{ reported }}.source_row = {{ heard }}.source_row
            and {{ heard }}.dataset = '{{ dataset }}'
    {%- endif -%}
{%- endmacro %}

{#-
    Records as the latest telling has them, each at the office whose record it is; `reporter_key` told of it. Not a CTE:
    PostgreSQL would read the whole of one that is named twice, for every small build. *record* is that of records(), which
    sqlfluff can call only from a model.
-#}
{% macro latest_reports(dataset, record) -%}
    select
        {{ owner(record, 'entries', 'heard') }} as office_key,
        entries.*
    from {{ ref(record.reported) }} as entries
    {{ join_heard_of(dataset, record, 'entries', 'heard') | indent(4) }}
    where not exists (
        select 1
        from {{ ref('int_offices_telling') }} as tellers
        inner join {{ ref(record.reported) }} as later on tellers.teller_key = later.reporter_key
        {{ join_heard_of(dataset, record, 'later', 'heard_later') | indent(8) }}
        where
            {{ owner(record, 'entries', 'heard') }} = tellers.office_key
            and {{ owner(record, 'later', 'heard_later') }} = tellers.office_key
            and {{ is_same_record(record, 'entries', 'later', 'tellers.office_key') | indent(12) }}
            and {{ is_told_after('entries', 'later') | indent(12) }}
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

{#- Who organises, by its key; a code that names no office stands itself, after a question mark. -#}
{% macro organiser(organiser_key, organiser_code) -%}
    coalesce({{ organiser_key }}::text, '?' || {{ organiser_code }})
{%- endmacro %}

{#- An event, by its organiser, the month in which it began, and its number. -#}
{% macro event_key(organiser, started_on, event_no) -%}
    {{ organiser }} || '/' || to_char({{ started_on }}, 'YYYY-MM') || '/' || {{ event_no }}
{%- endmacro %}
