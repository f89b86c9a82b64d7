{%- set measures = indicators_of_registers()['units'] -%}
{#- One credit code is one unit, however many entries of the list bear it; a unit without one is its entry. #}
with presences as (
    {%- for day, sign in [('valid_from', 1), ('valid_to + 1', -1)] %}
    select
        office_key,
        coalesce(credit_code, unit_key) as holder,
        {{ day }} as day,
        {%- for indicator, measure in measures.items() %}
        {{ sign }} * coalesce({{ measure }}, 0) as {{ indicator }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('dim_units') }}
    {%- if loop.first %}
    union all
    {%- else %}
    where valid_to is not null
    {%- endif %}
    {%- endfor %}
),

changes as (
    {{ daily_distinct('presences', measures) | indent(4) }}
    union all
    select
        office_key,
        'alliances' as indicator,
        day,
        sum(change)::numeric(38, 2) as change,
        null::bigint as of_count
    from {{ ref('int_alliances_of_offices') }}
    group by office_key, day
    having sum(change) <> 0 or bool_or(alliance_name is null)
)

select * from changes
