with changes as (
    select
        *,
        lead(changed_on) over (partition by office_key, volunteer_no order by changed_on) is null as is_latest
    from {{ ref('fct_registrations') }}
    where {{ in_scope() }}
)

{#- An attribute is that of the latest change that states it: a withdrawal often says no more than the number. #}
select
    person_key,
    {%- for attribute in ['birth_year', 'sex', 'political_status'] %}
    (
        array_agg({{ attribute }} order by changed_on desc, office_key asc, volunteer_no asc)
        filter (where {{ attribute }} is not null)
    )[1] as {{ attribute }},
    {%- endfor %}
    bool_or(is_latest and change <> 'withdrawn') as is_registered,
    bool_or(is_latest and change <> 'withdrawn' and is_backbone) as is_backbone,
    (count(distinct office_key) filter (where is_latest and change <> 'withdrawn'))::integer as registered_offices,
    count(distinct office_key)::integer as known_offices,
    bool_or(told_by_key is not null) as is_told_by_heir,
    min(changed_on) as first_changed_on,
    max(changed_on) as last_changed_on
from changes
group by person_key
