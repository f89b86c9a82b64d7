-- One row per slice being built whose mart has not exactly its accepted rows, less those that a later month reports
-- again. A row more or less here is a number counted twice, or lost. Registers other than of units come to dated
-- versions only: assert_every_listed_entry_stands is about those.
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
    select
        submission_id,
        'units' as dataset,
        count(*) as in_mart,
        0 as superseded
    from {{ ref('fct_unit_months') }}
    group by submission_id
    {%- for dataset, record in records().items() %}
    union all
    select
        marts.submission_id,
        '{{ dataset }}' as dataset,
        count(*) as in_mart,
        0 as superseded
    from {{ ref(record.mart) }} as marts
    inner join touched
        on
            marts.office_key = touched.office_key
            and marts.period = touched.period
            and touched.dataset = '{{ dataset }}'
    group by marts.submission_id
    union all
    select
        entries.submission_id,
        '{{ dataset }}' as dataset,
        0 as in_mart,
        count(*) as superseded
    from {{ ref(record.reported) }} as entries
    inner join touched
        on
            entries.office_key = touched.office_key
            and entries.period = touched.period
            and touched.dataset = '{{ dataset }}'
    inner join {{ ref(record.mart) }} as later
        on
            {{ is_told_again(record['keys'], 'entries', 'later') | indent(12) }}
    group by entries.submission_id
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
where
    touched.dataset not in ('sites', 'teams', 'projects')
    and touched.accepted <> coalesce(counted.in_mart, 0) + coalesce(counted.superseded, 0)
