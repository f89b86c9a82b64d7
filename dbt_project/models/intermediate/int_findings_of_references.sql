{#- On the list of the office whose record it is, or of the heir that tells it. -#}
{%- for register, entries, label in [('team', 'teams', '队伍'), ('site', 'sites', '阵地'), ('project', 'projects', '项目')] %}
select
    '{{ register }}_unknown' as finding,
    told.office_key,
    told.period,
    told.dataset,
    told.record_no,
    concat(
        '“', told.record_no, '”所填{{ label }}编号“', told.entry_no, '”不在本单位 ', told.day,
        ' 的台账里，这条记录不归入任何{{ label }}。请核对编号，或在台账中补报该{{ label }}。'
    ) as reason,
    told.submission_id,
    told.source_sheet,
    told.source_row
from {{ ref('int_references_to_registers') }} as told
where
    told.register = '{{ register }}'
    {%- for office in ['office_key', 'reporter_key'] %}
    and not exists (
        select 1
        from {{ ref('dim_' ~ entries) }} as listed
        where
            told.{{ office }} = listed.office_key
            and told.entry_no = listed.{{ register }}_no
            and told.day >= listed.valid_from
            and told.day <= coalesce(listed.valid_to, 'infinity')
    )
    {%- endfor %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
