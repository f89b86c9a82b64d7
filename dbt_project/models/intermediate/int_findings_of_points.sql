{#- A number of ten characters or more is a person's wherever it stands, when one office alone registered it. -#}
with unified as (
    select volunteer_no
    from {{ ref('fct_registrations') }}
    where length(volunteer_no) >= 10
    group by volunteer_no
    having count(distinct office_key) = 1
),

{#- By the end of the day. -#}
balances as (
    select
        *,
        coalesce(sum(points) filter (where points > 0) over holders, 0) as earned,
        coalesce(-sum(points) filter (where reason = 'redeemed') over holders, 0) as redeemed
    from {{ ref('fct_points') }}
    window holders as (partition by office_key, holder_kind, holder_no order by booked_on)
)

select
    'volunteer_unknown' as finding,
    told.office_key,
    told.period,
    'points' as dataset,
    told.entry_no as record_no,
    concat(
        '积分户“', told.holder_no, '”是个人户，但在本单位没有这个编号的志愿者。积分照常计入。请核对编号，或补报注册。'
    ) as reason,
    told.submission_id,
    told.source_sheet,
    told.source_row
from {{ ref('fct_points') }} as told
where
    told.holder_kind = 'person'
    and not exists (
        select 1
        from {{ ref('fct_registrations') }} as registered
        where told.office_key = registered.office_key and told.holder_no = registered.volunteer_no
    )
    and not exists (
        select 1
        from unified
        where told.holder_no = unified.volunteer_no
    )
union all
select
    'points_over_balance' as finding,
    office_key,
    period,
    'points' as dataset,
    entry_no as record_no,
    concat(
        '积分户“', holder_no, '”到 ', booked_on, ' 共兑换 ', trim_scale(redeemed), ' 分，多于获得的 ', trim_scale(earned),
        ' 分。兑换积分照常计入。请核对兑换记录，或补报获得的积分。'
    ) as reason,
    submission_id,
    source_sheet,
    source_row
from balances
where reason = 'redeemed' and redeemed > earned
