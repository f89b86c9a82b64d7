-- One row per record that a mart holds twice: of one office and number, in one month of its own day. The keys of the marts
-- have the day itself.
{%- for dataset, record in records().items() if record.day %}
select
    '{{ dataset }}' as dataset,
    office_key,
    concat_ws('/', {{ (['event_key'] if dataset == 'events' else record['keys']) | join(', ') }}) as record_no,
    {{ month_of(record.day) }} as month,
    count(*) as times
from {{ ref(record.mart) }}
where
    office_key in (
        select related.office_key
        from {{ source('ledger', 'slices_to_build') }} as touched
        inner join {{ ref('int_offices_telling') }} as related on touched.office_key = related.teller_key
        where touched.dataset = '{{ dataset }}'
    )
group by 1, 2, 3, 4
having count(*) > 1
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
