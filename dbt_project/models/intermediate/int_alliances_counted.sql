with presences as (
    select
        ancestors.ancestor_key as scope_key,
        moves.alliance as holder,
        moves.period,
        moves.change as alliances
    from {{ ref('int_alliances_joined') }} as moves
    inner join {{ ref('int_offices_with_ancestors') }} as ancestors on moves.office_key = ancestors.office_key
),

counted as (
    {{ distinct_changes('presences', ['alliances']) | indent(4) }}
)

select
    scope_key as office_key,
    'alliances' as indicator,
    period,
    alliances::numeric(18, 2) as change
from counted
where alliances <> 0
