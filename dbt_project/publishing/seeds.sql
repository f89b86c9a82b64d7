{#-
    A seed that is loaded again keeps its table, and what others hang on it: its rows are replaced in one transaction,
    which readers do not wait for. dbt would truncate it, behind all who read, or drop it. Only other columns make it anew.
-#}
{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- set there = adapter.get_columns_in_relation(old_relation) | map(attribute='name') | list -%}
    {%- if there == agate_table.column_names | list -%}
        {%- do run_query('delete from ' ~ old_relation) -%}
        {{ return('delete from ' ~ old_relation) }}
    {%- endif -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}
