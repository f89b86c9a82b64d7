select
    office_key,
    case when bool_and(valid_from is not null) then min(valid_from) end as began_on,
    case when bool_and(valid_to is not null) then max(valid_to) end as ended_on
from {{ ref('offices') }}
group by office_key
