{%- for dataset, register in registers().items() %}
select
    '{{ dataset }}' as dataset,
    held.office_key,
    held.entry_key,
    held.entry_no,
    held.held_in,
    held.accepted_in,
    held.valid_from,
    held.valid_to
from (
    {{ entries_held(dataset, register) | indent(4) }}
) as held
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
