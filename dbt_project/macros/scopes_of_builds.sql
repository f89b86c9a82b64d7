{#-
    The scope of a build: what it computes anew of a model, as values of the model's `scope_by` columns. It is fixed
    once, before the model runs (pre-hook), so that computing, testing and publishing go by the same: a slice or an
    office that became empty is emptied. `ledger.slices_to_build` names the slices that changed or tell of the same
    records, `ledger.offices_to_build` the offices whose records those tell of; a full refresh has everything.
-#}

{#- For a model's pre-hook: the rows that *keys* selects are the scope. -#}
{% macro fix_scope(keys) -%}
    {%- if not is_whole() -%}
    insert into {{ scope_of(this) }} ({{ config.get('scope_by') | join(', ') }})
    {{ keys }}
    {%- endif -%}
{%- endmacro %}

{#-
    For a model's `where`; *columns* where they are called otherwise than in `scope_by`. A small build also looks the
    values up as arrays, which PostgreSQL takes to the index of each branch of a `next` view; a semi-join alone would
    read all of it. A large build hashes, and an array of thousands would be searched for each row.
-#}
{% macro in_scope(columns=none) -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    {%- set scope_by = config.get('scope_by') -%}
    {%- set columns = columns or scope_by -%}
    ({{ columns | join(', ') }}) in (select {{ scope_by | join(', ') }} from {{ scope_of(this) }})
        {%- if not is_large() %}
        {%- for name in scope_by %}
        and {{ columns[loop.index0] }} = any(array(select distinct {{ name }} from {{ scope_of(this) }}))
        {%- endfor %}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- Rows of which one column, *name*, has a value that *values*, a query of one column, selects; in a whole build all. -#}
{% macro is_among(name, values) -%}
    {%- if is_whole() -%}
    true
    {%- elif is_large() -%}
    {{ name }} in ({{ values }})
    {%- else -%}
    {{ name }} = any(array({{ values }}))
    {%- endif -%}
{%- endmacro %}

{#- Rows of which one column, *name*, has a value that is in the scope. -#}
{% macro has_value_in_scope(name) -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    {{ is_among(name, 'select distinct ' ~ (name.split('.') | last) ~ ' from ' ~ scope_of(this)) }}
    {%- endif -%}
{%- endmacro %}

{#- Rows of *relation* as reported, of the slices that changed. -#}
{% macro in_changed_slices(dataset, relation=none, reporter='reporter_key') -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    ({{ of }}{{ reporter }}, {{ of }}period) in ({{ changed_slices(dataset) }})
    {%- endif -%}
{%- endmacro %}

{#- Rows of the offices whose records of the dataset this build may change. -#}
{% macro in_changed_offices(dataset) -%}
    {%- if is_whole() -%}
    true
    {%- else -%}
    {{ is_among('office_key', changed_offices(dataset)) }}
    {%- endif -%}
{%- endmacro %}

{#- Whether everything is computed: in a full refresh, and wherever nothing is built (unit tests, docs, compile). -#}
{% macro is_whole() -%}
    {{ return(flags is not defined or flags.FULL_REFRESH or flags.WHICH not in ['build', 'run']) }}
{%- endmacro %}

{#- The slices of a dataset that changed: offices and months. -#}
{% macro changed_slices(dataset) -%}
    select
        office_key,
        period
    from {{ source('ledger', 'slices_to_build') }}
    where dataset = '{{ dataset }}'
{%- endmacro %}

{#- Whether so much changed that PostgreSQL is to read and hash, not to look up: `rollcall.build` says. -#}
{% macro is_large() -%}
    {#- Not while dbt parses: it would read the project again whenever this differs. -#}
    {{ return(execute and env_var('ROLLCALL_BUILD_IS_LARGE', 'no') == 'yes') }}
{%- endmacro %}

{#- The slices that changed, of all datasets. -#}
{% macro changed_slices_of_all_datasets() -%}
    select
        office_key,
        period,
        dataset
    from {{ source('ledger', 'slices_to_build') }}
{%- endmacro %}

{#- The submissions of slices of the dataset that changed: the one that counts now, and all that ever did. -#}
{% macro submissions_of_changed_slices(dataset) -%}
    select submissions.submission_id
    from {{ source('ledger', 'slices_to_build') }} as touched
    inner join {{ source('ledger', 'submissions') }} as submissions
        on touched.office_key = submissions.office_key and touched.period = submissions.period
    where touched.dataset = '{{ dataset }}'
{%- endmacro %}

{#- The offices whose records of the dataset may have changed. -#}
{% macro changed_offices(dataset) -%}
    select office_key
    from {{ source('ledger', 'offices_to_build') }}
    where dataset = '{{ dataset }}'
{%- endmacro %}

{#- The offices and datasets of which a record may have changed. -#}
{% macro changed_offices_and_datasets() -%}
    select
        office_key,
        dataset
    from {{ source('ledger', 'offices_to_build') }}
{%- endmacro %}

{#-
    Persons of whom a row of this build speaks, or spoke in any revision. The persons of a registration are all that any
    of its rows name: a later row with an ID number moves the earlier ones to another person, and so may one of an heir.
-#}
{% macro changed_persons() -%}
    select distinct every.person_key
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
