with expected as (
    select * from {{ source('ledger', 'expected_slices') }}
),

told as (
    select * from {{ ref('int_submissions_told') }}
),

latest as (
    select * from told where tellings_after = 0
),

{#- The office has answered when it first sent what could be used, or, failing that, when it first sent anything. #}
answered as (
    select * from told where usable_before = 0
),

counted as (
    select told.*
    from told
    inner join {{ source('ledger', 'slices') }} as slices
        on
            told.office_key = slices.office_key
            and told.period = slices.period
            and told.dataset = slices.dataset
            and told.submission_id = slices.submission_id
)

select
    -- ids
    expected.office_key,
    expected.period,
    expected.dataset,
    counted.submission_id,
    counted.revision,
    counted.filename,
    counted.sha256,

    -- when
    expected.due_at,
    answered.submitted_at,
    answered.received_at,
    answered.submitted_at > expected.due_at as is_late,

    -- what happened
    coalesce(counted.outcome, latest.outcome, 'missing') as status,
    latest.submission_id is not null as is_answered,
    latest.revision as last_revision,
    latest.outcome as last_outcome,
    case when latest.submission_id is null then answers.outcome end as answer_outcome,
    coalesce(latest.reason, case when latest.submission_id is null then answers.detail end) as reason,

    -- measures
    coalesce(counted.received, latest.received, 0) as rows_received,
    coalesce(counted.accepted, latest.accepted, 0) as rows_accepted,
    coalesce(counted.held, latest.held, 0) as rows_held
from expected
left join counted
    on
        expected.office_key = counted.office_key
        and expected.period = counted.period
        and expected.dataset = counted.dataset
left join latest
    on
        expected.office_key = latest.office_key
        and expected.period = latest.period
        and expected.dataset = latest.dataset
left join answered
    on
        expected.office_key = answered.office_key
        and expected.period = answered.period
        and expected.dataset = answered.dataset
left join {{ source('ledger', 'answers') }} as answers
    on expected.office_key = answers.office_key and expected.period = answers.period
