with reviews as (
    select *
    from {{ ref('int_reviews_deduplicated') }}
    where {{ in_scope() }}
)

select
    -- ids
    reviews.office_key,
    reviews.reviewed_code,
    reviews.dataset,
    reviews.reviewed_period,
    reviews.revision,
    {{ office_called('reviewed') }} as reviewed_key,

    -- when
    reviews.period,
    reviews.reviewed_on,

    -- what
    reviews.decision,
    reviews.reason,

    -- lineage
    reviews.submission_id,
    reviews.source_sheet,
    reviews.source_row
from reviews
{{ join_offices_called('reviewed', 'reviews.reviewed_code', 'reviews.reviewed_on', 'reviews.period') }}
