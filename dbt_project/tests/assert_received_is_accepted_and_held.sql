-- One row per verdict of a month being built whose counts are not those of the rows kept. Nothing may be lost between
-- the door and the rooms: see ledger.verdicts, raw and quarantine.rows of the submission.
with months as (
    select distinct period from {{ source('ledger', 'slices_to_build') }}
),

verdicts as (
    select
        verdicts.submission_id,
        verdicts.dataset,
        verdicts.received,
        verdicts.accepted,
        verdicts.held
    from {{ source('ledger', 'verdicts') }} as verdicts
    inner join {{ source('ledger', 'submissions') }} as submissions
        on verdicts.submission_id = submissions.submission_id
    inner join months on submissions.period = months.period
    where verdicts.outcome <> 'unchanged'
),

stored as (
    {%- for dataset in (registers().keys() | list) + (records().keys() | list) %}
    select
        _submission_id as submission_id,
        '{{ dataset }}' as dataset,
        count(*) as accepted
    from {{ source('raw', dataset) }}
    where _period in (select months.period from months)
    group by _submission_id
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

quarantined as (
    select
        submission_id,
        dataset,
        count(*) as held
    from {{ source('quarantine', 'rows') }}
    group by submission_id, dataset
)

select
    submission_id,
    dataset,
    verdicts.received,
    verdicts.accepted,
    verdicts.held,
    stored.accepted as rows_in_raw,
    quarantined.held as rows_in_quarantine
from verdicts
left join stored using (submission_id, dataset)
left join quarantined using (submission_id, dataset)
where
    verdicts.received <> verdicts.accepted + verdicts.held
    or verdicts.accepted <> coalesce(stored.accepted, 0)
    or verdicts.held <> coalesce(quarantined.held, 0)
