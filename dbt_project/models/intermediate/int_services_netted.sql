{#- Only persons whom several offices registered can have served in several. #}
with served as (
    select distinct
        trees.tree_no,
        services.office_key,
        services.person_key,
        to_char(services.served_on, 'YYYY-MM') as period
    from {{ ref('fct_services') }} as services
    inner join {{ ref('dim_volunteers') }} as volunteers on services.person_key = volunteers.person_key
    inner join {{ ref('int_trees') }} as trees
        on services.served_on between trees.reported_from and trees.reported_to
    where volunteers.known_offices > 1
),

shared as (
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
from shared
group by office_key, period
