with located as (
    select * from {{ ref('int_offices_located') }}
),

named as (
    select
        above.office_key,
        above.ancestor_key,
        located.level,
        located.office_code as ancestor_code,
        located.office_name as ancestor_name
    from {{ ref('int_offices_with_ancestors') }} as above
    inner join located on above.ancestor_key = located.office_key
),

{#- A level that an office's path does not have stays empty: a town of 嘉峪关 has no county. #}
spread as (
    select
        office_key,
        {%- for level in ['province', 'city', 'county', 'township'] %}
        max(ancestor_key) filter (where level = '{{ level }}') as {{ level }}_key,
        max(ancestor_code) filter (where level = '{{ level }}') as {{ level }}_code,
        max(ancestor_name) filter (where level = '{{ level }}') as {{ level }}_name
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from named
    group by office_key
)

select
    -- ids
    located.office_key,
    located.office_code,
    located.office_name,
    located.level,
    located.parent_key,
    concat(spread.province_name, spread.city_name, spread.county_name, spread.township_name) as full_name,

    -- where it hangs
    spread.province_key,
    spread.province_code,
    spread.province_name,
    spread.city_key,
    spread.city_code,
    spread.city_name,
    spread.county_key,
    spread.county_code,
    spread.county_name,
    spread.township_key,
    spread.township_code,
    spread.township_name,

    -- what is known of it
    located.reports,
    located.valid_from,
    located.valid_to
from located
inner join spread on located.office_key = spread.office_key
