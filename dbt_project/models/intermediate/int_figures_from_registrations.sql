with changes as (
    select * from {{ ref('fct_registrations') }} where {{ in_touched_offices('registrations') }}
),

moves as (
    {{ registration_moves('changes') | indent(4) }}
),

presences as (
    select
        office_key as scope_key,
        person_key as holder,
        period,
        registered,
        backbone
    from moves
),

{#- Distinct within the office: a person may hold two registrations in one. #}
counted as (
    {{ distinct_changes('presences', ['registered', 'backbone']) | indent(4) }}
)

{#- A change of zero stays: it says that something is known of the month. #}
select
    counted.scope_key as office_key,
    figures.indicator,
    counted.period,
    figures.change::numeric(18, 2) as change
from counted
cross join lateral (
    values ('volunteers', counted.registered), ('volunteers_backbone', counted.backbone)
) as figures (indicator, change)
