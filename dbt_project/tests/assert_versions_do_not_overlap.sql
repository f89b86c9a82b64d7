-- One row per version that ends before it begins, or after the next of the same entry begins: on such a day the entry
-- would be counted twice.
{%- set keys = {
    'dim_units': ['unit_key'],
    'dim_sites': ['site_key'],
    'dim_teams': ['team_key'],
    'dim_projects': ['project_key'],
    'fct_unit_honours': ['unit_key'],
    'bridge_volunteers_teams': ['office_key', 'volunteer_no'],
} %}
with versions as (
    {%- for mart, columns in keys.items() %}
    select
        '{{ mart }}' as mart,
        concat_ws('/', {{ columns | join(', ') }}) as entry,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by {{ columns | join(', ') }} order by valid_from) as next_from
    from {{ ref(mart) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    mart,
    entry,
    valid_from,
    valid_to,
    next_from
from versions
where valid_to < valid_from or next_from <= coalesce(valid_to, 'infinity')
