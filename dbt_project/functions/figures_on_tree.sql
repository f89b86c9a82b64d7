#variable_conflict use_column
declare
    is_flow boolean;
    asked_on date;
begin
    {{ require_answerable('figures_on_tree') | indent(4) }}
    return query
    with windows as not materialized (
        {{ window_asked_for('figures_on_tree', 'null::integer') | indent(8) }}
    ),

    {{ figures_of_windows(has_scope=false) | indent(4) }}

    select
        versions.office_key,
        versions.office_code,
        versions.office_name,
        versions.level,
        figures.value
    from {{ ref('dim_office_versions') }} as versions
    left join figures on versions.office_key = figures.ancestor_key
    where
        asked_on >= coalesce(versions.valid_from, '-infinity')
        and asked_on <= coalesce(versions.valid_to, 'infinity')
    order by versions.office_key;
end
