-- One row per slice being built whose mart has not exactly its accepted rows, less those that a later month reports
-- again. A row more or less here is a number counted twice, or lost.
{%- set marts = {
    'units': ('fct_unit_months', []),
    'registrations': ('fct_registrations', ['volunteer_no', 'changed_on']),
    'events': ('fct_events', ['organiser_code', 'event_no']),
    'funding': ('fct_funding', ['voucher_no', 'funding_kind']),
} %}
with touched as (
    select
        touched.office_key,
        touched.period,
        touched.dataset,
        touched.submission_id,
        verdicts.accepted
    from {{ source('ledger', 'slices_to_build') }} as touched
    inner join {{ source('ledger', 'verdicts') }} as verdicts
        on touched.submission_id = verdicts.submission_id and touched.dataset = verdicts.dataset
),

found as (
    {%- for dataset, (mart, keys) in marts.items() %}
    select
        submission_id,
        '{{ dataset }}' as dataset,
        count(*) as in_mart,
        0 as superseded
    from {{ ref(mart) }}
    group by submission_id
    {%- if keys %}
    union all
    select
        entries.submission_id,
        '{{ dataset }}' as dataset,
        0 as in_mart,
        count(*) as superseded
    from {{ ref('stg_submissions__' ~ dataset) }} as entries
    inner join {{ ref(mart) }} as later
        on
            entries.office_key = later.office_key
            {%- for key in keys %}
            and entries.{{ key }} = later.{{ key }}
            {%- endfor %}
            and entries.period < later.period
    group by entries.submission_id
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        submission_id,
        dataset,
        sum(in_mart) as in_mart,
        sum(superseded) as superseded
    from found
    group by submission_id, dataset
)

select
    touched.office_key,
    touched.period,
    touched.dataset,
    touched.accepted,
    counted.in_mart,
    counted.superseded
from touched
left join counted on touched.submission_id = counted.submission_id and touched.dataset = counted.dataset
where touched.accepted <> coalesce(counted.in_mart, 0) + coalesce(counted.superseded, 0)
