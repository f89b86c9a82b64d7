with alliances as (
    select
        office_key,
        valid_from,
        valid_to,
        coalesce(alliance_kind, '') || '/' || alliance_name as alliance
    from {{ ref('dim_units') }}
    where alliance_name is not null and alliance_kind is distinct from 'none'
),

presences as (
    select
        office_key,
        alliance as holder,
        valid_from as day,
        1 as alliances
    from alliances
    union all
    select
        office_key,
        alliance as holder,
        valid_to + 1 as day,
        -1 as alliances
    from alliances
    where valid_to is not null
    union all
    {#- A register without alliances tells that there are none. #}
    select
        office_key,
        null as holder,
        valid_from as day,
        0 as alliances
    from {{ ref('dim_units') }}
),

changes as (
    {{ daily_stocks(ref('dim_units'), indicators_of_registers()['units']) | indent(4) }}
    union all
    {{ daily_distinct('presences', ['alliances']) | indent(4) }}
)

select * from changes
