{{ config(materialized='view') }}

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
union all
{%- endif %}
{%- endfor %}
