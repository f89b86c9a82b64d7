#variable_conflict use_column
declare
    is_flow boolean;
    asked_on date;
    finite_on date;
    scope integer;
    answer numeric;
begin
    {{ require_answerable('figure') | indent(4) }}
    -- No days can be counted to infinity, which is asked for as any late day.
    finite_on := greatest(least(asked_on, '9999-12-31'), '0001-01-01');
    -- A code may have named another office, or this office have had another code: the bearer nearest to that day.
    select versions.office_key into scope
    from {{ ref('dim_office_versions') }} as versions
    where versions.office_code = figure.office_code
    order by greatest(coalesce(versions.valid_from - finite_on, 0), coalesce(finite_on - versions.valid_to, 0), 0), versions.office_key
    limit 1;
    if not found then
        raise exception 'figure: no office has or had the code %', coalesce(quote_literal(figure.office_code), 'null')
            using errcode = 'invalid_parameter_value', hint = 'marts.dim_office_versions has the codes of all times.';
    end if;

    with windows as not materialized (
        {{ window_asked_for('figure', 'scope') | indent(8) }}
    ),

    {{ figures_of_windows(has_scope=true) | indent(4) }}

    select figures.value into answer from figures;
    return answer;
end
