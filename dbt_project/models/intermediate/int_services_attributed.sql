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
    office_key,
    volunteer_no,
    {{ event_key('organiser_key', 'organiser_code', 'event_no') }} as event_key,
    organiser_code,
    event_no,
    organiser_key,
    coalesce(organiser_key = office_key, false) as is_organiser,

    -- when
    period,
    served_on,

    -- measures
    hours,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from attributed
