select
    'event_unknown' as finding,
    told.office_key,
    told.period,
    'services' as dataset,
    told.event_no as record_no,
    concat(
        '志愿者“', told.volunteer_no, '” ', told.served_on, ' 的服务填的活动“', told.event_no, '”（主办单位代码 ',
        told.organiser_code, '）没有单位报送，时长照常计入。请核对活动编号和主办单位代码，或请主办单位补报。'
    ) as reason,
    told.submission_id,
    told.source_sheet,
    told.source_row
from {{ ref('fct_services') }} as told
where
    not exists (
        select 1
        from {{ ref('fct_events') }} as events
        where told.event_key = events.event_key
    )
union all
select
    'volunteer_unknown' as finding,
    office_key,
    period,
    'services' as dataset,
    volunteer_no as record_no,
    concat(
        '志愿者编号“', volunteer_no, '”在本单位没有注册记录，其 ', served_on,
        ' 的服务按编号单独计为一人。请核对编号，或补报注册。'
    ) as reason,
    submission_id,
    source_sheet,
    source_row
from {{ ref('fct_services') }}
where person_key is null
