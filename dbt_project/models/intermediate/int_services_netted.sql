{#-
    Only persons whom several offices registered, or who served elsewhere than where they are registered, can have served
    in several.
#}
with shared as (
    select person_key
    from {{ ref('dim_volunteers') }}
    where known_offices > 1
    union
    select person_key
    from {{ ref('fct_services') }}
    where registered_key <> office_key
),

served as (
    select distinct
        trees.tree_no,
        services.office_key,
        services.person_key,
        to_char(services.served_on, 'YYYY-MM') as period
    from {{ ref('fct_services') }} as services
    inner join shared on services.person_key = shared.person_key
    inner join {{ ref('int_trees') }} as trees
        on services.served_on between trees.reported_from and trees.reported_to
),

counted as (
    select
        places.ancestor_key as office_key,
        served.period,
        served.person_key,
        count(*) as offices
    from served
    inner join {{ ref('int_offices_in_trees') }} as places
        on served.tree_no = places.tree_no and served.office_key = places.office_key
    group by places.ancestor_key, served.period, served.person_key
    having count(*) > 1
)

select
    office_key,
    'volunteers_served' as indicator,
    period,
    (-sum(offices - 1))::numeric as change
from counted
group by office_key, period
