with reporting as (
    select office_key from {{ ref('offices') }} where reports
    union
    select office_key from {{ source('ledger', 'expected_slices') }}
    union
    select office_key from {{ source('ledger', 'slices') }}
)

select distinct
    above.tree_no,
    above.ancestor_key as office_key
from {{ ref('int_offices_in_trees') }} as above
inner join reporting on above.office_key = reporting.office_key
