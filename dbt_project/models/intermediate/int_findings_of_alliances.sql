{#- An alliance may have members on several lists of its province: what leads it may be on another office's. -#}
with provinces as (
    select distinct
        places.tree_no,
        places.office_key,
        places.ancestor_key as province_key
    from {{ ref('int_offices_in_trees') }} as places
    inner join {{ ref('int_offices_located') }} as tops on places.ancestor_key = tops.office_key
    where tops.parent_key is null
),

members as (
    select
        units.office_key,
        units.period,
        units.alliance_name,
        units.alliance_kind,
        provinces.province_key,
        count(*) filter (where units.leads_alliance) as leaders
    from {{ ref('fct_unit_months') }} as units
    inner join {{ ref('int_months_asked') }} as months on units.period = months.period and months.dataset = 'units'
    inner join {{ ref('int_offices_lifetimes') }} as lives on units.office_key = lives.office_key
    inner join provinces on months.tree_no = provinces.tree_no and units.office_key = provinces.office_key
    where
        units.alliance_name is not null
        and units.alliance_kind is distinct from 'none'
        and months.last_day >= coalesce(lives.began_on, months.last_day)
        and date_trunc('month', months.last_day) <= coalesce(lives.ended_on, months.last_day)
    group by
        units.office_key, units.period, units.alliance_name, units.alliance_kind, provinces.province_key
),

{#- A blank kind is that of the others; where they state two, it is of neither. #}
kinds as (
    select
        *,
        min(alliance_kind) over alliances as first_kind,
        max(alliance_kind) over alliances as last_kind
    from members
    window alliances as (partition by period, province_key, alliance_name)
),

led as (
    select
        office_key,
        period,
        alliance_name,
        coalesce(alliance_kind, first_kind) as alliance_kind,
        sum(sum(leaders)) over (
            partition by period, province_key, alliance_name, coalesce(alliance_kind, first_kind)
        ) as leaders
    from kinds
    where alliance_kind is not null or first_kind is not distinct from last_kind
    group by office_key, period, province_key, alliance_name, coalesce(alliance_kind, first_kind)
)

select
    case leaders when 0 then 'alliance_without_leader' else 'alliance_with_two_leaders' end as finding,
    led.office_key,
    led.period,
    'units' as dataset,
    led.alliance_name as record_no,
    concat(
        '联盟“', led.alliance_name, '”', '（' || codes.label_zh || '）', '在 ', led.period, ' 的台账里有 ', led.leaders,
        ' 个本月轮值单位，应为 1 个。联盟数照常计入。请成员单位核对“本月轮值”。'
    ) as reason,
    null::bigint as submission_id,
    null::text as source_sheet,
    null::integer as source_row
from led
left join {{ ref('codes') }} as codes on codes.code_list = 'alliance_kind' and led.alliance_kind = codes.code
where led.leaders <> 1
