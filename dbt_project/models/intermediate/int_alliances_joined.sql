with lists as (
    select
        office_key,
        period,
        lag(period) over (partition by office_key order by period) as previous_period,
        lead(period) over (partition by office_key order by period) as next_period
    from {{ source('ledger', 'slices') }}
    where dataset = 'units' and {{ in_touched_offices('units') }}
),

listed as (
    select distinct
        office_key,
        period,
        coalesce(alliance_kind, '') || '/' || alliance_name as alliance
    from {{ ref('fct_unit_months') }}
    where
        alliance_name is not null
        and alliance_kind is distinct from 'none'
        and {{ in_touched_offices('units') }}
),

joined as (
    select
        listed.office_key,
        listed.alliance,
        lists.period,
        1 as change
    from listed
    inner join lists on listed.office_key = lists.office_key and listed.period = lists.period
    left join listed as before
        on
            listed.office_key = before.office_key
            and listed.alliance = before.alliance
            and lists.previous_period = before.period
    where before.alliance is null
),

left_again as (
    select
        listed.office_key,
        listed.alliance,
        lists.next_period as period,
        -1 as change
    from listed
    inner join lists on listed.office_key = lists.office_key and listed.period = lists.period
    left join listed as after
        on
            listed.office_key = after.office_key
            and listed.alliance = after.alliance
            and lists.next_period = after.period
    where lists.next_period is not null and after.alliance is null
),

moved as (
    select
        office_key,
        alliance,
        period,
        change
    from joined
    union all
    select
        office_key,
        alliance,
        period,
        change
    from left_again
)

select * from moved
