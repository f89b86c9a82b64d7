{#- Two records of one number, told in one row's words, are one finding. #}
with findings as (
    {%- for about in ['events', 'references', 'services', 'points', 'alliances', 'lists'] %}
    select
        finding,
        office_key,
        period,
        dataset,
        record_no,
        reason,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_findings_of_' ~ about) }}
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
)

select
    -- ids
    md5(findings::text) as finding_key,
    finding,
    office_key,

    -- when
    period,

    -- what
    dataset,
    record_no,
    reason,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from findings
