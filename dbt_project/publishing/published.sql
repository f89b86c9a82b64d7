{#-
    A model that a build does not write but proposes: the rows of the build's scope go to `candidate.<model>`, and
    `next.<model>` shows the model as it will be. `marts.<model>`, what readers see, is made here once, empty, under its
    contract, and changes only when rollcall.build publishes.

    In this order: what is missing is made; the scope is fixed (pre-hook); the rows of the scope are computed; the view
    shows them in place of what the scope held. All in one transaction, which holds the build's number.
-#}
{% materialization published, adapter='postgres' %}
    {%- set shown = this.incorporate(type='table') -%}
    {%- set candidate, scope, next = candidate_of(this), scope_of(this), next_of(this) -%}
    {%- set columns = model.columns.keys() | join(', ') -%}
    {%- set scope_by = config.get('scope_by') -%}

    {{ hold_build_number() }}
    {%- set there = load_cached_relation(this) -%}
    {#- A mart that was a view until an upgrade is made anew; where views of others hang on it, that fails and names them. #}
    {%- if there is not none and there.is_view %}
        {%- do run_query('drop view ' ~ there) -%}
    {%- endif %}
    {%- if there is none or there.is_view %}
        {%- call statement('make') %}
            create table {{ shown }} {{ get_table_columns_and_constraints() }}
        {%- endcall %}
        {%- do create_indexes(shown) -%}
        {%- if this.schema == 'marts' -%}{%- do grant_to_readers(shown) -%}{%- endif -%}
        {%- do persist_docs(shown, model) -%}
    {%- elif flags.FULL_REFRESH -%}
        {%- do persist_docs(shown, model) -%}
    {%- endif %}
    {%- call statement('make_room') %}
        create table if not exists {{ candidate }} {{ get_table_columns_and_constraints() }};
        {%- if scope_by %}
        create table if not exists {{ scope }} as
        select {{ scope_by | join(', ') }} from {{ candidate }} limit 0
        {%- endif %}
    {%- endcall %}
    {%- if flags.FULL_REFRESH -%}
        {#- A column that is new in the contract takes its comment from here when it is published. -#}
        {%- do persist_docs(candidate, model) -%}
    {%- endif -%}
    {%- for left_over in [candidate, scope] if left_over == candidate or scope_by -%}
        {%- do empty(left_over) -%}
    {%- endfor %}
    {{ run_hooks(pre_hooks) }}

    {{ get_assert_columns_equivalent(sql) }}
    {%- call statement('main') %}
        insert into {{ candidate }} ({{ columns }})
        select {{ columns }} from (
            {{ sql }}
        ) as found
    {%- endcall %}
    {%- do run_query('analyze ' ~ candidate ~ (', ' ~ scope if scope_by else '')) -%}
    {%- call statement('show_next') %}
        create or replace view {{ next }} as
        {%- if scope_by and not is_whole() %}
        select {{ columns }} from {{ shown }} as kept
        where not exists (
            select from {{ scope }} as scope
            where {% for column in scope_by %}kept.{{ column }} = scope.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
        )
        union all
        {%- endif %}
        select {{ columns }} from {{ candidate }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [shown]}) }}
{% endmaterialization %}
