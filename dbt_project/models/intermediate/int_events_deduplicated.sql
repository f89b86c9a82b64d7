{#- Not a CTE: PostgreSQL would read the whole of one that is named twice, for every small build. -#}
select entries.*
from {{ ref('stg_submissions__events') }} as entries
where not exists (
    select 1
    from {{ ref('stg_submissions__events') }} as later
    where
        entries.office_key = later.office_key
        and entries.organiser_code = later.organiser_code
        and entries.event_no = later.event_no
        and entries.period < later.period
)
