{#- Few rows are deleted in a tenth of the time that truncating takes; many leave their room only when truncated. -#}
{% macro empty(relation) -%}
    {%- set is_large = run_query("select pg_relation_size('" ~ relation ~ "') > 1000000").columns[0][0] -%}
    {%- do run_query(('truncate ' if is_large else 'delete from ') ~ relation) -%}
{%- endmacro %}

{#- So that a build which was overtaken, its lock lost with a connection, writes nothing more. -#}
{% macro hold_build_number() -%}
    {%- call statement('hold_build_number') -%}
        select ledger.hold_build_number({{ env_var('ROLLCALL_BUILD_NO', '0') }})
    {%- endcall -%}
{%- endmacro %}

{#- Never revoked: who else was given the right to read keeps it. -#}
{% macro grant_to_readers(relation) -%}
    {%- do run_query('grant select on ' ~ relation ~ ' to rollcall_read') -%}
{%- endmacro %}

{% macro candidate_of(relation) -%}
    {{ return(relation.incorporate(path={'schema': 'candidate'}, type='table')) }}
{%- endmacro %}

{% macro next_of(relation) -%}
    {{ return(relation.incorporate(path={'schema': 'next'}, type='view')) }}
{%- endmacro %}

{% macro scope_of(relation) -%}
    {{ return(relation.incorporate(path={'schema': 'candidate', 'identifier': relation.identifier ~ '__scope'}, type='table')) }}
{%- endmacro %}
