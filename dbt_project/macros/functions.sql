{#- dbt writes functions in SQL; ours are in PL/pgSQL, which can refuse what it is asked. Each call is planned for itself. -#}
{% macro postgres__scalar_function_body_sql() -%}
    $body$
{{ model.compiled_code }}
    $body$ language plpgsql parallel safe
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = 'force_custom_plan'
    set jit = 'off'
{%- endmacro %}

{#- The head of the function named *name*: what cannot be answered is refused, saying what would do. -#}
{% macro require_answerable(name) -%}
    select defined.nature = 'flow' into is_flow
    from {{ ref('indicators') }} as defined
    where defined.indicator = {{ name }}.indicator;
    if not found then
        raise exception '{{ name }}: no indicator is called %', coalesce(quote_literal({{ name }}.indicator), 'null')
            using errcode = 'invalid_parameter_value', hint = 'reference.indicators names them all.';
    elsif {{ name }}.to_date is null then
        raise exception '{{ name }}: % without to_date', {{ name }}.indicator
            using errcode = 'null_value_not_allowed', hint = 'Give the last day of the window; for a stock, its day.';
    elsif is_flow and {{ name }}.from_date is null then
        raise exception '{{ name }}: % is a flow and has no from_date', {{ name }}.indicator
            using errcode = 'null_value_not_allowed', hint = 'Give the first day of the window.';
    elsif is_flow and {{ name }}.from_date > {{ name }}.to_date then
        raise exception '{{ name }}: % from % to %', {{ name }}.indicator, {{ name }}.from_date, {{ name }}.to_date
            using errcode = 'invalid_parameter_value', hint = 'from_date is after to_date.';
    end if;
    asked_on := coalesce(
        {{ name }}.tree_on,
        (date_trunc('month', {{ name }}.to_date) + interval '1 month' - interval '1 day')::date
    );
{%- endmacro %}

{#- The one window that a call of the function named *name* asks for. -#}
{% macro window_asked_for(name, scope_key) -%}
    select
        1 as window_id,
        {{ name }}.indicator as indicator,
        case when is_flow then {{ name }}.from_date end as from_day,
        {{ name }}.to_date as to_day,
        {{ name }}.tree_on as tree_on,
        {{ scope_key }} as scope_key
{%- endmacro %}
