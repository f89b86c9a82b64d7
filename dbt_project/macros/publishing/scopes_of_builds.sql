{#-
    The scope of a build: what it computes anew of a model, as values of the model's `scope_by` columns. It is fixed
    once, before the model runs (pre-hook), so that computing, testing and publishing go by the same: a slice or an
    office that became empty is emptied. `ledger.slices_to_build` names what changed; a full refresh has everything.
-#}

{#- For a model's pre-hook: the rows that *keys* selects are the scope. -#}
{% macro fix_scope(keys) -%}
    {%- if not is_whole() -%}
    insert into {{ scope_of(this) }} ({{ config.get('scope_by') | join(', ') }})
    {{ keys }}
    {%- endif -%}
{%- endmacro %}

{#-
    For a model's `where`; *columns* where they are called otherwise than in `scope_by`. The arrays are for the planner:
    it looks them up in the index of each branch of a `next` view, where a semi-join would read all of it.
-#}
{% macro in_scope(columns=none) -%}
    {%- set scope_by = config.get('scope_by') -%}
    {%- set columns = columns or scope_by -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    ({{ columns | join(', ') }}) in (select {{ scope_by | join(', ') }} from {{ scope_of(this) }})
        {%- for name in scope_by %}
        and {{ columns[loop.index0] }} = any(array(select distinct {{ name }} from {{ scope_of(this) }}))
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- For a `where` beside it: rows of which one column, *name*, has a value that is in the scope. -#}
{% macro has_value_in_scope(name) -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    {{ name }} = any(array(select distinct {{ name.split('.') | last }} from {{ scope_of(this) }}))
    {%- endif -%}
{%- endmacro %}

{#- Whether everything is computed: in a full refresh, and wherever nothing is built (unit tests, docs, compile). -#}
{% macro is_whole() -%}
    {{ return(flags.FULL_REFRESH or flags.WHICH not in ['build', 'run']) }}
{%- endmacro %}

{#- The slices of a dataset that changed: offices and months. -#}
{% macro changed_slices(dataset) -%}
    select
        office_key,
        period
    from {{ source('ledger', 'slices_to_build') }}
    where dataset = '{{ dataset }}'
{%- endmacro %}

{#- The slices that changed, of all datasets. -#}
{% macro changed_slices_of_all_datasets() -%}
    select
        office_key,
        period,
        dataset
    from {{ source('ledger', 'slices_to_build') }}
{%- endmacro %}

{#- The offices of which a slice of the dataset changed. -#}
{% macro changed_offices(dataset) -%}
    select distinct office_key
    from {{ source('ledger', 'slices_to_build') }}
    where dataset = '{{ dataset }}'
{%- endmacro %}

{#- The offices and datasets of which a slice changed. -#}
{% macro changed_offices_and_datasets() -%}
    select distinct
        office_key,
        dataset
    from {{ source('ledger', 'slices_to_build') }}
{%- endmacro %}

{#-
    Persons of whom a row of this run speaks, or spoke in any revision. The persons of a registration are all that any
    of its rows name: a later row with an ID number moves the earlier ones to another person.
-#}
{% macro changed_persons() -%}
    select distinct every.person_key
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
