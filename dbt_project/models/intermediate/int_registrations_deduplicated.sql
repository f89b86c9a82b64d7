{#- Not a CTE: PostgreSQL would read the whole of one that is named twice, for every small build. -#}
select entries.*
from {{ ref('stg_submissions__registrations') }} as entries
where not exists (
    select 1
    from {{ ref('stg_submissions__registrations') }} as later
    where
        entries.office_key = later.office_key
        and entries.volunteer_no = later.volunteer_no
        and entries.changed_on = later.changed_on
        and entries.period < later.period
)
