{#-
    An alliance is known by its name. Each kind that is stated of it is one; a member that leaves the kind blank is one
    only where no other member states any.
#}
with turns as (
    {%- for day, sign in [('valid_from', 1), ('valid_to + 1', -1)] %}
    select
        office_key,
        alliance_name,
        alliance_kind,
        {{ day }} as day,
        {{ sign }} as units
    from {{ ref('dim_units') }}
    where {{ is_in_an_alliance() }}{% if not loop.first %} and valid_to is not null{% endif %}
    {%- if loop.first %}
    union all
    {%- endif %}
    {%- endfor %}
),

{#- Of each kind: +1 when its first unit comes, -1 when its last one goes. #}
kinds as (
    select
        office_key,
        alliance_name,
        alliance_kind,
        day,
        (units_held > 0)::integer - (units_held - units > 0)::integer as kinds
    from (
        select
            office_key,
            alliance_name,
            alliance_kind,
            day,
            sum(units) as units,
            sum(sum(units)) over (
                partition by office_key, alliance_name, alliance_kind order by day
            ) as units_held
        from turns
        group by office_key, alliance_name, alliance_kind, day
    ) as held
),

standing as (
    select
        office_key,
        alliance_name,
        day,
        greatest(
            sum(sum(kinds) filter (where alliance_kind is not null)) over alliances,
            sum(sum(kinds) filter (where alliance_kind is null)) over alliances
        ) as alliances
    from kinds
    group by office_key, alliance_name, day
    window alliances as (partition by office_key, alliance_name order by day)
)

select
    office_key,
    alliance_name,
    day,
    coalesce(alliances, 0) - coalesce(lag(alliances) over alliances, 0) as change
from standing
window alliances as (partition by office_key, alliance_name order by day)
union all
{#- A register without alliances tells that there are none. #}
select
    office_key,
    null as alliance_name,
    min(valid_from) as day,
    0 as change
from {{ ref('dim_units') }}
group by office_key
