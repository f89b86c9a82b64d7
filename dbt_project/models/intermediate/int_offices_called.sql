{{ config(
    materialized='table',
    indexes=[{'columns': ['period', 'office_code'], 'unique': true}],
    post_hook="analyze {{ this }}",
) }}

-- A code is a dated fact: it may name another office in another year.
with periods as (
    select distinct period from {{ source('ledger', 'slices') }}
),

months as (
    select
        period,
        (to_date(period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date as last_day
    from periods
),

called as (
    select
        months.period,
        offices.code as office_code,
        offices.office_key,
        row_number() over (
            partition by months.period, offices.code
            order by offices.valid_from desc nulls last, offices.office_key asc
        ) as claims_before
    from months
    inner join {{ ref('offices') }} as offices
        on
            months.last_day >= coalesce(offices.valid_from, months.last_day)
            and months.last_day <= coalesce(offices.valid_to, months.last_day)
)

select
    period,
    office_code,
    office_key
from called
where claims_before = 1
