-- A code is a dated fact: it may name another office in another year. On any one day it names one at most.
select
    code as office_code,
    office_key,
    valid_from as called_from,
    valid_to as called_to
from {{ ref('offices') }}
