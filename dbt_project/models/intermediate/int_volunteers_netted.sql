{#- Persons that one office alone knows add up; only the few that several know need counting in each common ancestor. #}
with shared as (
    select person_key from {{ ref('dim_volunteers') }} where known_offices > 1
),

changes as (
    select registrations.*
    from {{ ref('fct_registrations') }} as registrations
    inner join shared on registrations.person_key = shared.person_key
),

moves as (
    {{ registration_moves('changes') | indent(4) }}
),

in_offices as (
    select
        office_key as scope_key,
        office_key || '/' || person_key as holder,
        office_key,
        person_key,
        period,
        registered,
        backbone
    from moves
),

in_ancestors as (
    select
        ancestors.ancestor_key as scope_key,
        moves.person_key as holder,
        moves.period,
        moves.registered,
        moves.backbone
    from moves
    inner join {{ ref('int_offices_with_ancestors') }} as ancestors on moves.office_key = ancestors.office_key
),

in_offices_below as (
    select
        ancestors.ancestor_key as scope_key,
        in_offices.holder,
        in_offices.period,
        in_offices.registered,
        in_offices.backbone
    from in_offices
    inner join {{ ref('int_offices_with_ancestors') }} as ancestors on in_offices.office_key = ancestors.office_key
),

distinct_persons as (
    {{ distinct_changes('in_ancestors', ['registered', 'backbone']) | indent(4) }}
),

summed_persons as (
    {{ distinct_changes('in_offices_below', ['registered', 'backbone']) | indent(4) }}
),

surplus as (
    select
        scope_key,
        period,
        summed_persons.registered - distinct_persons.registered as registered,
        summed_persons.backbone - distinct_persons.backbone as backbone
    from summed_persons
    inner join distinct_persons using (scope_key, period)
)

select
    surplus.scope_key as office_key,
    figures.indicator,
    surplus.period,
    (-figures.surplus)::numeric(18, 2) as change
from surplus
cross join lateral (
    values ('volunteers', surplus.registered), ('volunteers_backbone', surplus.backbone)
) as figures (indicator, surplus)
where figures.surplus <> 0
