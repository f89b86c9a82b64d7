with submissions as (
    select
        submissions.submission_id,
        submissions.office_key,
        submissions.period,
        submissions.revision,
        submissions.filename,
        submissions.sha256,
        submissions.submitted_at,
        submissions.received_at,
        judgements.outcome,
        judgements.reason
    from {{ source('ledger', 'submissions') }} as submissions
    left join {{ source('ledger', 'judgements') }} as judgements
        on submissions.submission_id = judgements.submission_id
),

by_dataset as (
    select
        submissions.*,
        verdicts.dataset,
        verdicts.outcome as dataset_outcome,
        verdicts.reason as dataset_reason,
        verdicts.received,
        verdicts.accepted,
        verdicts.held
    from submissions
    inner join {{ source('ledger', 'verdicts') }} as verdicts on submissions.submission_id = verdicts.submission_id
),

{#-
    A file that could not be read at all, or that is not judged yet, speaks of whatever the office was asked for and
    has not told otherwise.
#}
unread as (
    select
        submissions.*,
        expected.dataset
    from submissions
    inner join {{ source('ledger', 'expected_slices') }} as expected
        on submissions.office_key = expected.office_key and submissions.period = expected.period
    where
        coalesce(submissions.outcome, 'turned_away') = 'turned_away'
        and submissions.submission_id not in (select by_dataset.submission_id from by_dataset)
        and (submissions.office_key, submissions.period, expected.dataset) not in (
            select
                by_dataset.office_key,
                by_dataset.period,
                by_dataset.dataset
            from by_dataset
        )
),

told as (
    select
        submission_id,
        office_key,
        period,
        dataset,
        revision,
        filename,
        sha256,
        submitted_at,
        received_at,
        dataset_outcome as outcome,
        coalesce(dataset_reason, reason) as reason,
        received,
        accepted,
        held
    from by_dataset
    union all
    select
        submission_id,
        office_key,
        period,
        dataset,
        revision,
        filename,
        sha256,
        submitted_at,
        received_at,
        coalesce(outcome, 'received') as outcome,
        reason,
        0 as received,
        0 as accepted,
        0 as held
    from unread
),

ordered as (
    select
        *,
        row_number() over (
            partition by office_key, period, dataset
            order by revision desc, submission_id desc
        ) - 1 as tellings_after,
        row_number() over (
            partition by office_key, period, dataset
            order by (outcome in ('accepted', 'partly_accepted')) desc, revision asc, submission_id asc
        ) - 1 as usable_before
    from told
)

select * from ordered
