{#- Whose registration nobody reported is somebody by the number alone. -#}
select
    office_key,
    to_char(served_on, 'YYYY-MM') as period,
    (
        count(distinct person_key)
        + count(distinct case when person_key is null then volunteer_no end)
    )::numeric(18, 2) as persons
from {{ ref('fct_services') }}
where {{ in_scope() }}
group by office_key, to_char(served_on, 'YYYY-MM')
