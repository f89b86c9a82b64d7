with slices as (
    select
        submissions.office_key,
        submissions.period,
        submissions.dataset,
        submissions.is_answered,
        submissions.is_answered and not submissions.is_late as is_on_time,
        submissions.status in ('accepted', 'partly_accepted') as is_accepted,
        reporters.level as reporter_level,
        months.tree_no
    from {{ ref('fct_submissions') }} as submissions
    inner join {{ ref('dim_offices') }} as reporters on submissions.office_key = reporters.office_key
    inner join {{ ref('int_months_asked') }} as months
        on submissions.dataset = months.dataset and submissions.period = months.period
),

counted as (
    select
        places.ancestor_key as office_key,
        slices.period,
        slices.dataset,
        slices.reporter_level,
        count(*)::integer as slices_expected,
        (count(*) filter (where slices.is_answered))::integer as slices_answered,
        (count(*) filter (where slices.is_on_time))::integer as slices_on_time,
        (count(*) filter (where slices.is_accepted))::integer as slices_accepted
    from slices
    inner join {{ ref('int_offices_in_trees') }} as places
        on slices.tree_no = places.tree_no and slices.office_key = places.office_key
    group by places.ancestor_key, slices.period, slices.dataset, slices.reporter_level
)

select
    -- ids
    office_key,
    period,
    dataset,
    reporter_level,

    -- measures
    slices_expected,
    slices_answered,
    slices_on_time,
    slices_accepted,
    (slices_answered::numeric / slices_expected)::numeric(5, 4) as rate_answered,
    (slices_on_time::numeric / slices_expected)::numeric(5, 4) as rate_on_time
from counted
