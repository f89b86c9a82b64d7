select
    office_key,
    dataset,
    indicator,
    period,
    change,
    of_count
from {{ ref('int_flows_of_offices') }}
union all
select
    office_key,
    dataset,
    indicator,
    period,
    change,
    null as of_count
from {{ ref('int_stocks_of_offices') }}
