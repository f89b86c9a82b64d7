{%- set registers = [('site', 'sites', '阵地', 'site_kind'), ('team', 'teams', '队伍', "coalesce(team_kind, '')")] -%}
{#- Entries of registers as they look: the name without blanks and letter case, and the kind. #}
with looks as (
    {%- for entry, dataset, label, kind in registers %}
    select
        '{{ dataset }}' as dataset,
        office_key,
        {{ entry }}_no as entry_no,
        {{ entry }}_name as entry_name,
        lower(regexp_replace(normalize({{ entry }}_name, nfkc), '\s', '', 'g')) as look,
        {{ kind }} as kind,
        valid_from,
        coalesce(valid_to, 'infinity') as valid_to,
        period
    from {{ ref('dim_' ~ dataset) }}
    where {{ entry }}_status = 'active'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

above as (
    select distinct
        office_key,
        ancestor_key
    from {{ ref('int_offices_in_trees') }}
    where office_key <> ancestor_key
),

{#- At the end of a month asked for; of several offices above, the one whose entry was first. #}
pairs as (
    select distinct on (own.dataset, own.office_key, own.entry_no, months.period)
        own.dataset,
        own.office_key,
        own.entry_no,
        own.entry_name,
        own.period as begun_in,
        months.period as seen_in,
        other.office_key as upper_key,
        other.entry_no as upper_no
    from looks as own
    inner join above on own.office_key = above.office_key
    inner join looks as other
        on
            above.ancestor_key = other.office_key
            and own.dataset = other.dataset
            and own.look = other.look
            and own.kind = other.kind
    inner join {{ ref('int_months_asked') }} as months
        on
            own.dataset = months.dataset
            and months.is_asked
            and months.last_day between greatest(own.valid_from, other.valid_from)
            and least(own.valid_to, other.valid_to)
    inner join {{ ref('int_offices_in_trees') }} as places
        on
            months.tree_no = places.tree_no
            and own.office_key = places.office_key
            and other.office_key = places.ancestor_key
    order by
        own.dataset, own.office_key, own.entry_no, months.period, other.valid_from, other.office_key, other.entry_no
),

{#- Told by the list that stood then: the latest one that has the entry, by the month it was seen in or as it begins. #}
told as (
    {%- for entry, dataset, label, kind in registers %}
    select
        '{{ entry }}_on_two_lists' as finding,
        '{{ label }}' as label,
        pairs.*,
        listed.period,
        listed.submission_id,
        listed.source_sheet,
        listed.source_row
    from pairs
    inner join {{ ref('stg_submissions__' ~ dataset) }} as listed
        on
            pairs.office_key = listed.office_key
            and pairs.entry_no = listed.{{ entry }}_no
            and listed.period <= greatest(pairs.seen_in, pairs.begun_in)
    where pairs.dataset = '{{ dataset }}'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

latest as (
    select distinct on (dataset, office_key, entry_no, seen_in) *
    from told
    order by dataset asc, office_key asc, entry_no asc, seen_in asc, period desc
)

select distinct on (latest.submission_id, latest.source_sheet, latest.source_row, latest.dataset)
    latest.finding,
    latest.office_key,
    latest.period,
    latest.dataset,
    latest.entry_no as record_no,
    concat(
        latest.label, '“', latest.entry_name, '”（', latest.entry_no, '）与上级', uppers.office_name, '台账中的“',
        latest.upper_no, '”名称和类型相同，两级都计数。请核对是否为同一', latest.label, '，是则只由一级填报。'
    ) as reason,
    latest.submission_id,
    latest.source_sheet,
    latest.source_row
from latest
inner join {{ ref('dim_offices') }} as uppers on latest.upper_key = uppers.office_key
order by latest.submission_id, latest.source_sheet, latest.source_row, latest.dataset, latest.seen_in
