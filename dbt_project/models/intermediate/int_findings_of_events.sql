select
    'event_of_participant_only' as finding,
    told.office_key,
    told.period,
    'events' as dataset,
    told.event_no as record_no,
    concat(
        '活动“', told.event_no, '”（', told.started_on, '）只由参与单位报送，主办单位（代码 ', told.organiser_code,
        '）没有报送，不计入任何单位的活动场次。请主办单位补报，或核对活动编号和主办单位代码。'
    ) as reason,
    told.submission_id,
    told.source_sheet,
    told.source_row
from {{ ref('fct_events') }} as told
where
    not told.is_organiser
    and not exists (
        select 1
        from {{ ref('fct_events') }} as organised
        where told.event_key = organised.event_key and organised.is_organiser
    )
