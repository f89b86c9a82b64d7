select
    office_key,
    max(valid_to) as ended_on
from {{ ref('offices') }}
group by office_key
having bool_and(valid_to is not null)
