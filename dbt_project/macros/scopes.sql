{#-
    What the sum over the offices of a scope counts too often, as negative changes.

    *members* says which offices are in which scopes, of which indicator, and on which day or days: rows of `window_id`,
    `indicator`, `tree_no`, `office_key` (the member), `ancestor_key` (the scope), `share` (of which
    `own_share` is the scope's own), `from_day` and `to_day`. The
    models of the figures and the functions that readers call share these.
-#}

{#-
    Persons who are registered in several offices of a scope on its last day: the few that several offices know. And
    those of an office that was split, of whose registration one of its heirs has told: they count in that heir alone,
    no more in the scopes of the others.
-#}
{% macro persons_counted_again(members) -%}
    select
        window_id,
        ancestor_key,
        indicator,
        (-sum(offices - is_there))::numeric as change
    from (
        select
            members.window_id,
            members.ancestor_key,
            members.indicator,
            states.person_key,
            count(distinct states.office_key) as offices,
            max(
                case
                    when states.told_by_key is null or told.office_key is not null then 1
                    when owners.valid_to < trees.tree_from then 0
                    else 1
                end
            ) as is_there
        from {{ members }} as members
        inner join (
            select
                registrations.office_key,
                registrations.person_key,
                registrations.told_by_key,
                registrations.change,
                registrations.is_backbone,
                registrations.changed_on as from_day,
                lead(registrations.changed_on) over (
                    partition by registrations.office_key, registrations.volunteer_no
                    order by registrations.changed_on
                ) as until_day
            from {{ ref('fct_registrations') }} as registrations
            inner join {{ ref('dim_volunteers') }} as volunteers
                on registrations.person_key = volunteers.person_key
            where volunteers.known_offices > 1 or volunteers.is_told_by_heir
        ) as states
            on
                members.office_key = states.office_key
                and members.to_day >= states.from_day
                and (states.until_day is null or members.to_day < states.until_day)
                and states.change <> 'withdrawn'
                and (members.indicator = 'volunteers' or states.is_backbone)
        inner join {{ ref('dim_trees') }} as trees on members.tree_no = trees.tree_no
        inner join {{ ref('dim_offices') }} as owners on states.office_key = owners.office_key
        left join {{ ref('bridge_offices_trees') }} as told
            on
                members.tree_no = told.tree_no
                and members.ancestor_key = told.ancestor_key
                and states.told_by_key = told.office_key
        where members.indicator in ('volunteers', 'volunteers_backbone')
        group by members.window_id, members.ancestor_key, members.indicator, states.person_key
    ) as shared
    where offices > is_there
    group by window_id, ancestor_key, indicator
{%- endmacro %}

{#-
    Units that bear one credit code on the lists of several offices of a scope on its last day, each indicator by its own
    predicate: only the few codes that several offices list at all.
-#}
{% macro units_counted_again(members) -%}
    select
        window_id,
        ancestor_key,
        indicator,
        (-sum(offices - 1))::numeric as change
    from (
        select
            members.window_id,
            members.ancestor_key,
            members.indicator,
            units.credit_code,
            count(distinct units.office_key) as offices
        from {{ members }} as members
        inner join {{ ref('dim_units') }} as units
            on
                members.office_key = units.office_key
                and members.to_day >= units.valid_from
                and members.to_day <= coalesce(units.valid_to, 'infinity')
                and units.credit_code = any(array(
                    select listed.credit_code
                    from {{ ref('dim_units') }} as listed
                    where listed.credit_code is not null
                    group by listed.credit_code
                    having count(distinct listed.office_key) > 1
                ))
        where
            members.indicator in ({{ quoted(indicators_of_registers()['units']) }})
            and case members.indicator
                {%- for indicator, measure in indicators_of_registers()['units'].items() %}
                when '{{ indicator }}' then {{ measure }}
                {%- endfor %}
            end = 1
        group by members.window_id, members.ancestor_key, members.indicator, units.credit_code
        having count(distinct units.office_key) > 1
    ) as shared
    group by window_id, ancestor_key, indicator
{%- endmacro %}

{#-
    Alliances of one name that units of several offices of a scope belong to on its last day, less what each of these
    offices counts: one for each kind that is stated, and one where none is.
-#}
{% macro alliances_counted_again(members) -%}
    select
        window_id,
        ancestor_key,
        indicator,
        sum(change)::numeric as change
    from (
        select
            members.window_id,
            members.ancestor_key,
            members.indicator,
            greatest(count(distinct units.alliance_kind), 1)
            - count(distinct (units.office_key, units.alliance_kind)) filter (where units.alliance_kind is not null)
            - count(distinct units.office_key)
            + count(distinct units.office_key) filter (where units.alliance_kind is not null) as change
        from {{ members }} as members
        inner join {{ ref('dim_units') }} as units
            on
                members.office_key = units.office_key
                and members.to_day >= units.valid_from
                and members.to_day <= coalesce(units.valid_to, 'infinity')
        where members.indicator = 'alliances' and {{ is_in_an_alliance() }}
        group by members.window_id, members.ancestor_key, members.indicator, units.alliance_name
        having count(distinct units.office_key) > 1
    ) as shared
    where change <> 0
    group by window_id, ancestor_key, indicator
{%- endmacro %}

{#-
    What of a transfer does not count in a scope that its two ends have places in, *own* and *other*: all that an office
    below the scope did with the scope or with another below it. What the scope itself paid or received counts, whoever
    is at the other end. Of an office that was split each heir has its share, and so has the other end.
-#}
{% macro share_within(own, other) -%}
    ({{ own }}.share - {{ own }}.own_share) * {{ other }}.share
{%- endmacro %}

{#- Transfers of offices below a scope with it or with one another. -#}
{% macro transfers_within(members) -%}
    select
        members.window_id,
        members.ancestor_key,
        members.indicator,
        -sum(transfers.amount_yuan * {{ share_within('members', 'others') }}) as change
    from {{ members }} as members
    inner join {{ ref('fct_funding') }} as transfers
        on
            members.office_key = transfers.office_key
            and transfers.booked_on between members.from_day and members.to_day
    inner join {{ ref('bridge_offices_trees') }} as others
        on
            members.tree_no = others.tree_no
            and transfers.counterparty_key = others.office_key
            and members.ancestor_key = others.ancestor_key
    where
        members.indicator in ({{ quoted(netted_indicators()) }})
        and case members.indicator
            {%- for indicator, predicate in netted_indicators().items() %}
            when '{{ indicator }}' then {{ predicate }}
            {%- endfor %}
        end
    group by members.window_id, members.ancestor_key, members.indicator
{%- endmacro %}

{#-
    Persons who served in the offices of a scope: complete in itself, never summed. Whose registration nobody reported
    is somebody by the number alone.
-#}
{% macro persons_served(members) -%}
    select
        members.window_id,
        members.ancestor_key,
        members.indicator,
        (
            count(distinct services.person_key)
            + count(
                distinct case
                    when services.person_key is null then services.office_key || '/' || services.volunteer_no
                end
            )
        )::numeric as change
    from {{ members }} as members
    inner join {{ ref('fct_services') }} as services
        on
            members.office_key = services.office_key
            and services.served_on between members.from_day and members.to_day
    where members.indicator = 'volunteers_served'
    group by members.window_id, members.ancestor_key, members.indicator
{%- endmacro %}
