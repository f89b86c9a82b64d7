{#- Not a CTE: PostgreSQL would read the whole of one that is named twice, for every small build. -#}
select entries.*
from {{ ref('stg_submissions__funding') }} as entries
where not exists (
    select 1
    from {{ ref('stg_submissions__funding') }} as later
    where
        entries.office_key = later.office_key
        and entries.voucher_no = later.voucher_no
        and entries.funding_kind = later.funding_kind
        and entries.period < later.period
)
