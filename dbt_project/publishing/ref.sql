{#-
    During a build, models and tests read of a published model what is proposed: `next.<model>`. Every other command
    (test, show, compile, docs), and what is made for readers, reads `marts.<model>`. Lineage is dbt's own either way.
-#}
{% macro ref() -%}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {%- if execute and flags.WHICH in ['build', 'run'] and model.resource_type != 'function' -%}
        {#- A unit test has no graph, and reads what it was given. -#}
        {%- set node = graph.get('nodes', {}).get('model.' ~ project_name ~ '.' ~ varargs[-1], {}) -%}
        {%- if node.get('config', {}).get('materialized') in ['published', 'reader_view'] -%}
            {%- set relation = next_of(relation) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
