with honoured as (
    select
        *,
        (
            (honour_level, honour_session, honour_status, valid_from) is distinct from (
                lag(honour_level) over versions,
                lag(honour_session) over versions,
                lag(honour_status) over versions,
                lag(valid_to) over versions + 1
            )
        ) as is_other
    from {{ ref('dim_units') }}
    where
        honour_level <> 'none'
        and honour_status is distinct from 'applying'
        and {{ in_scope() }}
    window versions as (partition by unit_key order by valid_from)
),

numbered as (
    select
        *,
        count(*) filter (where is_other) over (partition by unit_key order by valid_from) as statement_no
    from honoured
),

{#- The day of an honour is often filled in, or put right, by a later list: the latest that states one counts. #}
stated as (
    select
        unit_key,
        office_key,
        unit_no,
        min(valid_from) as valid_from,
        max(coalesce(valid_to, 'infinity')) as valid_to,
        (array_agg(period order by valid_from))[1] as period,
        (array_agg(honoured_on order by valid_from desc) filter (where honoured_on is not null))[1] as honoured_on,
        honour_level,
        honour_session,
        honour_status,
        (array_agg(submission_id order by valid_from))[1] as submission_id,
        (array_agg(source_sheet order by valid_from))[1] as source_sheet,
        (array_agg(source_row order by valid_from))[1] as source_row
    from numbered
    group by unit_key, office_key, unit_no, statement_no, honour_level, honour_session, honour_status
)

select
    -- ids
    stated.unit_key,
    stated.office_key,
    stated.unit_no,

    -- when
    stated.valid_from,
    nullif(stated.valid_to, 'infinity') as valid_to,
    stated.valid_to = 'infinity' as is_current,
    stated.period,
    stated.honoured_on,

    -- what
    stated.honour_level,
    stated.honour_session,
    stated.honour_status,
    sessions.conferred_on as session_conferred_on,
    sessions.conferred_on is not null as is_known_session,

    -- lineage
    stated.submission_id,
    stated.source_sheet,
    stated.source_row
from stated
left join {{ ref('honour_sessions') }} as sessions
    on stated.honour_level = sessions.honour_level and stated.honour_session = sessions.session
