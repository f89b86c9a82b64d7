{#- Only what an heir told in a month at whose end it had taken over; what it told before was its own. #}
with candidates as (
    {%- for dataset, record in records().items() if record.may_be_of_another %}
    select
        '{{ dataset }}' as dataset,
        told.reporter_key,
        told.period,
        told.submission_id,
        told.source_sheet,
        told.source_row,
        taken.office_key,
        {%- set named = {'events': 'told.named_key', 'services': 'told.organiser_key'}[dataset] %}
        coalesce({{ named or 'null' }} = taken.office_key, false) as is_named
    from {{ ref('int_offices_taken_over') }} as taken
    inner join {{ ref(record.reported) }} as told
        on taken.heir_key = told.reporter_key and taken.heard_from <= told.period
    where
        {{ in_changed_slices(dataset, 'told') }}
        and {{ is_told_by_heir(dataset, record) | indent(8) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

{#- A number that several of them know is of the one that is named, else of the one with the lowest key. #}
ordered as (
    select
        *,
        row_number() over (
            partition by dataset, submission_id, source_sheet, source_row
            order by is_named desc, office_key asc
        ) as choice
    from candidates
)

select
    dataset,
    reporter_key,
    period,
    submission_id,
    source_sheet,
    source_row,
    office_key
from ordered
where choice = 1
