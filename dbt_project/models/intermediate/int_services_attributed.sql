with services as (
    select * from {{ ref('stg_submissions__services') }}
),

attributed as (
    select
        services.*,
        {{ office_called('organisers') }} as organiser_key
    from services
    {{
        join_offices_called('organisers', 'services.organiser_code', 'services.served_on', 'services.period')
        | indent(4)
    }}
)

select
    -- ids
    reporter_key,
    volunteer_no,
    {{ organiser('organiser_key', 'organiser_code') }} as organiser,
    organiser_code,
    event_no,
    organiser_key,

    -- when
    period,
    served_on,

    -- measures
    hours,

    -- lineage
    told_revision,
    submission_id,
    source_sheet,
    source_row
from attributed
