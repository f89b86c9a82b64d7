{#-
    What this run brings up to date: on a first build, and on a full refresh, everything; else the slices of
    `ledger.slices_to_build` and the offices of `ledger.offices_to_build`, whose records those tell of. One predicate
    both deletes and selects, so that a slice or an office that became empty is emptied.
-#}

{#- Rows of the slices of this run, by the office that reported them. -#}
{% macro in_this_run(dataset, relation=none, reporter='reporter_key') -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    {%- if is_incremental() -%}
    ({{ of }}{{ reporter }}, {{ of }}period) in (
        select
            touched.office_key,
            touched.period
        from {{ source('ledger', 'slices_to_build') }} as touched
        where touched.dataset = '{{ dataset }}'
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- Rows of a mart that the slices of this run told of: of the revision that counts now, or of any before. -#}
{% macro was_told_in_this_run(dataset) -%}
    {%- if is_incremental() -%}
    submission_id in (
        select submissions.submission_id
        from {{ source('ledger', 'slices_to_build') }} as touched
        inner join {{ source('ledger', 'submissions') }} as submissions
            on touched.office_key = submissions.office_key and touched.period = submissions.period
        where touched.dataset = '{{ dataset }}'
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- A slice that became empty has no new rows, so delete+insert alone would leave it. -#}
{% macro delete_slices_of_this_run(dataset) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ was_told_in_this_run(dataset) }}
    {%- endif -%}
{%- endmacro %}

{#- The same of all datasets. -#}
{% macro delete_tellings_of_this_run() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ in_slices_of_this_run('reporter_key') }}
    {%- endif -%}
{%- endmacro %}

{#- Rows of the offices whose records of the dataset this run may change. -#}
{% macro in_touched_offices(dataset) -%}
    {%- if is_incremental() -%}
    office_key in (
        select touched.office_key
        from {{ source('ledger', 'offices_to_build') }} as touched
        where touched.dataset = '{{ dataset }}'
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{% macro delete_touched_offices(dataset) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ in_touched_offices(dataset) }}
    {%- endif -%}
{%- endmacro %}

{#- Rows of the slices of this run, of all datasets. -#}
{% macro in_slices_of_this_run(reporter='office_key') -%}
    {%- if is_incremental() -%}
    ({{ reporter }}, period, dataset) in (
        select
            touched.office_key,
            touched.period,
            touched.dataset
        from {{ source('ledger', 'slices_to_build') }} as touched
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- Whatever an office's own records of a dataset make, when this run may change any of them. -#}
{% macro delete_changes_of_this_run() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where (office_key, dataset) in (
        select
            touched.office_key,
            touched.dataset
        from {{ source('ledger', 'offices_to_build') }} as touched
    )
    {%- endif -%}
{%- endmacro %}

{#-
    Persons of whom a row of this run speaks, or spoke in any revision. The persons of a registration are all that any
    of its rows name: a later row with an ID number moves the earlier ones to another person, and so may one of an heir.
-#}
{% macro in_touched_persons() -%}
    {%- if is_incremental() -%}
    person_key in (
        select every.person_key
        from {{ source('raw', 'registrations') }} as every
        where (every._office_key, every.volunteer_no) in (
            select
                tellers.office_key,
                said.volunteer_no
            from {{ source('raw', 'registrations') }} as said
            inner join {{ source('ledger', 'slices_to_build') }} as touched
                on said._period = touched.period and said._office_key = touched.office_key
            inner join {{ source('ledger', 'related_offices') }} as tellers on said._office_key = tellers.related_key
            where touched.dataset = 'registrations'
        )
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{% macro delete_touched_persons() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ in_touched_persons() }}
    {%- endif -%}
{%- endmacro %}

{#-
    After a first build the planner knows nothing of the table, and after a whole month nothing of that month: it would
    expect no rows of it, and loop where it should hash. Autovacuum comes too late for what is built next.
-#}
{% macro analyze_when_much_is_new() -%}
    {%- if not is_incremental() or slices_of_this_run() > 500 -%}
    analyze {{ this }}
    {%- endif -%}
{%- endmacro %}

{% macro slices_of_this_run() -%}
    {%- set counted = run_query('select count(*) from ' ~ source('ledger', 'slices_to_build')) if execute -%}
    {{ return(counted.columns[0][0] if counted else 0) }}
{%- endmacro %}

{#- Rows of a raw table, all its columns: of the slices that count, in the revision that counts. -#}
{% macro accepted_rows(dataset) -%}
    select
        accepted.*,
        counted.revision as _revision
    from {{ source('raw', dataset) }} as accepted
    inner join {{ source('ledger', 'slices') }} as counted
        on
            accepted._period = counted.period
            and accepted._submission_id = counted.submission_id
            and counted.dataset = '{{ dataset }}'
{%- endmacro %}
