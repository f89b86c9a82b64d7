with listed as (
    select
        units.*,
        first_value(units.period) over (listings rows unbounded preceding) as first_period,
        row_number() over (partition by units.unit_key order by units.period desc) as lists_back
    from {{ ref('stg_submissions__units') }} as units
    where {{ in_touched_offices('units') }}
    window listings as (partition by units.unit_key order by units.period)
),

latest_lists as (
    select
        office_key,
        max(period) as period
    from {{ source('ledger', 'slices') }}
    where dataset = 'units'
    group by office_key
)

select
    -- ids
    listed.unit_key,
    listed.office_key,
    listed.unit_no,
    listed.unit_name,
    listed.credit_code,

    -- when
    listed.first_period,
    listed.period as last_period,
    listed.period = latest_lists.period as is_listed,
    listed.honoured_on,

    -- what
    listed.unit_kind,
    listed.honour_level,
    listed.honour_session,
    listed.honour_status,
    listed.pool,
    listed.alliance_kind,
    listed.alliance_name,
    listed.industry,

    -- measures
    listed.staff_count,
    listed.assessment_score::numeric(7, 4) as assessment_score
from listed
inner join latest_lists on listed.office_key = latest_lists.office_key
where listed.lists_back = 1
