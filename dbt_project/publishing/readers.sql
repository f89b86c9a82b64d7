{#- What dbt would run to make a function of ours is proposed instead. -#}
{% macro postgres__function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
    {{ hold_build_number() }}
    {%- call statement('main') -%}select 1{%- endcall -%}
    {%- set named = target_relation.include(database=false) -%}
    {%- set statements -%}
        {{ build_sql }}
        grant execute on function {{ named }} to rollcall_read;
        comment on function {{ named }} is {{ postgres_escape_comment(model.description) }};
    {%- endset -%}
    {%- do propose(target_relation, statements) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{#- The statements that make *relation* for readers, for the publication to run. -#}
{% macro propose(relation, statements) -%}
    {%- call statement('propose') %}
        insert into ledger.reader_definitions (relation, proposed)
        values ('{{ relation.include(database=false) }}', $proposed${{ statements }}$proposed$)
        on conflict (relation) do update set proposed = excluded.proposed
    {%- endcall %}
{%- endmacro %}
