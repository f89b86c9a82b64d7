{#-
    A view for readers over published models. A build tests it as `next.<model>`, and proposes the statements that make
    it in `marts`; they are run when the build is published, if they are not those that were run last.
-#}
{% materialization reader_view, adapter='postgres' %}
    {%- set shown = this.incorporate(type='view') -%}
    {{ hold_build_number() }}
    {{ run_hooks(pre_hooks) }}
    {{ get_assert_columns_equivalent(sql) }}
    {%- call statement('main') %}
        create or replace view {{ next_of(this) }} as
        {{ sql }}
    {%- endcall %}
    {%- set statements -%}
        create or replace view {{ shown }} as
        {{ sql | replace('"next".', '"' ~ this.schema ~ '".') }};
        grant select on {{ shown }} to rollcall_read;
        comment on view {{ shown }} is {{ postgres_escape_comment(model.description) }};
        {%- for column in model.columns.values() %}
        comment on column {{ shown }}.{{ column.name }} is {{ postgres_escape_comment(column.description) }};
        {%- endfor %}
    {%- endset -%}
    {%- do propose(shown, statements) -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [shown]}) }}
{% endmaterialization %}
