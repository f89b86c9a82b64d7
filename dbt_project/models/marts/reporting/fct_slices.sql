select
    office_key,
    period,
    dataset,
    submission_id,
    revision
from {{ source('ledger', 'slices') }}
where {{ in_scope() }}
