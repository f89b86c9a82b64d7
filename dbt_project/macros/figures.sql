{#- Whether a unit holds an honour: suspended it does, applying for it or after it was revoked it does not. -#}
{% macro is_honoured() -%}
    honour_level <> 'none' and coalesce(honour_status, 'kept') not in ('revoked', 'applying')
{%- endmacro %}

{#- Whether a unit is of an alliance, which is known by its name: at one member its kind may be blank. -#}
{% macro is_in_an_alliance() -%}
    alliance_name is not null and alliance_kind is distinct from 'none'
{%- endmacro %}

{#-
    What each indicator counts, by the dataset it comes from; label, nature and definition are those of
    `indicators.csv`. A measure is over one row of the dataset's mart, for a register over one version of an entry; it
    is null where the row says nothing of it, which is not zero.
-#}
{% macro indicators_of_registers() -%}
    {%- set is_honoured = is_honoured() -%}
    {%- set measures = {'units': {
        'units': 'case when ' ~ is_honoured ~ ' then 1 end',
        'units_national': 'case when ' ~ is_honoured ~ " and honour_level = 'national' then 1 end",
        'units_provincial': 'case when ' ~ is_honoured ~ " and honour_level = 'provincial' then 1 end",
        'units_municipal': 'case when ' ~ is_honoured ~ " and honour_level = 'municipal' then 1 end",
        'units_cultivation': "case when pool = 'cultivation' then 1 end",
        'units_recommendation': "case when pool = 'recommendation' then 1 end",
    }} -%}
    {%- set active = {'sites': {
        'site_centres': "site_kind = 'centre'",
        'site_institutes': "site_kind = 'institute'",
        'site_stations': "site_kind = 'station'",
        'site_points': "site_kind = 'point'",
        'site_bases': "site_kind = 'base'",
        'site_plazas': "site_kind = 'plaza'",
        'site_platforms': "site_kind = 'platform'",
    }, 'teams': {
        'teams': "team_tier <> 'organisation'",
        'team_corps': "team_tier = 'corps'",
        'team_brigades_standing': "team_tier = 'brigade' and team_kind = 'standing'",
        'team_brigades_industry': "team_tier = 'brigade' and team_kind = 'industry'",
        'team_brigades_township': "team_tier = 'brigade' and team_kind = 'township'",
        'team_detachments': "team_tier = 'detachment'",
        'teams_featured': "team_kind = 'featured'",
        'volunteer_organisations': "team_tier = 'organisation'",
    }, 'projects': {
        'projects': "project_kind = 'service'",
        'brands': "project_kind = 'brand'",
        'practices': "project_kind = 'practice'",
    }} -%}
    {%- for dataset, predicates in active.items() -%}
        {%- do measures.update({dataset: {}}) -%}
        {%- for indicator, predicate in predicates.items() -%}
            {%- set status = dataset[:-1] ~ '_status' -%}
            {%- do measures[dataset].update({
                indicator: 'case when ' ~ status ~ " = 'active' and " ~ predicate ~ ' then 1 end',
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do measures['sites'].update({'site_area_m2': "case when site_status = 'active' then area_m2 end"}) -%}
    {{ return(measures) }}
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

{#- Flows of the records of other datasets, by the column that holds the day they count on. -#}
{% macro indicators_of_records() -%}
    {{ return({
        'services': {'served_on': {'service_hours': 'case when is_counted then hours end'}},
        'needs': {
            'raised_on': {'needs': "case when need_kind = 'need' then 1 end"},
            'finished_on': {
                'resident_problems_resolved': "case when need_kind = 'resident_problem' and need_status = 'done' then 1 end",
                'creation_problems_resolved': "case when need_kind = 'creation_problem' and need_status = 'done' then 1 end",
                'need_days_to_finish': "case when need_status = 'done' then days_to_finish end",
            },
        },
        'inspections': {'inspected_on': {'inspections': '1', 'problems_resolved': 'problems_resolved'}},
        'role_models': {'selected_on': {'role_models': '1'}},
        'points': {'booked_on': {
            'points_earned': 'case when points > 0 then points end',
            'points_redeemed': "case when reason = 'redeemed' then -points end",
        }},
    }) }}
{%- endmacro %}

{#- Of transfers: what an office itself received or paid, and what those below it did with offices outside of it. -#}
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

{#- Every indicator by its dataset. -#}
{% macro indicators_of_datasets() -%}
    {%- set found = {} -%}
    {%- for dataset, measures in indicators_of_registers().items() -%}
        {%- do found.update({dataset: measures.keys() | list}) -%}
    {%- endfor -%}
    {%- for dataset, days in indicators_of_records().items() -%}
        {%- do found.update({dataset: []}) -%}
        {%- for measures in days.values() -%}{%- do found[dataset].extend(measures.keys()) -%}{%- endfor -%}
    {%- endfor -%}
    {%- do found.update({'events': event_indicators().keys() | list}) -%}
    {%- do found['units'].append('alliances') -%}
    {%- do found['services'].append('volunteers_served') -%}
    {%- do found.update({
        'registrations': ['volunteers', 'volunteers_backbone'],
        'funding': funding_indicators().keys() | list + ['funding_balance_yuan', 'funding_unmatched_yuan'],
    }) -%}
    {{ return(found) }}
{%- endmacro %}

{#- Counted distinct at each level: whole in each heir of an office that was split, once in an office above both. -#}
{% macro distinct_indicators() -%}
    {{ return(
        indicators_of_registers()['units'].keys() | list
        + ['alliances', 'volunteers', 'volunteers_backbone', 'volunteers_served']
    ) }}
{%- endmacro %}

{#- A mean is a sum over a count; both are divided, and added up, before the one is divided by the other. -#}
{% macro mean_indicators() -%}
    {{ return(['need_days_to_finish']) }}
{%- endmacro %}

{#- Names for an `in (…)`. -#}
{% macro quoted(names) -%}
    '{{ names | join("', '") }}'
{%- endmacro %}

{#-
    The offices and datasets whose figures this run brings up to date: all that any office whose records this run
    may change lies below, on whatever tree; the office itself where its claims changed; those for which, of a month asked for,
    another number of slices is expected or accepted than the figures say; and all, when the figures do not know yet
    that the month is asked for at all.
-#}
{% macro affected_offices_and_datasets() -%}
    select
        above.ancestor_key,
        touched.dataset
    from {{ source('ledger', 'offices_to_build') }} as touched
    inner join {{ ref('int_offices_in_trees') }} as above on touched.office_key = above.office_key
    union
    select
        touched.office_key,
        built.dataset
    from {{ source('ledger', 'slices_to_build') }} as touched
    cross join {{ ref('int_indicators_built') }} as built
    where touched.dataset = 'totals'
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
{%- endmacro %}

{#- The same, by indicator, once it is fixed for rpt_figures. -#}
{% macro affected_offices_and_indicators() -%}
    select
        affected.office_key,
        indicators.indicator
    from {{ scope_of(builtins.ref('rpt_figures')) }} as affected
    inner join {{ ref('int_indicators_built') }} as indicators on affected.dataset = indicators.dataset
{%- endmacro %}
