{#-
    The indicators that are built, by the dataset they come from; label, nature and definition are those of
    `indicators.csv`. A predicate, or a measure, is over one row of the dataset's mart; a measure is null where the row
    says nothing of it, which is not zero.
-#}
{% macro unit_indicators() -%}
    {{ return({
        'units': 'is_honoured',
        'units_national': "is_honoured and honour_level = 'national'",
        'units_provincial': "is_honoured and honour_level = 'provincial'",
        'units_municipal': "is_honoured and honour_level = 'municipal'",
        'units_cultivation': "pool = 'cultivation'",
        'units_recommendation': "pool = 'recommendation'",
    }) }}
{%- endmacro %}

{% macro event_indicators() -%}
    {{ return({
        'events': '1',
        'events_talk': "case when event_kind = 'talk' then 1 end",
        'events_role_model': "case when event_kind = 'role_model' then 1 end",
        'events_exhibition': "case when event_kind = 'exhibition' then 1 end",
        'events_festival': "case when theme = 'our_festivals' then 1 end",
        'events_practice_day': "case when theme = 'practice_day' then 1 end",
        'events_study': "case when event_kind = 'study' then 1 end",
        'events_dispatch': "case when event_kind = 'dispatch' then 1 end",
        'events_training': "case when event_kind = 'training' then 1 end",
        'events_party_class': "case when event_kind = 'party_class' then 1 end",
        'talk_attendees': "case when event_kind = 'talk' then attendees end",
        'dispatch_attendees': "case when event_kind in ('dispatch', 'study') then attendees end",
        'event_attendees': 'attendees',
        'event_volunteers': 'volunteers',
        'event_beneficiaries': 'beneficiaries',
    }) }}
{%- endmacro %}

{#- Transfers of these indicators net to zero in every office that both ends lie below. -#}
{% macro netted_indicators() -%}
    {{ return({
        'funding_in_provincial_yuan': "funding_kind = 'transfer_in' and fund_source = 'provincial'",
        'funding_in_yuan': "funding_kind = 'transfer_in'",
        'funding_out_yuan': "funding_kind = 'transfer_out'",
        'funding_awards_out_yuan': "funding_kind = 'transfer_out' and purpose = 'awards'",
    }) }}
{%- endmacro %}

{% macro funding_indicators() -%}
    {%- set sums = {
        'funding_budget_yuan': "funding_kind = 'budget'",
        'funding_spent_yuan': "funding_kind = 'spending'",
    } -%}
    {%- do sums.update(netted_indicators()) -%}
    {{ return(sums) }}
{%- endmacro %}

{#-
    By how much the number of distinct holders in a scope changes in each month.

    *presences* has one row per scope, holder, member and month: `scope_key`, `holder`, `period` and, for each of
    *measures*, by how much the member's presence changes (-1, 0 or 1). However many members hold one holder (offices
    that registered one person, say), it counts once: when the first comes, until the last goes.
-#}
{% macro distinct_changes(presences, measures) -%}
    select
        scope_key,
        period,
        {%- for measure in measures %}
        sum(
            ({{ measure }}_held > 0)::integer - ({{ measure }}_held - {{ measure }} > 0)::integer
        ) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from (
        select
            scope_key,
            period,
            {%- for measure in measures %}
            {{ measure }},
            sum({{ measure }}) over (
                partition by scope_key, holder order by period
            ) as {{ measure }}_held{% if not loop.last %},{% endif %}
            {%- endfor %}
        from (
            select
                scope_key,
                holder,
                period,
                {%- for measure in measures %}
                sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
                {%- endfor %}
            from {{ presences }}
            group by scope_key, holder, period
        ) as moved
    ) as held
    group by scope_key, period
{%- endmacro %}

{#-
    How each registration of *changes* (rows of fct_registrations, whole registrations) moves at the ends of months:
    one row per registration and month in which something changed. The last change of a month is what holds at its end.
-#}
{% macro registration_moves(changes) -%}
    select
        office_key,
        person_key,
        period,
        registered - coalesce(lag(registered) over registrations, 0) as registered,
        backbone - coalesce(lag(backbone) over registrations, 0) as backbone
    from (
        select
            office_key,
            volunteer_no,
            person_key,
            to_char(changed_on, 'YYYY-MM') as period,
            (change <> 'withdrawn')::integer as registered,
            (change <> 'withdrawn' and is_backbone)::integer as backbone,
            coalesce(
                date_trunc('month', lead(changed_on) over (partition by office_key, volunteer_no order by changed_on))
                > date_trunc('month', changed_on),
                true
            ) as is_last_of_month
        from {{ changes }}
    ) as stated
    where is_last_of_month
    window registrations as (partition by office_key, volunteer_no order by period)
{%- endmacro %}

{#-
    The offices and datasets whose figures this run brings up to date: the ancestors of every office with a slice in
    this run; those for which, of a month asked for, another number of slices is expected or accepted than the figures
    say; and all, when the figures do not know yet that the month is asked for at all.
-#}
{% macro is_affected() -%}
    {%- if is_incremental() -%}
    (office_key, dataset) in (
        select
            above.ancestor_key,
            touched.dataset
        from {{ source('ledger', 'slices_to_build') }} as touched
        inner join {{ ref('int_offices_with_ancestors') }} as above on touched.office_key = above.office_key
        union
        select
            counted.office_key,
            counted.dataset
        from {{ ref('int_slices_counted') }} as counted
        left join {{ this }} as shown
            on
                counted.office_key = shown.office_key
                and counted.period = shown.period
                and counted.witness = shown.indicator
        left join (
            select distinct
                figures.indicator,
                figures.period
            from {{ this }} as figures
            where
                figures.slices_expected > 0
                and figures.indicator in (select slices.witness from {{ ref('int_slices_counted') }} as slices)
        ) as known on counted.witness = known.indicator and counted.period = known.period
        where
            counted.is_asked
            and (
                (counted.slices_expected, counted.slices_accepted)
                is distinct from (shown.slices_expected, shown.slices_accepted)
                or known.period is null
            )
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{% macro delete_affected() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ is_affected() }}
    {%- endif -%}
{%- endmacro %}
