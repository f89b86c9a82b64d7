{#-
    What this run brings up to date. `ledger.slices_to_build` names it; on a first build, and on a full refresh, it is
    everything. One predicate both deletes and selects, so that a slice or an office that became empty is emptied.
-#}

{#- Rows of the slices of this run. -#}
{% macro in_this_run(dataset) -%}
    {%- if is_incremental() -%}
    (office_key, period) in (
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

{#- A slice that became empty has no new rows, so delete+insert alone would leave it. -#}
{% macro delete_slices_of_this_run(dataset) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ in_this_run(dataset) }}
    {%- endif -%}
{%- endmacro %}

{#- Rows of the offices that have a slice of the dataset in this run. -#}
{% macro in_touched_offices(dataset) -%}
    {%- if is_incremental() -%}
    office_key in (
        select touched.office_key
        from {{ source('ledger', 'slices_to_build') }} as touched
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
{% macro in_slices_of_this_run() -%}
    {%- if is_incremental() -%}
    (office_key, period, dataset) in (
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

{#- Whatever an office's own records of a dataset make, when any slice of it is in this run. -#}
{% macro delete_changes_of_this_run() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where (office_key, dataset) in (
        select
            touched.office_key,
            touched.dataset
        from {{ source('ledger', 'slices_to_build') }} as touched
    )
    {%- endif -%}
{%- endmacro %}

{#-
    Persons of whom a row of this run speaks, or spoke in any revision. The persons of a registration are all that any
    of its rows name: a later row with an ID number moves the earlier ones to another person.
-#}
{% macro in_touched_persons() -%}
    {%- if is_incremental() -%}
    person_key in (
        select every.person_key
        from {{ source('raw', 'registrations') }} as every
        where (every._office_key, every.volunteer_no) in (
            select
                said._office_key,
                said.volunteer_no
            from {{ source('raw', 'registrations') }} as said
            inner join {{ source('ledger', 'slices_to_build') }} as touched
                on said._period = touched.period and said._office_key = touched.office_key
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
    select accepted.*
    from {{ source('raw', dataset) }} as accepted
    inner join {{ source('ledger', 'slices') }} as counted
        on
            accepted._period = counted.period
            and accepted._submission_id = counted.submission_id
            and counted.dataset = '{{ dataset }}'
{%- endmacro %}
