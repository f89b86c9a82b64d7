select distinct above.ancestor_key as office_key
from {{ ref('int_offices_with_ancestors') }} as above
inner join {{ ref('int_offices_located') }} as members on above.office_key = members.office_key
where
    members.reports
    or members.office_key in (select office_key from {{ source('ledger', 'expected_slices') }})
    or members.office_key in (select office_key from {{ source('ledger', 'slices') }})
